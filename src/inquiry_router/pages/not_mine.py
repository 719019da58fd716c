"""The page behind "not mine": a salesperson passes an inquiry on, without a login.

Looking at the page changes nothing, so mail scanners that follow links do no harm.
"""

from dataclasses import replace

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection

from inquiry_router.api.web.auditing import make_act
from inquiry_router.api.web.routing import house
from inquiry_router.audit.acts import doing
from inquiry_router.corrections.links import NOT_MINE, LinkUsedUp
from inquiry_router.corrections.tokens import OpenedLink, WrongLink
from inquiry_router.inquiries import store
from inquiry_router.inquiries.rows import read_draft
from inquiry_router.inquiry.errors import Invalid, NotFound
from inquiry_router.pages.kit import language_of, render
from inquiry_router.pages.texts import texts_of
from inquiry_router.process.clock import utc_now

door = APIRouter(include_in_schema=False)

_SHOWN_CHARS = 300
_ACTOR = "not-mine-link"


@door.get("/n/{token}")
async def show_question(request: Request, token: str) -> Response:
    """Show the beginning of the inquiry, and a button."""
    try:
        link = await house(request).correction_links.open(token, utc_now(), NOT_MINE)

        def work(connection: Connection) -> tuple[str, str]:
            row = store.find_inquiry(connection, link.inquiry_id)
            return row.reference, read_draft(row).text

        reference, text = await house(request).database.read(work)
    except (WrongLink, NotFound) as error:
        return _say(request, _name(error), 410 if _name(error) == "over" else 404)
    form = {"reference": reference, "text": text[:_SHOWN_CHARS]}
    return render(request, "not_mine.html", title="title", note=None, form=form)


@door.post("/n/{token}")
async def pass_on(request: Request, token: str) -> Response:
    """Take the inquiry over."""
    rooms, now = house(request), utc_now()
    try:
        link = await rooms.correction_links.open(token, now, NOT_MINE)
        receipt = await _pass_on(request, link)
    except (WrongLink, NotFound) as error:
        return _say(request, _name(error), 410 if _name(error) == "over" else 404)
    except LinkUsedUp:
        return _say(request, "used", 410)
    except Invalid:
        return _say(request, "wrong", 404)
    note = f"{texts_of('not_mine', language_of(request))['done']} {receipt}"
    return render(request, "not_mine.html", title="title_done", note=note, form=None)


async def _pass_on(request: Request, link: OpenedLink) -> str:
    rooms, now = house(request), utc_now()
    who = rooms.handovers.find_salesperson(link.reader)
    act = make_act(
        request, f"{_ACTOR}:{link.reader}", "refuse_by_link", now, changes_settings=False
    )
    act = replace(act, names={"inquiry_id": link.inquiry_id})
    with doing(act):
        receipt = await rooms.handovers.not_mine(link.inquiry_id, who, _ACTOR, now, link)
    await rooms.audit.finish(act)
    return receipt.reference


def _name(error: Exception) -> str:
    return "over" if isinstance(error, WrongLink) and error.expired else "wrong"


def _say(request: Request, text: str, status: int) -> Response:
    note = texts_of("not_mine", language_of(request))[text]
    return render(request, "not_mine.html", status, title="title_refused", note=note, form=None)
