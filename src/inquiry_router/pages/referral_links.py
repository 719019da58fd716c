"""Pages behind signed links: the state for the recommender, outcomes, and a form to recommend.

Looking at a page changes nothing, so mail scanners that follow links do no harm.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from inquiry_router.access.actor import Actor
from inquiry_router.accounts.model import read_email_point, read_phone_point
from inquiry_router.api.web.auditing import make_act
from inquiry_router.api.web.limiting import count_request
from inquiry_router.api.web.routing import house, limited_body
from inquiry_router.audit.acts import doing
from inquiry_router.corrections.referral_links import open_form, open_outcome, open_status
from inquiry_router.corrections.tokens import WrongLink
from inquiry_router.house import House
from inquiry_router.inquiry.errors import Invalid, NotFound, RouterError
from inquiry_router.inquiry.referral import (
    CreditShare,
    FoundReferral,
    Quoted,
    ReferralParty,
    Speaker,
)
from inquiry_router.pages.kit import language_of, render, render_error
from inquiry_router.pages.routing import SentForm
from inquiry_router.process.clock import utc_now
from inquiry_router.process.ids import is_id
from inquiry_router.referrals.acting import ReferralStep
from inquiry_router.referrals.claiming import TAPPED_AGAIN, entry_key
from inquiry_router.referrals.following import label_of
from inquiry_router.referrals.model import Consent, StoredReferral
from inquiry_router.referrals.stages import ContactBlocked, ReferralState, next_states

door = APIRouter(include_in_schema=False)

_LINK: Final = "link"
_OUTCOMES: Final = ("contacted", "qualified", "lost", "unreliable")
WHOLE: Final = 10_000
# Recommendations that one personal form takes in a minute.
_A_MINUTE: Final = 10


@door.get("/referral-status/{token}")
async def show_status(request: Request, token: str) -> Response:
    """Show the recommender the state: contacted, a customer, or closed; nothing more."""
    rooms, now = house(request), utc_now()
    try:
        link = await open_status(rooms.correction_links, token, now)
        found, _ = await rooms.referrals.read(link.inquiry_id)
    except (WrongLink, NotFound) as error:
        return _refuse(request, error)
    return render(
        request, "referral_status.html", state=shown_state(found), name=shown_name(found),
        since=found.received_at, wrong=None,
    )  # fmt: skip


def shown_state(found: StoredReferral) -> str:
    """The state as the recommender hears it; never who paid or how serious they were."""
    if found.objected_at is not None:
        return "closed"
    return {
        ReferralState.RECEIVED: "received",
        ReferralState.CONSENT_KNOWN: "received",
        ReferralState.CONTACTED: "contacted",
        ReferralState.QUALIFIED: "contacted",
        ReferralState.WON: "customer",
    }.get(found.state, "closed")


def shown_name(found: StoredReferral) -> str | None:
    """The name that the recommender gave us; None if the prospect came by themselves."""
    if found.speaker is Speaker.PROSPECT or found.objected_at is not None:
        return None
    return found.prospect.plain("name") or found.prospect.plain("company")


@door.get("/referral-outcome/{token}")
async def show_outcome(request: Request, token: str) -> Response:
    """Show the salesperson what may happen next, each a button."""
    rooms, now = house(request), utc_now()
    try:
        found, person = await _open_outcome(rooms, token, now)
    except (WrongLink, NotFound) as error:
        return _refuse(request, error)
    return _outcome_page(request, found, person)


async def _open_outcome(rooms: House, token: str, now: datetime) -> tuple[StoredReferral, str]:
    """Open a link for outcomes: the referral, and the present name of our person.

    Raises `WrongLink`, also if they have left, and `NotFound`.
    """
    referral_id, sign = await open_outcome(rooms.correction_links, token, now)
    member = rooms.staff.roster.by_sign(sign)
    if member is None and is_id(sign):
        raise WrongLink
    found, _ = await rooms.referrals.read(referral_id)
    return found, member.name if member is not None else sign


def _outcome_page(
    request: Request, found: StoredReferral, person: str, status: int = 200, **more: Any
) -> Response:
    states = [one.value for one in next_states(found.standing) if one.value in _OUTCOMES]
    if found.state is ReferralState.WON:
        states = []  # a deal is undone by people with a key
    known: dict[str, Any] = {"error": None, "saved": False, **more}
    return render(
        request, "referral_outcome.html", status, one=found, person=person,
        states=[] if found.candidate else states, label=label_of(found.prospect), wrong=None,
        **known,
    )  # fmt: skip


@door.post("/referral-outcome/{token}")
async def record_outcome_by_link(request: Request, token: str) -> Response:
    """Record an outcome. A replayed link changes nothing twice: the state says what is possible."""
    rooms, now = house(request), utc_now()
    form = SentForm(await limited_body(request))
    try:
        found, person = await _open_outcome(rooms, token, now)
    except (WrongLink, NotFound) as error:
        return _refuse(request, error)
    state = form.line("state", 20)
    act = make_act(
        request, f"{_LINK}:{person}", "record_outcome_by_link", now, changes_settings=False
    )
    if state not in _OUTCOMES:
        return _outcome_page(request, found, person, 422)
    step = ReferralStep(
        ReferralState(state), f"{_LINK}:{person}", now, form.line("reason", 500) or None, person,
        by_handler_only=True,
    )  # fmt: skip
    try:
        with doing(replace(act, names={"referral_id": found.id})):
            after = await rooms.referrals.take_step(found.id, step)
    except RouterError as error:
        return _outcome_page(request, found, person, error.status, error=_why(error))
    await rooms.audit.finish(act)
    return _outcome_page(request, after, person, saved=True)


def _why(error: RouterError) -> str:
    """The name of the text that tells a salesperson why a step was refused."""
    if isinstance(error, ContactBlocked):
        return "no_contact"
    return "needs_reason" if isinstance(error, Invalid) else "not_possible"


@door.get("/recommend/{token}")
async def show_form(request: Request, token: str) -> Response:
    """Show the form of a personal link for recommending somebody."""
    try:
        _, person = await open_form(house(request).correction_links, token, utc_now())
    except WrongLink as error:
        return _refuse(request, error)
    return _form_page(request, person)


def _form_page(request: Request, person: str, status: int = 200, **more: Any) -> Response:
    known: dict[str, Any] = {"given": {}, "error": None, "saved": False, **more}
    return render(request, "recommend.html", status, person=person, wrong=None, **known)


@door.post("/recommend/{token}")
async def recommend(request: Request, token: str) -> Response:
    """Record a recommendation by a personal link of a customer or a salesperson."""
    rooms, now = house(request), utc_now()
    form = SentForm(await limited_body(request))
    try:
        owner_id, person = await open_form(rooms.correction_links, token, now)
    except WrongLink as error:
        return _refuse(request, error)
    try:  # whoever has the address, perhaps from a leaflet, cannot flood the list
        count_request(request, _actor(owner_id, person), rooms.limits)
    except RouterError as error:
        return render_error(request, error)
    given = {name: form.line(name, 200) for name in ("name", "company", "phone", "email", "need")}
    agreed = form.line("agreed") == "yes"
    try:
        prospect = _prospect(given)
    except ValueError:
        return _form_page(request, person, 422, given=given, error="wrong_contact")
    if prospect.is_empty:
        return _form_page(request, person, 422, given=given, error="empty")
    member = rooms.staff.roster.member(owner_id)
    recommender = ReferralParty(name=Quoted(person, person, 1.0))
    if member is None:
        sign = "their personal link"
        recommender = ReferralParty(
            name=recommender.name, account_id=owner_id, account_name=person, account_sign=sign
        )
    found = FoundReferral(
        recommender,
        prospect,
        Speaker.RECOMMENDER,
        language_of(request),
        False,
        ("a personal link",),
        given["need"] or None,
        (CreditShare(member.name, WHOLE, "their personal link"),) if member is not None else (),
    )
    consent = Consent.TOLD_RECOMMENDER if agreed else None
    note = f"{person}, by link, {now:%Y-%m-%d}" if agreed else None
    actor = f"{_LINK}:{person}"
    act = make_act(request, actor, "recommend_by_link", now, changes_settings=False)
    words = "\n".join((*given.values(), str(agreed)))
    keys = [entry_key(f"form:{owner_id}:{person}", words, words, TAPPED_AGAIN)]
    with doing(replace(act, names={})):
        await rooms.referrals.create(found, _LINK, actor, now, consent, note, keys)
    await rooms.audit.finish(act)
    return _form_page(request, person, saved=True)


def _actor(owner_id: str, person: str) -> Actor:
    """Whoever uses a personal form, all together."""
    return Actor(f"{_LINK}:{owner_id}", person, (), requests_a_minute=_A_MINUTE)


def _prospect(given: dict[str, str]) -> ReferralParty:
    """The prospect of a form. Raises `ValueError` with the cure."""
    phone = read_phone_point(given["phone"]).value if given["phone"] else None
    email = read_email_point(given["email"]).value if given["email"] else None
    values = {"name": given["name"], "company": given["company"], "phone": phone, "email": email}
    facts: dict[str, Any] = {
        field: Quoted(value, value, 1.0) for field, value in values.items() if value
    }
    return ReferralParty(**facts)


def _refuse(request: Request, error: Exception) -> Response:
    expired = isinstance(error, WrongLink) and error.expired
    wrong = "over" if expired else "wrong"
    return render(
        request, "referral_status.html", 410 if expired else 404, wrong=wrong, state=None,
        name=None, since=None,
    )  # fmt: skip
