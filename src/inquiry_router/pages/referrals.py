"""Pages of referrals: the list, one of them, one's own, the board, and the calculator."""

from functools import partial
from typing import Any, Final

from fastapi import Request, Response
from sqlalchemy import Connection

from inquiry_router.access.roles import Scope
from inquiry_router.accounts.model import person_key
from inquiry_router.api.doors.referral_board import load_board
from inquiry_router.api.doors.rewards import person_of, reward_actor
from inquiry_router.api.web.routing import house, key_of
from inquiry_router.api.web.sight import only_their_referrals
from inquiry_router.inquiry.errors import Invalid
from inquiry_router.inquiry.reasons import keep_id, say_stored
from inquiry_router.pages.kit import render
from inquiry_router.pages.routing import PageDoor, form_of, go_to
from inquiry_router.process.clock import utc_now
from inquiry_router.referrals import acting, board_store, giving, hint_store, reward_store, store
from inquiry_router.referrals.acting import ReferralStep
from inquiry_router.referrals.asking import HintState, wordings
from inquiry_router.referrals.effect import compare
from inquiry_router.referrals.feedback import list_gifts, read_feedback
from inquiry_router.referrals.following import label_of
from inquiry_router.referrals.gain import gain_of
from inquiry_router.referrals.invoices import read_amount
from inquiry_router.referrals.model import Consent
from inquiry_router.referrals.rewarding import RewardState
from inquiry_router.referrals.stages import (
    OPEN,
    ReferralState,
    is_contact_allowed,
    is_overdue_to_inform,
    is_to_be_reminded,
    next_states,
)
from inquiry_router.referrals.store import ReferralFilters

door = PageDoor()

PATH: Final = "/referrals"
_SHOWN: Final = 100
_MAX_COUNT: Final = 100
# Texts for reasons and signs that are stored as plain English.
_REASONS: Final = {
    "asked the customer for a recommendation": "why_asked",
    "is the recommender's salesperson": "why_owner",
    "sent it on": "why_sent",
    "a person said so": "why_person",
    "their personal link": "why_link",
    "the address": "sign_address",
    "the number": "sign_number",
    "the mail domain": "sign_domain",
    "the name of the company": "sign_company",
    "the tax id in the text": "sign_tax",
    "the name of a person there": "sign_name",
    "words of the company's name": "sign_words",
    "a person named it": "why_person",
}


@door.page("GET", PATH, scope=Scope.INQUIRIES)
async def show_referrals(request: Request) -> Response:
    """Show referrals, the newest first: all, candidates, or those with a doubt."""
    shown = request.query_params.get("show", "")
    filters = ReferralFilters(
        candidate=True if shown == "candidates" else None,
        flagged=True if shown == "doubts" else None,
        state="won" if shown == "won" else None,
        only=only_their_referrals(key_of(request)),
    )
    found = await house(request).database.scan(
        partial(store.list_referrals, filters=filters, after=None, limit=_SHOWN)
    )
    return render(request, "referrals.html", found=found, shown=shown, label=label_of)


@door.page("GET", f"{PATH}/mine", scope=Scope.INQUIRIES)
async def show_my_referrals(request: Request) -> Response:
    """Show a person's hints, referrals and rewards."""
    person, now = person_of(request), utc_now()
    currency = house(request).configuration.current.referrals.currency

    def work(connection: Connection) -> dict[str, object]:
        mine = ReferralFilters(person=person)
        return {
            "hints": hint_store.list_hints(connection, person, HintState.OPEN.value),
            "answered": hint_store.answered_before(connection),
            "found": store.list_referrals(connection, mine, None, _SHOWN),
            "sums": reward_store.balances(connection, person, currency),
            "rewards": reward_store.list_rewards(connection, person),
            "gifts": list_gifts(connection, person),
        }

    read = await house(request).database.scan(work)
    return render(
        request, "my_referrals.html", person=person, now=now, label=label_of, words=wordings, **read
    )


@door.page("POST", f"{PATH}/hints/{{hint_id}}", scope=Scope.WORK)
async def answer_hint_on_page(request: Request, hint_id: str) -> Response:
    """Answer a hint: asked, not now, or never."""
    form, person = form_of(request), person_of(request)
    state = HintState(form.line("answer")) if form.line("answer") in _ANSWERS else HintState.NOT_NOW
    result = form.line("result") if form.line("result") in ("named", "no", "thinking") else None
    now = utc_now()

    def work(connection: Connection) -> None:
        row = hint_store.find_hint(connection, hint_id)
        if row.person_key != person_key(person):
            raise Invalid("This hint is somebody else's.", hint="Yours are on this page.")
        hint_store.answer_hint(connection, row.id, state, "phone", result, None, now)

    await house(request).database.write(work)
    return go_to(request, f"{PATH}/mine", "answered")


_ANSWERS: Final = ("asked", "not_now", "never")


@door.page("GET", f"{PATH}/board", scope=Scope.INQUIRIES)
async def show_board(request: Request) -> Response:
    """Show the board: teams, those who want to be named, and the coaching view for managers."""
    season, board = await load_board(house(request))
    currency = house(request).configuration.current.referrals.currency
    silent: object = ()
    if Scope.REFERRALS in key_of(request).scopes:
        silent = await house(request).database.scan(
            partial(board_store.read_coaching, now=utc_now(), currency=currency)
        )
    scripts = await house(request).database.scan(board_store.list_scripts)
    return render(
        request,
        "referral_board.html",
        season=season,
        board=board,
        silent=silent,
        scripts=scripts,
        currency=currency,
    )


