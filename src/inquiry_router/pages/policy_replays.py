"""The page of a replay: a draft of the policy is tried on all inquiries of last week."""

from datetime import timedelta
from typing import Final

from fastapi import Request, Response

from inquiry_router.access.roles import Scope
from inquiry_router.api.doors.policy_replays import replay_json
from inquiry_router.api.web.routing import house, key_of
from inquiry_router.configuration.documents import POLICY
from inquiry_router.inquiry.errors import NotFound
from inquiry_router.pages.kit import names_for, render
from inquiry_router.pages.policy_draft import refuse_problems, save_sent_draft
from inquiry_router.pages.policy_view import write_policy
from inquiry_router.pages.routing import PageDoor, go_to
from inquiry_router.policies import store
from inquiry_router.policies.model import Replay, ReplayKind, ReplayState
from inquiry_router.process.clock import utc_now
from inquiry_router.process.ids import is_id

door = PageDoor()

PATH: Final = "/policy/replays"
_A_WEEK: Final = timedelta(days=7)
_SAMPLES: Final = 10


@door.page("POST", PATH, scope=Scope.ADMIN)
async def replay_draft(request: Request) -> Response:
    """Let the draft be tried on the inquiries of the last seven days, and show the progress."""
    now, draft = utc_now(), await save_sent_draft(request)
    if isinstance(draft, Response):
        return draft
    if (refused := await refuse_problems(request, draft)) is not None:
        return refused
    replay = await house(request).policies.start_replay(
        draft.policy, now - _A_WEEK, now, _SAMPLES, key_of(request).id, now
    )
    return go_to(request, f"{PATH}/{replay.id}")


@door.page("GET", f"{PATH}/{{replay_id}}", scope=Scope.READ)
async def show_replay(request: Request, replay_id: str) -> Response:
    """Show how far a replay is, and the moves that it has found."""
    replay = await find_replay(request, replay_id)
    found = replay_json(replay, key_of(request))
    names = names_for(request)
    return render(
        request,
        "policy_replay.html",
        replay=found,
        runs=replay.state is ReplayState.RUNNING,
        share=names.percent(replay.done / replay.total) if replay.total else None,
        text=write_policy(replay.policy),
        in_force=names.configuration.documents.version(POLICY),
        version=await _version_of(request, replay),
    )


async def _version_of(request: Request, replay: Replay) -> int:
    """The version of the draft if it is what was tried; else 0, so that nothing is replaced."""
    try:
        draft = await house(request).policies.read_draft()
    except NotFound:
        return 0
    return draft.version if draft.policy == replay.policy else 0


async def find_replay(request: Request, replay_id: str) -> Replay:
    """Find a replay of a period. Raises `NotFound`."""
    if not is_id(replay_id):
        raise NotFound
    replay = await house(request).database.read(lambda c: store.find_replay(c, replay_id))
    if replay.kind is not ReplayKind.REPLAY:
        raise NotFound
    return replay
