"""The page of callbacks: everybody who waits for a call, and the calls that nobody answered."""

from typing import Final

from fastapi import Request, Response
from sqlalchemy import Connection

from inquiry_router.access.roles import Scope
from inquiry_router.api.doors.callbacks import assign_callback, note_attempt
from inquiry_router.api.web.routing import house, key_of
from inquiry_router.api.web.sight import only_theirs
from inquiry_router.calls import callback_store
from inquiry_router.calls.model import Callback, CallbackKind
from inquiry_router.inquiry.errors import Conflict
from inquiry_router.pages.kit import render
from inquiry_router.pages.routing import PageDoor, form_of, go_to
from inquiry_router.process.clock import utc_now

door = PageDoor()

PATH: Final = "/callbacks"
_SHOWN: Final = 200


@door.page("GET", PATH, scope=Scope.INQUIRIES)
async def show_callbacks(request: Request) -> Response:
    """Show who waits for a call, the most urgent first, or what is done."""
    query, only = request.query_params, only_theirs(key_of(request))
    state = "done" if query.get("state") == "done" else "pending"
    kind = next((one for one in CallbackKind if one.value == query.get("kind")), None)

    def work(connection: Connection) -> list[Callback]:
        return callback_store.list_callbacks(connection, state, None, kind, _SHOWN, only)

    found = await house(request).database.scan(work)
    return render(
        request,
        "callbacks.html",
        callbacks=found if state == "pending" else found[::-1],
        state=state,
        kind=kind,
        kinds=list(CallbackKind),
        me=key_of(request).name,
    )


@door.page("POST", f"{PATH}/{{callback_id}}/owner", scope=Scope.WORK)
async def take_on_page(request: Request, callback_id: str) -> Response:
    """Take a callback, so that nobody else calls too."""
    rooms, actor = house(request), key_of(request)
    instead_of = form_of(request).line("instead_of", 200) or None
    try:
        await assign_callback(rooms, callback_id, actor.name, instead_of, actor.id, utc_now())
    except Conflict:
        return go_to(request, PATH, "not_taken")
    return go_to(request, f"{PATH}#callback-{callback_id}", "taken")


@door.page("POST", f"{PATH}/{{callback_id}}/attempts", scope=Scope.WORK)
async def note_attempt_on_page(request: Request, callback_id: str) -> Response:
    """Record if the customer was reached."""
    reached = form_of(request).line("reached") == "yes"
    rooms, actor = house(request), key_of(request)
    try:
        await note_attempt(
            rooms, callback_id, actor.name, reached=reached, actor=actor.id, now=utc_now()
        )
    except Conflict:
        return go_to(request, PATH, "done_already")
    return go_to(request, PATH, "reached" if reached else "not_reached")
