"""The door for the board, the coaching view, give and take, the gain, and the effect of asking."""

from dataclasses import asdict
from functools import partial
from typing import Annotated

from fastapi import Query, Request, Response
from sqlalchemy import Connection

from inquiry_router.access.roles import Scope
from inquiry_router.api.doors.referrals import only_of
from inquiry_router.api.schemas.asking import (
    AskedOut,
    BoardChoiceIn,
    BoardOut,
    CoachingOut,
    EffectOut,
    GainOut,
    GiftsOut,
    SeasonIn,
)
from inquiry_router.api.web.routing import (
    Door,
    answer,
    house,
    key_of,
)
from inquiry_router.house import House
from inquiry_router.process.clock import utc_now
from inquiry_router.referrals import board_store
from inquiry_router.referrals.board import Board, make_board
from inquiry_router.referrals.effect import compare
from inquiry_router.referrals.feedback import list_gifts
from inquiry_router.referrals.gain import gain_of

door = Door("Referrals")


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
    rooms = house(request)
    query = partial(
        board_store.open_season,
        name=season.name,
        begins_on=season.begins_on,
        ends_on=season.ends_on,
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
    rooms = house(request)
    currency = rooms.configuration.current.referrals.currency
    query = partial(board_store.read_coaching, now=utc_now(), currency=currency)
    found = await rooms.database.scan(query)
    return answer({"items": [asdict(one) | {"currency": currency} for one in found]})


@door.operation(
    "GET",
    "/referral-board/gifts",
    scope=Scope.INQUIRIES,
    response_model=GiftsOut,
    summary="See give and take between colleagues",
)
async def list_gift_pairs(request: Request) -> Response:
    """List who brought referrals that somebody else handles, and what became of them."""
    own = only_of(key_of(request))
    found = await house(request).database.scan(partial(list_gifts, person=own))
    return answer({"items": [asdict(one) for one in found]})


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
    query = partial(board_store.read_figures, now=utc_now(), currency=rules.currency)
    figures = await rooms.database.scan(query)
    return answer(asdict(gain_of(count, figures, rules)) | {"currency": rules.currency})


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
