"""The door for asking: hints, asks, wordings, the board, the gain, and its effect."""

from dataclasses import asdict
from datetime import date
from functools import partial
from typing import Annotated, Final

from fastapi import Path, Query, Request, Response
from sqlalchemy import Connection

from inquiry_router.access.roles import Scope
from inquiry_router.accounts.store import find_row
from inquiry_router.api.doors.referrals import ReferralId, only_of
from inquiry_router.api.doors.rewards import person_of
from inquiry_router.api.schemas.asking import (
    AskedOut,
    AskIn,
    BoardChoiceIn,
    BoardOut,
    CoachingOut,
    EffectOut,
    GainOut,
    GiftsOut,
    HintAnswerIn,
    HintOut,
    HintPage,
    InvoicesOut,
    ReferralLinksOut,
    ReferralMatchOut,
    ScriptIn,
    ScriptPage,
    SeasonIn,
    hint_json,
)
from inquiry_router.api.web.routing import (
    Door,
    answer,
    house,
    key_of,
    limited_body,
    outside_address,
)
from inquiry_router.corrections.referral_links import outcome_token, status_token
from inquiry_router.house import House
from inquiry_router.inquiry.errors import Forbidden, Invalid, UnsupportedMediaType
from inquiry_router.intake.cleaning import clean_email, clean_phone
from inquiry_router.process.clock import utc_now
from inquiry_router.referrals import board_store, hint_store, store
from inquiry_router.referrals.asking import HintState
from inquiry_router.referrals.board import Board, make_board
from inquiry_router.referrals.effect import compare
from inquiry_router.referrals.feedback import list_gifts
from inquiry_router.referrals.following import label_of
from inquiry_router.referrals.gain import gain_of

door = Door("Referrals")

_MAX_FILE_BYTES: Final = 16 * 1024 * 1024
_UPLOAD_S: Final = 120.0
_CSV: Final = ("text/csv", "text/plain", "application/vnd.ms-excel", "application/octet-stream")
_FILE: Final = "NIP;Numer;Kwota;Data\r\n526-000-12-46;FV/2026/118;12 500,00;2026-11-18\r\n"
_ENTRIES: Final = (
    {"tax_id": "5260001246", "number": "FV/2026/118", "amount": "12500.00", "date": "2026-11-02"},
)
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
    own, now, state = only_of(key_of(request)), utc_now(), HintState(body.answer)

    def work(connection: Connection) -> dict[str, object]:
        row = hint_store.find_hint(connection, hint_id)
        if own is not None and own.casefold() != row.person.casefold():
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


@door.operation(
    "GET",
    "/referral-board",
    scope=Scope.INQUIRIES,
    response_model=BoardOut,
    summary="See the board",
)
async def read_board(request: Request) -> Response:
    """Rank teams by what they asked, qualified and won; people only if they chose to be named."""
    season, board = await load_board(house(request))
    rows = {name: [asdict(row) for row in getattr(board, name)] for name in ("teams", "people")}
    return answer({"season": season, **rows, "unnamed": board.unnamed})


async def load_board(rooms: House) -> tuple[str | None, Board]:
    """Read the board of the season that runs, or of the last ninety days."""
    now, roster = utc_now(), rooms.staff.roster

    def work(connection: Connection) -> tuple[str | None, Board]:
        season = board_store.current_season(connection, now.date())
        since, until = board_store.season_span(season, now)
        deeds = board_store.read_deeds(connection, since, until)
        board = make_board(deeds, board_store.read_people(connection, roster))
        return (season.name if season is not None else None), board

    return await rooms.database.scan(work)


@door.operation(
    "PUT",
    "/referral-board/choice",
    scope=Scope.WORK,
    status_code=204,
    summary="Choose if the board shows your name",
)
async def choose_board(request: Request, body: BoardChoiceIn) -> Response:
    """Choose for yourself if the board shows your name, and if you teach or learn."""
    actor = key_of(request)
    query = partial(
        board_store.set_choice,
        person=actor.owner or actor.name,
        now=utc_now(),
        by_name=body.by_name,
        mentor=body.mentor,
        is_mentor=body.is_mentor,
    )
    await house(request).database.write(query)
    return Response(status_code=204)


@door.operation(
    "POST",
    "/referral-board/seasons",
    scope=Scope.REFERRALS,
    status_code=201,
    response_model=AskedOut,
    problems=(409,),
    summary="Open a season",
)
async def open_season(request: Request, season: SeasonIn) -> Response:
    """Open a season of the board. 409 until the manager's own first asks are in."""
    try:
        begins, ends = date.fromisoformat(season.begins_on), date.fromisoformat(season.ends_on)
    except ValueError:
        raise Invalid("There is no such day.", hint="Write it as 2026-09-01.") from None
    rooms = house(request)
    query = partial(
        board_store.open_season,
        name=season.name,
        begins_on=begins,
        ends_on=ends,
        manager=season.manager,
        roster=rooms.staff.roster,
        now=utc_now(),
    )
    return answer({"id": await rooms.database.write(query)}, 201)


@door.operation(
    "GET",
    "/referral-board/coaching",
    scope=Scope.REFERRALS,
    response_model=CoachingOut,
    summary="See who does not ask",
)
async def read_coaching(request: Request) -> Response:
    """List who asks least of their customers, and what more asking would be worth."""
    found = await house(request).database.scan(partial(board_store.read_coaching, now=utc_now()))
    return answer({"items": [asdict(one) for one in found]})


