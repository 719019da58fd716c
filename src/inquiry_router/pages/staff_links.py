"""The pages behind links of our people: answer an offer, say that one is here or away.

Looking at a page changes nothing, so mail scanners that follow links do no harm.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection

from inquiry_router.api.doors.staff import switch_presence
from inquiry_router.api.web.auditing import make_act
from inquiry_router.api.web.routing import house, limited_body
from inquiry_router.assignment import store as assignments
from inquiry_router.assignment.model import State
from inquiry_router.audit.acts import doing
from inquiry_router.corrections.staff_links import OFFER, PRESENCE
from inquiry_router.corrections.tokens import WrongLink
from inquiry_router.inquiries import store as inquiries
from inquiry_router.inquiries.rows import read_draft
from inquiry_router.inquiry.errors import Conflict, NotFound
from inquiry_router.inquiry.model import Draft, Receipt
from inquiry_router.pages.kit import language_of, names_for, render
from inquiry_router.pages.routing import SentForm
from inquiry_router.pages.texts import texts_of
from inquiry_router.process.clock import utc_now
from inquiry_router.staff.model import Member
from inquiry_router.staff.store import load_roster

door = APIRouter(include_in_schema=False)

_SHOWN_CHARS: Final = 600
_MAX_WHY_CHARS: Final = 500


@door.get("/o/{token}")
async def show_offer(request: Request, token: str) -> Response:
    """Show an offer with its two answers."""
    try:
        member, receipt, draft, state = await _find_offer(request, token)
    except WrongLink as error:
        return _refuse(request, "offer", error)
    form = _offer_form(request, receipt, draft)
    if receipt.decision.assignee_id != member.id:
        who = receipt.decision.assignee or names_for(request).team(receipt.decision.team)
        return _say(request, "offer", "other", who=who)
    if state != State.OFFERED:
        return _say(request, "offer", "yours")
    return render(request, "offer.html", title="title", note=None, form=form)


@door.post("/o/{token}")
async def answer_offer(request: Request, token: str) -> Response:
    """Accept the offer, or pass it on."""
    form = SentForm(await limited_body(request))
    try:
        member, receipt, _, _ = await _find_offer(request, token)
    except WrongLink as error:
        return _refuse(request, "offer", error)
    actor, now = f"offer-link:{member.name}", utc_now()
    act = make_act(request, actor, "answer_offer_by_link", now, changes_settings=False)
    act = replace(act, names={"inquiry_id": receipt.id})
    handing_out = house(request).handing_out
    try:
        with doing(act):
            if form.raw("answer") == "accept":
                await handing_out.accept(receipt.id, member.id, actor)
            else:
                why = form.line("why", _MAX_WHY_CHARS) or None
                await handing_out.decline(receipt.id, member.id, why, actor)
        await house(request).audit.finish(act)
    except Conflict:
        return _say(request, "offer", "late", 409)
    except NotFound:
        return _say(request, "offer", "wrong", 404)
    return _say(request, "offer", "accepted" if form.raw("answer") == "accept" else "declined")


@door.get("/p/{token}")
async def show_presence(request: Request, token: str) -> Response:
    """Show the member whether they are away, and two buttons."""
    try:
        member = await _find_member(request, token)
    except WrongLink as error:
        return _refuse(request, "presence", error)
    form = {"name": member.name, "away": member.is_away(utc_now())}
    return render(request, "presence.html", title="title", note=None, form=form)


@door.post("/p/{token}")
async def say_presence(request: Request, token: str) -> Response:
    """Record that the member is here or away."""
    form = SentForm(await limited_body(request))
    try:
        member = await _find_member(request, token)
    except WrongLink as error:
        return _refuse(request, "presence", error)
    now, goes = utc_now(), form.raw("state") == "away"
    actor = f"presence-link:{member.name}"
    act = make_act(request, actor, "say_presence_by_link", now, changes_settings=False)
    with doing(act):
        await switch_presence(house(request), member.id, now, away=goes)
    await house(request).audit.finish(act)
    return _say(request, "presence", "gone" if goes else "back")


async def _find_offer(request: Request, token: str) -> tuple[Member, Receipt, Draft, str | None]:
    link = await house(request).staff_links.open(OFFER, token, utc_now())

    def work(connection: Connection) -> tuple[Member | None, Receipt, Draft, str | None]:
        row = inquiries.find_inquiry(connection, link.inquiry_id)
        member = load_roster(connection).member(link.reader)
        found = assignments.find_assignment(connection, row.id)
        state = found.state if found is not None else None
        return member, inquiries.read_receipt(connection, row), read_draft(row), state

    try:
        member, receipt, draft, state = await house(request).database.read(work)
    except NotFound:
        raise WrongLink from None
    if member is None:
        raise WrongLink
    return member, receipt, draft, state


async def _find_member(request: Request, token: str) -> Member:
    link = await house(request).staff_links.open(PRESENCE, token, utc_now())
    roster = await house(request).database.read(load_roster)
    member = roster.member(link.inquiry_id)
    if member is None:
        raise WrongLink
    return member


def _offer_form(request: Request, receipt: Receipt, draft: Draft) -> dict[str, Any]:
    names = names_for(request)
    account = receipt.account.sure
    return {
        "reference": receipt.reference,
        "category": names.category(receipt.classification.category),
        "customer": account.name if account else draft.contact.company or draft.contact.name,
        "due_at": _written(receipt.decision.due_at, request),
        "text": "\n".join(filter(None, (draft.subject, draft.text)))[:_SHOWN_CHARS],
    }


def _written(moment: datetime | None, request: Request) -> str | None:
    return names_for(request).moment(moment) if moment is not None else None


def _refuse(request: Request, page: str, error: WrongLink) -> Response:
    return _say(request, page, "over" if error.expired else "wrong", 410 if error.expired else 404)


def _say(request: Request, page: str, note: str, status: int = 200, **facts: str) -> Response:
    """Show a text alone."""
    said = texts_of(page, language_of(request))(note, **facts)
    return render(request, f"{page}.html", status, title="title", note=said, form=None)
