"""The door for asking: hints, asks, and wordings that worked."""

from functools import partial
from typing import Annotated

from fastapi import Path, Query, Request, Response
from sqlalchemy import Connection

from inquiry_router.access.roles import Scope
from inquiry_router.accounts.store import find_row
from inquiry_router.api.doors.referrals import only_of, speaks_for
from inquiry_router.api.schemas.asking import (
    AskedOut,
    AskIn,
    HintAnswerIn,
    HintOut,
    HintPage,
    ScriptIn,
    ScriptPage,
    hint_json,
)
from inquiry_router.api.web.routing import (
    Door,
    answer,
    house,
    key_of,
)
from inquiry_router.api.web.sight import require_account
from inquiry_router.inquiry.errors import Forbidden
from inquiry_router.process.clock import utc_now
from inquiry_router.referrals import board_store, hint_store
from inquiry_router.referrals.asking import HintState

door = Door("Referrals")

HintId = Annotated[
    str,
    Path(
        min_length=1,
        max_length=64,
        description="The hint's id; `latest` is the newest one.",
        openapi_examples={"first": {"value": "latest"}},
    ),
]


@door.operation(
    "GET",
    "/hints",
    scope=Scope.INQUIRIES,
    response_model=HintPage,
    summary="See when to ask for a recommendation",
)
async def list_hints(
    request: Request,
    person: Annotated[
        str | None, Query(min_length=1, max_length=128, description="Whose hints.")
    ] = None,
    state: Annotated[HintState | None, Query(description="Only in this state.")] = None,
) -> Response:
    """List hints with ready words. A salesperson sees their own."""
    own = only_of(key_of(request))
    whose, wanted = own if own is not None else person, state.value if state is not None else None

    def work(connection: Connection) -> dict[str, object]:
        found = hint_store.list_hints(connection, whose, wanted)
        answered = hint_store.answered_before(connection)
        return {"items": [hint_json(one) for one in found], "answered": dict(answered)}

    return answer(await house(request).database.scan(work))


@door.operation(
    "POST",
    "/hints/{hint_id}/answer",
    scope=Scope.WORK,
    response_model=HintOut,
    problems=(404, 409),
    summary="Answer a hint",
)
async def answer_hint(request: Request, hint_id: HintId, body: HintAnswerIn) -> Response:
    """Say that you asked, that it is not the time, or never this customer."""
    actor, now, state = key_of(request), utc_now(), HintState(body.answer)

    def work(connection: Connection) -> dict[str, object]:
        row = hint_store.find_hint(connection, hint_id)
        if not speaks_for(actor, row.person):
            raise Forbidden("This hint is somebody else's.", hint="GET /v1/hints lists yours.")
        after = hint_store.answer_hint(
            connection, row.id, state, body.way, body.result, body.script_id, now
        )
        return hint_json(after)

    return answer(await house(request).database.write(work))


@door.operation(
    "POST",
    "/asks",
    scope=Scope.WORK,
    status_code=201,
    response_model=AskedOut,
    problems=(404,),
    summary="Record that you asked a customer",
)
async def record_ask(request: Request, body: AskIn) -> Response:
    """Record an ask without a hint. What the customer names within 90 days is credited to you."""
    require_self(request, body.person)
    now = utc_now()

    def work(connection: Connection) -> str:
        account = find_row(connection, body.account).id
        require_account(connection, key_of(request), account)
        return hint_store.add_ask(
            connection, account, body.person, body.way, body.result, body.script_id, now
        )

    return answer({"id": await house(request).database.write(work)}, 201)


@door.operation(
    "GET",
    "/ask-scripts",
    scope=Scope.INQUIRIES,
    response_model=ScriptPage,
    summary="See wordings that worked",
)
async def list_scripts(
    request: Request,
    language: Annotated[
        str | None, Query(pattern=r"^[a-z]{2}$", description="Only in this language.")
    ] = None,
) -> Response:
    """List shared wordings with their authors: those that led to a name most often first."""
    query = partial(board_store.list_scripts, language=language)
    rows = await house(request).database.scan(query)
    names = ("id", "author", "language", "way", "text", "used", "named")
    return answer({"items": [{name: getattr(row, name) for name in names} for row in rows]})


@door.operation(
    "POST",
    "/ask-scripts",
    scope=Scope.WORK,
    status_code=201,
    response_model=AskedOut,
    summary="Share a wording that worked",
)
async def add_script(request: Request, body: ScriptIn) -> Response:
    """Share a wording; it carries its author's name."""
    require_self(request, body.author)
    query = partial(
        board_store.add_script,
        author=body.author,
        language=body.language,
        way=body.way,
        text=body.text,
        now=utc_now(),
    )
    return answer({"id": await house(request).database.write(query)}, 201)


def require_self(request: Request, person: str) -> None:
    """Let a salesperson speak for themselves only. Raises `Forbidden`."""
    actor = key_of(request)
    if not speaks_for(actor, person):
        raise Forbidden(
            f"'{actor.id}' speaks for '{actor.owner or actor.name}' only.", hint="Name yourself."
        )