@door.operation(
    "GET",
    "/referral-board/gifts",
    scope=Scope.INQUIRIES,
    response_model=GiftsOut,
    summary="See give and take between colleagues",
)
async def list_gift_pairs(request: Request) -> Response:
    """List who brought referrals that somebody else handles, and what became of them."""
    found = await house(request).database.scan(list_gifts)
    own = only_of(key_of(request))
    mine = [one for one in found if own is None or own in (one.giver, one.taker)]
    return answer({"items": [asdict(one) for one in mine]})


@door.operation(
    "GET",
    "/referral-gain",
    scope=Scope.INQUIRIES,
    response_model=GainOut,
    summary="Calculate what recommendations are worth",
)
async def read_gain(
    request: Request,
    count: Annotated[int, Query(ge=1, le=100, description="Referrals a year.")] = 5,
) -> Response:
    """Calculate with the company's own figures: from what was won, not from promises."""
    rooms = house(request)
    rules = rooms.configuration.current.referrals
    figures = await rooms.database.scan(partial(board_store.read_figures, now=utc_now()))
    return answer(asdict(gain_of(count, figures, rules)))


@door.operation(
    "GET",
    "/referral-effect",
    scope=Scope.INQUIRIES,
    response_model=EffectOut,
    summary="See if asking hurts",
)
async def read_effect(request: Request) -> Response:
    """Compare the 90 days after: customers asked, not asked, and those who said no."""
    found = await house(request).database.scan(
        partial(board_store.read_customers_after, now=utc_now())
    )
    return answer(asdict(compare(found)))


@door.operation(
    "GET",
    "/referrals-of",
    scope=Scope.PHONE,
    response_model=ReferralMatchOut,
    summary="Ask who recommended a caller",
)
async def match_referral(
    request: Request,
    phone: Annotated[str | None, Query(max_length=60, description="The caller's number.")] = None,
    email: Annotated[str | None, Query(max_length=254, description="Their address.")] = None,
) -> Response:
    """Tell the phone line who recommended a caller, and whose referral it is."""
    number, address, now = clean_phone(phone), clean_email(email), utc_now()
    signs = [f"phone:{number}"] if number else []
    signs += [f"email:{address}"] if address else []

    def work(connection: Connection) -> dict[str, object]:
        found = store.find_open_by_sign(connection, signs, now)
        if not found:
            return {"referral": None}
        one = store.read_referral(connection, found[0])
        return {
            "referral": {
                "id": one.id,
                "recommender": label_of(one.recommender),
                "credit": [share.person for share in one.credits],
                "handled_by": one.handled_by,
            }
        }

    return answer(await house(request).database.read(work))


@door.operation(
    "POST",
    "/referrals/{referral_id}/links",
    scope=Scope.WORK,
    status_code=201,
    response_model=ReferralLinksOut,
    problems=(404,),
    summary="Make links for the recommender and the salesperson",
)
async def make_referral_links(
    request: Request,
    referral_id: ReferralId,
    person: Annotated[
        str | None,
        Query(min_length=1, max_length=128, description="Our person whom the outcome link is for."),
    ] = None,
) -> Response:
    """Make signed links: the state for the recommender, outcomes by one click for us."""
    rooms, now = house(request), utc_now()
    if person is not None:
        require_self(request, person)
    found, _ = await rooms.referrals.read(referral_id)
    status = await status_token(rooms.correction_links, found.id, now)
    outcome = await outcome_token(
        rooms.correction_links, found.id, person or person_of(request), now
    )
    links = {
        "status": outside_address(request, f"/referral-status/{status}"),
        "outcome": outside_address(request, f"/referral-outcome/{outcome}"),
    }
    return answer(links, 201)


@door.operation(
    "POST",
    "/invoices/import",
    scope=Scope.ACCOUNTS,
    response_model=InvoicesOut,
    summary="Import invoices, which win referrals",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "text/csv": {"schema": {"type": "string"}, "example": _FILE},
                "application/json": {
                    "schema": {"type": "object"},
                    "example": {"invoices": list(_ENTRIES)},
                },
            },
        }
    },
)
async def import_invoices(
    request: Request,
    encoding: Annotated[
        str | None,
        Query(max_length=40, description="If it is neither UTF-8 nor windows-1250."),
    ] = None,
) -> Response:
    """Import invoices from CSV or JSON (NIP, number, amount, day), 16 MB; each counts once.

    The first invoice of a prospect wins their referral. Each purchase may become a hint.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" and kind not in _CSV:
        raise UnsupportedMediaType(
            f"The Content-Type is '{kind[:60]}'.", hint="Send text/csv or application/json."
        )
    content = await limited_body(request, _MAX_FILE_BYTES, _UPLOAD_S)
    done = await house(request).referrals.import_invoices(
        content, encoding, key_of(request).id, utc_now(), is_json=kind == "application/json"
    )
    problems = [asdict(one) for one in done.problems]
    result = {"stored": done.stored, "repeated": done.repeated, "won": list(done.won)}
    return answer(result | {"problems": problems})


def require_self(request: Request, person: str) -> None:
    """Let a salesperson speak for themselves only. Raises `Forbidden`."""
    actor = key_of(request)
    own = only_of(actor)
    if own is not None and own.casefold() != person.casefold():
        raise Forbidden(
            f"'{actor.id}' speaks for '{own or actor.name}' only.", hint="Name yourself."
        )
