"""The door for promises: the rules, as admins write them."""

from fastapi import Request, Response

from inquiry_router.access.roles import Scope
from inquiry_router.api.web.documents import WITH_ETAG, IfMatchOrAny, document_answer, put_document
from inquiry_router.api.web.routing import Door, answer, etag, house
from inquiry_router.configuration.documents import PROMISES
from inquiry_router.inquiry.errors import Invalid
from inquiry_router.routing.promise_rules import PromiseRules

door = Door("Promises")


@door.operation(
    "GET",
    "/promises/rules",
    scope=Scope.READ,
    response_model=PromiseRules,
    responses=WITH_ETAG,
    summary="See what is promised, by when",
)
async def read_promise_rules(request: Request) -> Response:
    """Show the promises, the deadlines of laws, and what happens when one runs out."""
    return document_answer(house(request).configuration.current.documents, PROMISES)


@door.operation(
    "PUT",
    "/promises/rules",
    scope=Scope.ADMIN,
    response_model=PromiseRules,
    responses=WITH_ETAG,
    problems=(412, 428),
    summary="Change what is promised",
)
async def replace_promise_rules(
    request: Request, rules: PromiseRules, if_match: IfMatchOrAny = None
) -> Response:
    """Replace all promises. A promise that runs already stays as it was made.

    422: a name does not exist, or a row never decides anything; the answer says which, and why.
    """
    version = await put_document(request, PROMISES, rules, if_match, refuse=_refuse)
    return answer(rules.model_dump(mode="json"), ETag=etag(version))


def _refuse(problems: list[str]) -> None:
    if problems:
        raise Invalid(
            "The promises cannot be used.",
            hint="GET /v1/teams, /v1/categories and /v1/intents list the names.",
            errors=[{"field": "promises", "message": problem} for problem in problems],
        )