@door.page("GET", f"{PATH}/gain", scope=Scope.INQUIRIES)
async def show_gain(request: Request) -> Response:
    """Show what some referrals a year are worth, and that asking does not hurt."""
    written = request.query_params.get("count", "5")
    count = int(written) if written.isascii() and written.isdigit() else 5
    count = min(max(count, 1), _MAX_COUNT)
    rooms, now = house(request), utc_now()
    rules = rooms.configuration.current.referrals
    query = partial(board_store.read_figures, now=now, currency=rules.currency)
    figures = await rooms.database.scan(query)
    after = await rooms.database.scan(partial(board_store.read_customers_after, now=now))
    return render(
        request,
        "referral_gain.html",
        gain=gain_of(count, figures, rules),
        effect=compare(after),
        currency=rules.currency,
        most=_MAX_COUNT,
    )


@door.page("GET", f"{PATH}/{{referral_id}}", scope=Scope.INQUIRIES)
async def show_referral(request: Request, referral_id: str) -> Response:
    """Show one referral: both parties with the words, what may happen next, doubts, rewards."""
    rooms, now = house(request), utc_now()
    found, entries = await rooms.referrals.read(referral_id)
    standing = found.standing

    def work(connection: Connection) -> tuple[object, object]:
        return (
            reward_store.of_referral(connection, found.id),
            read_feedback(connection, found.id),
        )

    rewards, feedback = await rooms.database.read(work)
    return render(
        request,
        "referral.html",
        one=found,
        entries=entries,
        rewards=rewards,
        feedback=feedback,
        may_contact=is_contact_allowed(standing, now),
        is_open=found.state in OPEN,
        reasons=_REASONS,
        inform="blocked"
        if is_overdue_to_inform(standing, now)
        else "now"
        if is_to_be_reminded(standing, now)
        else "",
        states=[state.value for state in next_states(standing)] if not found.candidate else [],
        consents=[consent.value for consent in Consent],
        label=label_of,
        say_reason=_say_reason,
    )


def _say_reason(details: dict[str, Any], language: str) -> str:
    """The reason of a step; one of the router itself in the reader's language."""
    return say_stored([details["reason"]], [details.get("reason_said")], language, keep_id)[0]


@door.page("POST", f"{PATH}/{{referral_id}}/step", scope=Scope.WORK)
async def step_on_page(request: Request, referral_id: str) -> Response:
    """Confirm a candidate, record consent or information, or take a step."""
    service, form, now = house(request).referrals, form_of(request), utc_now()
    what, note, actor = form.line("what", 40), form.line("note", 500) or None, key_of(request).id
    if what == "confirm":
        await service.act(acting.confirm, referral_id, actor, now, service.on_step)
    elif what == "inform":
        await service.act(acting.record_information, referral_id, note, actor, now)
    elif what == "object":
        await service.act(acting.record_objection, referral_id, note, actor, now, service.on_step)
    elif what == "give":
        roster = house(request).staff.roster
        await service.act(
            giving.give, referral_id, form.line("handled_by", 128), actor, now, roster
        )
    elif what in set(Consent):
        await service.act(
            acting.record_consent, referral_id, Consent(what), note, actor, now, service.on_step
        )
    elif what in set(ReferralState):
        step = _step(request, ReferralState(what), note)
        await service.take_step(referral_id, step)
    else:
        raise Invalid("Nothing was chosen.", hint="Choose what happened.")
    return go_to(request, f"{PATH}/{referral_id}", "saved")


def _step(request: Request, to: ReferralState, note: str | None) -> ReferralStep:
    """The step of a form, with the amount for a won one."""
    form, amount = form_of(request), None
    currency = house(request).configuration.current.referrals.currency
    if to is ReferralState.WON and form.line("amount", 40):
        try:
            amount = read_amount(form.line("amount", 40))
        except ValueError as error:
            raise Invalid(f"{error}.", hint="Go back and mend it.") from None
    handled = form.line("handled_by", 128) or None
    return ReferralStep(
        to, key_of(request).id, utc_now(), note, handled, amount, currency if amount else None
    )


@door.page("POST", f"{PATH}/{{referral_id}}/verdict", scope=Scope.REFERRALS)
async def judge_on_page(request: Request, referral_id: str) -> Response:
    """Decide a doubt."""
    form, actor = form_of(request), key_of(request)
    why = form.line("why", 500)
    if not why:
        raise Invalid("A verdict needs a reason.", hint="Go back and write it in a few words.")
    await house(request).referrals.judge(
        referral_id, form.line("kind", 32), why, person_of(request), actor.id, utc_now(),
        fine=form.line("verdict") == "fine",
    )  # fmt: skip
    return go_to(request, f"{PATH}/{referral_id}", "saved")


@door.page("POST", f"{PATH}/{{referral_id}}/rewards/{{reward_id}}", scope=Scope.REFERRALS)
async def book_on_page(request: Request, referral_id: str, reward_id: str) -> Response:
    """Approve, pay or reverse a reward."""
    rooms, form, now = house(request), form_of(request), utc_now()
    actor, rules = reward_actor(request), rooms.configuration.current.referrals
    staff = rooms.staff.roster
    what, why = form.line("what", 20), form.line("why", 500)

    def work(connection: Connection) -> None:
        if what == RewardState.APPROVED.value:
            reward_store.approve(connection, reward_id, actor, staff, rules, now)
        elif what == RewardState.PAID.value:
            reward_store.pay(connection, reward_id, actor, now)
        else:
            reward_store.reverse(connection, reward_id, why, actor, now)

    await rooms.database.write(work)
    return go_to(request, f"{PATH}/{referral_id}", "saved")
