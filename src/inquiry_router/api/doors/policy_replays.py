"""The door for policies that are tried on inquiries: of a period, or on every new one."""

from datetime import timedelta
from functools import partial
from typing import Annotated, Any

from fastapi import Path, Query, Request, Response
from sqlalchemy import Connection

from inquiry_router.access.actor import Actor
from inquiry_router.access.roles import Scope
from inquiry_router.api.schemas.policy_life import ReplayIn, ReplayList, ReplayOut
from inquiry_router.api.web.routing import Door, answer, house, key_of, path_here
from inquiry_router.configuration.documents import POLICY
from inquiry_router.inquiry.errors import Invalid, NotFound
from inquiry_router.inquiry.rendering import format_time
from inquiry_router.policies import store
from inquiry_router.policies.model import Replay
from inquiry_router.policies.moves import seen_moves
from inquiry_router.process.clock import utc_now
from inquiry_router.routing.policy import Policy

door = Door("Policy")

_USUAL_PERIOD = timedelta(days=7)
ReplayId = Annotated[
    str,
    Path(
        max_length=64,
        description="The replay's id, or `latest` for the newest.",
        openapi_examples={"latest": {"value": "latest"}},
    ),
]


@door.operation(
    "POST",
    "/policy/replays",
    scope=Scope.READ,
    status_code=202,
    response_model=ReplayOut,
    summary="Try a policy on a period",
)
async def replay_policy(request: Request, said: ReplayIn) -> Response:
    """Decide all inquiries of a period again by another policy, in the background.

    Each is decided as of the moment it came, from the classification and the entities that are
    stored, by the code for live inquiries, and compared with the policy in force. The answer has
    the address under which progress and moves are seen. It goes on after a restart.
    """
    rooms, now, actor = house(request), utc_now(), key_of(request)
    until = said.until or now
    since = said.since or until - _USUAL_PERIOD
    if since >= until:
        raise Invalid("'since' is not before 'until'.", hint="Exchange them.")
    policy = said.policy or await _draft_or_present(request)
    replay = await rooms.policies.start_replay(policy, since, until, said.samples, actor.id, now)
    location = path_here(request, f"/v1/policy/replays/{replay.id}")
    return answer(replay_json(replay, actor), 202, location=location)


@door.operation(
    "GET",
    "/policy/replays",
    scope=Scope.READ,
    response_model=ReplayList,
    problems=(422,),
    summary="List policies that were tried",
)
async def list_policy_replays(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=100, description="How many.")] = 20,
) -> Response:
    """List replays of the last 90 days, newest first."""
    found = await house(request).database.read(partial(store.list_replays, limit=limit))
    return answer({"items": [replay_json(one, key_of(request)) for one in found]})


@door.operation(
    "GET",
    "/policy/replays/{replay_id}",
    scope=Scope.INQUIRIES,
    response_model=ReplayOut,
    problems=(404,),
    summary="See how a policy would have decided",
)
async def read_policy_replay(request: Request, replay_id: ReplayId) -> Response:
    """Show progress and moves of a replay.

    Who is bound to teams sees the moves from and to their teams, and samples that stand with them.
    """
    find = partial(store.find_replay, replay_id=replay_id)
    return answer(replay_json(await house(request).database.read(find), key_of(request)))


@door.operation(
    "DELETE",
    "/policy/replays/{replay_id}",
    scope=Scope.READ,
    response_model=ReplayOut,
    problems=(404,),
    summary="Stop trying a policy",
)
async def cancel_policy_replay(request: Request, replay_id: ReplayId) -> Response:
    """Cancel a replay that is running. What was found so far stays.

    One that has ended stays as it is.
    """
    find = partial(store.find_replay, replay_id=replay_id)
    found = await house(request).database.read(find)
    replay = await house(request).policies.cancel_replay(found.id, utc_now())
    return answer(replay_json(replay, key_of(request)))


@door.operation(
    "POST",
    "/policy/draft/shadow",
    scope=Scope.ADMIN,
    status_code=202,
    response_model=ReplayOut,
    problems=(404,),
    summary="Let the draft decide beside the policy",
)
async def start_policy_shadow(request: Request) -> Response:
    """From now on let the draft decide every new inquiry too, without any effect.

    It runs behind intake, which never waits for it, and is about half a minute late. One that runs
    goes on; it ends when the draft is published or thrown away.
    """
    rooms, actor = house(request), key_of(request)
    shadow = await rooms.policies.start_shadow(actor.id, utc_now())
    return answer(replay_json(shadow, actor), 202)


@door.operation(
    "GET",
    "/policy/draft/shadow",
    scope=Scope.READ,
    response_model=ReplayOut,
    problems=(404,),
    summary="See what the draft decides otherwise",
)
async def read_policy_shadow(request: Request) -> Response:
    """Show how many new inquiries the draft has decided, and those that it decides otherwise."""
    return answer(replay_json(await _shadow(request), key_of(request)))


@door.operation(
    "DELETE",
    "/policy/draft/shadow",
    scope=Scope.ADMIN,
    response_model=ReplayOut,
    problems=(404,),
    summary="End the shadow of the draft",
)
async def end_policy_shadow(request: Request) -> Response:
    """End the shadow. Its counts stay to be read; the draft stays, too."""
    await house(request).policies.end_shadow(utc_now())
    return answer(replay_json(await _shadow(request), key_of(request)))


async def _shadow(request: Request) -> Replay:
    shadow = await house(request).database.read(store.find_shadow)
    if shadow is None:
        raise NotFound(
            "No draft decides beside the policy.", hint="POST /v1/policy/draft/shadow starts it."
        )
    return shadow


async def _draft_or_present(request: Request) -> Policy:
    rooms = house(request)

    def work(connection: Connection) -> Policy:
        try:
            return store.find_draft(connection).policy
        except NotFound:
            return rooms.configuration.current.documents[POLICY]

    return await rooms.database.read(work)


def replay_json(replay: Replay, actor: Actor) -> dict[str, Any]:
    """Render a replay, as far as the actor may see it."""
    found = replay.found
    return {
        "id": replay.id,
        "state": replay.state.value,
        "since": format_time(replay.since),
        "until": format_time(replay.until),
        "compared_with": replay.compared_with,
        "created_at": format_time(replay.created_at),
        "actor": replay.actor,
        "total": replay.total,
        "done": replay.done,
        **{name: found.get(name, 0) for name in ("moved", "later", "sooner", "other_kinds")},
        "moves": seen_moves(found, actor.only_teams),
        "finished_at": format_time(replay.finished_at),
        "error": replay.error,
    }
