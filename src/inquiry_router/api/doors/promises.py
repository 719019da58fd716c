"""The door for promises: the rules, as admins write them, and how many were kept."""

from datetime import timedelta
from functools import partial
from typing import Annotated, Final

from fastapi import Query, Request, Response

from inquiry_router.access.roles import Scope
from inquiry_router.api.schemas.promises import KeptList, kept_json
from inquiry_router.api.web.documents import WITH_ETAG, IfMatchOrAny, document_answer, put_document
from inquiry_router.api.web.routing import Door, answer, etag, house
from inquiry_router.configuration.documents import PROMISES
from inquiry_router.inquiry.errors import Invalid
from inquiry_router.inquiry.rendering import format_time
from inquiry_router.process.clock import utc_now
from inquiry_router.promises.store import count_kept
from inquiry_router.routing.fields import Moment
from inquiry_router.routing.promise_rules import PromiseRules

door = Door("Promises")

_LAST_DAYS: Final = timedelta(days=30)


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


@door.operation(
    "GET",
    "/promises/kept",
    scope=Scope.READ,
    response_model=KeptList,
    summary="Count the promises that were kept",
)
async def count_promises_kept(
    request: Request,
    since: Annotated[
        Moment | None,
        Query(description="From this moment on; 30 days before `until` if it is left out."),
    ] = None,
    until: Annotated[
        Moment | None, Query(description="Up to this moment; now if it is left out.")
    ] = None,
) -> Response:
    """Count by team and kind the promises that ended, or ran out, within a time.

    What has run out and is still open counts as broken.
    """
    end = until or utc_now()
    begin = since or end - _LAST_DAYS
    if begin >= end:
        raise Invalid("`since` is not before `until`.", hint="Leave one of them out.")
    found = await house(request).database.scan(partial(count_kept, since=begin, until=end))
    items = [kept_json(one) for one in found]
    return answer({"since": format_time(begin), "until": format_time(end), "items": items})


def _refuse(problems: list[str]) -> None:
    if problems:
        raise Invalid(
            "The promises cannot be used.",
            hint="GET /v1/teams, /v1/categories and /v1/intents list the names.",
            errors=[{"field": "promises", "message": problem} for problem in problems],
        )
