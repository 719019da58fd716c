"""The door for the rules of later messages: which belong together, and what they may change."""

from fastapi import Request, Response

from inquiry_router.access.roles import Scope
from inquiry_router.api.web.documents import WITH_ETAG, IfMatchOrAny, document_answer, put_document
from inquiry_router.api.web.routing import Door, answer, etag, house
from inquiry_router.configuration.documents import MATTERS
from inquiry_router.matters.settings import MatterRules

door = Door("Policy")


@door.operation(
    "GET",
    "/matters/rules",
    scope=Scope.READ,
    response_model=MatterRules,
    responses=WITH_ETAG,
    summary="See the rules of later messages",
)
async def read_matter_rules(request: Request) -> Response:
    """Show which messages are one inquiry, and what a later message may change."""
    return document_answer(house(request).configuration.current.documents, MATTERS)


@door.operation(
    "PUT",
    "/matters/rules",
    scope=Scope.ADMIN,
    response_model=MatterRules,
    responses=WITH_ETAG,
    problems=(412, 428),
    summary="Change the rules of later messages",
)
async def replace_matter_rules(
    request: Request, rules: MatterRules, if_match: IfMatchOrAny = None
) -> Response:
    """Replace all rules of later messages; the next message uses them."""
    version = await put_document(request, MATTERS, rules, if_match, refuse=lambda problems: None)
    return answer(rules.model_dump(mode="json"), ETag=etag(version))
