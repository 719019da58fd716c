"""The page behind a salesperson's own link: one tap says "that was service".

Looking at the page records nothing, so programs that follow links do no harm.
"""

from dataclasses import replace
from typing import Final

from fastapi import APIRouter, Request, Response

from inquiry_router.api.doors.bypasses import TAP_ID
from inquiry_router.api.web.auditing import make_act
from inquiry_router.api.web.routing import house, limited_body
from inquiry_router.audit.acts import doing
from inquiry_router.configuration.documents import MONITORING
from inquiry_router.corrections.links import TAP
from inquiry_router.corrections.tokens import WrongLink
from inquiry_router.inquiry.categories import SERVICE_IDS
from inquiry_router.pages.kit import names_for, render
from inquiry_router.pages.routing import SentForm
from inquiry_router.process.clock import utc_now
from inquiry_router.relief.recording import SaidBypass, record_said

door = APIRouter(include_in_schema=False)

_CHANNELS: Final = ("phone", "email", "chat")
_ACTOR: Final = "tap-link"


@door.get("/s/{token}")
async def show_taps(request: Request, token: str) -> Response:
    """Show a button for each category of service."""
    try:
        person = await _person(request, token)
    except WrongLink:
        return _say(request, "wrong", 404)
    return _show(request, person)


@door.post("/s/{token}")
async def tap(request: Request, token: str) -> Response:
    """Record the matter."""
    form = SentForm(await limited_body(request))
    try:
        person = await _person(request, token)
    except WrongLink:
        return _say(request, "wrong", 404)
    rooms, now = house(request), utc_now()
    if not rooms.configuration.current.documents[MONITORING].announced:
        return _say(request, "not_announced", 409)
    category, channel = form.raw("category"), form.raw("channel") or "phone"
    if category not in SERVICE_IDS or channel not in _CHANNELS:
        return _show(request, person, 422, note="pick")
    # Of two taps within a minute the second is a slip of the thumb.
    key = f"tap:{person}:{category}:{now:%Y-%m-%dT%H:%M}"[:80]
    said = SaidBypass(person, now, channel, "one_tap", category, key=key)
    act = make_act(request, f"{_ACTOR}:{person}", "tap", now, changes_settings=False)
    with doing(replace(act, names={})):
        await record_said(rooms.database, said, now)
    await rooms.audit.finish(act)
    return _show(request, person, note="done")


async def _person(request: Request, token: str) -> str:
    """The salesperson whose link it is. Raises `WrongLink`."""
    link = await house(request).correction_links.open(token, utc_now(), TAP)
    if link.inquiry_id != TAP_ID or link.reader is None:
        raise WrongLink
    return link.reader


def _show(request: Request, person: str, status: int = 200, *, note: str | None = None) -> Response:
    names = names_for(request)
    choices = [(one, names.choice(one)) for one in SERVICE_IDS]
    return render(
        request, "tap.html", status, person=person, choices=choices, channels=_CHANNELS, note=note
    )


def _say(request: Request, note: str, status: int) -> Response:
    return render(request, "tap.html", status, person=None, choices=(), channels=(), note=note)
