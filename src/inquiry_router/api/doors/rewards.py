"""The door for rewards: approve, pay, reverse; statements and payroll; the rules."""

from collections.abc import Callable
from datetime import UTC, datetime, time
from functools import partial
from typing import Annotated, Final

from fastapi import Path, Query, Request, Response
from sqlalchemy import Connection

from inquiry_router.access.roles import Scope
from inquiry_router.api.doors.referrals import ReferralId, only_of, speaks_for, whole_referral
from inquiry_router.api.schemas.referrals import ReferralWhole
from inquiry_router.api.schemas.rewards import (
    AppealIn,
    CreditChangeIn,
    FeedbackIn,
    ReasonIn,
    RewardOut,
    RewardPage,
    StatementOut,
    VerdictIn,
    reward_json,
)
from inquiry_router.api.web.documents import WITH_ETAG, IfMatchOrAny, document_answer, put_document
from inquiry_router.api.web.routing import Door, answer, etag, house, key_of
from inquiry_router.configuration.documents import REFERRALS
from inquiry_router.configuration.referral_rules import ReferralRules
from inquiry_router.inquiry.errors import Forbidden
from inquiry_router.process.clock import utc_now
from inquiry_router.referrals import acting, reward_store
from inquiry_router.referrals.feedback import Feedback
from inquiry_router.referrals.payroll import as_payroll
from inquiry_router.referrals.reward_store import RewardActor
from inquiry_router.referrals.rewarding import RewardState, StoredReward
from inquiry_router.routing.fields import CalendarDay

door = Door("Referrals")

RewardId = Annotated[
    str,
    Path(
        min_length=1,
        max_length=64,
        description="The reward's id; `latest` is the newest one.",
        openapi_examples={"first": {"value": "latest"}},
    ),
]
PLACES: Final = ("pending", "held", "approved", "paid")
_PersonQuery = Annotated[
    str | None, Query(min_length=1, max_length=200, description="Only of this receiver.")
]


@door.operation(
    "GET",
    "/referral-rules",
    scope=Scope.READ,
    response_model=ReferralRules,
    responses=WITH_ETAG,
    summary="See the rules of referrals",
)
async def read_referral_rules(request: Request) -> Response:
    """Show protection, hints and rewards."""
    return document_answer(house(request).configuration.current.documents, REFERRALS)


@door.operation(
    "PUT",
    "/referral-rules",
    scope=Scope.ADMIN,
    response_model=ReferralRules,
    responses=WITH_ETAG,
    problems=(412, 428),
    summary="Change the rules of referrals",
)
async def replace_referral_rules(
    request: Request, rules: ReferralRules, if_match: IfMatchOrAny = None
) -> Response:
    """Replace all rules. Rewards that were earned already stay as they are."""
    version = await put_document(request, REFERRALS, rules, if_match, refuse=lambda problems: None)
    return answer(rules.model_dump(mode="json"), ETag=etag(version))


@door.operation(
    "PUT",
    "/referrals/{referral_id}/credit",
    scope=Scope.REFERRALS,
    response_model=ReferralWhole,
    problems=(404,),
    summary="Change whose referral it is",
)
async def change_credit(
    request: Request, referral_id: ReferralId, change: CreditChangeIn
) -> Response:
    """Change the credit, with a reason that stays in the timeline. Rewards earned before stay."""
    actor, now = key_of(request).id, utc_now()
    shares = [one.value for one in change.credit]
    service = house(request).referrals
    await service.act(acting.change_credit, referral_id, shares, change.reason, actor, now)
    return await whole_referral(request, referral_id)


@door.operation(
    "POST",
    "/referrals/{referral_id}/verdict",
    scope=Scope.REFERRALS,
    response_model=ReferralWhole,
    problems=(404,),
    summary="Decide a doubt about a referral",
)
async def judge_referral(request: Request, referral_id: ReferralId, verdict: VerdictIn) -> Response:
    """Decide a doubt. If it was the last one, rewards that waited are held now."""
    service, actor = house(request).referrals, key_of(request)
    await service.judge(
        referral_id, verdict.kind, verdict.reason, person_of(request), actor.id, utc_now(),
        fine=verdict.fine,
    )  # fmt: skip
    return await whole_referral(request, referral_id)


@door.operation(
    "POST",
    "/referrals/{referral_id}/appeal",
    scope=Scope.WORK,
    response_model=ReferralWhole,
    problems=(404, 409),
    summary="Appeal against a refusal",
)
async def appeal_referral(request: Request, referral_id: ReferralId, body: AppealIn) -> Response:
    """Appeal once against a refusal: the doubt is open again, and another manager decides."""
    actor, now = key_of(request).id, utc_now()
    service = house(request).referrals
    await service.act(acting.appeal, referral_id, body.kind, body.text, actor, now)
    return await whole_referral(request, referral_id)


@door.operation(
    "PUT",
    "/referrals/{referral_id}/feedback",
    scope=Scope.WORK,
    response_model=ReferralWhole,
    problems=(404,),
    summary="Tell those with credit about the prospect",
)
async def give_feedback(request: Request, referral_id: ReferralId, body: FeedbackIn) -> Response:
    """Say if the prospect answered, came, meant it and paid. The recommender never sees it."""
    said = Feedback(body.person, body.answered, body.came, body.serious, body.paid, body.note)
    await house(request).referrals.give_feedback(referral_id, said, key_of(request).id, utc_now())
    return await whole_referral(request, referral_id)


@door.operation(
    "GET",
    "/rewards",
    scope=Scope.INQUIRIES,
    response_model=RewardPage,
    summary="List rewards",
)
async def list_rewards(
    request: Request,
    person: _PersonQuery = None,
    state: Annotated[RewardState | None, Query(description="Only in this state.")] = None,
) -> Response:
    """List rewards, the newest first. A salesperson sees their own."""
    own = only_of(key_of(request))
    query = partial(
        reward_store.list_rewards,
        person=own if own is not None else person,
        state=state.value if state is not None else None,
    )
    found = await house(request).database.scan(query)
    return answer({"items": [reward_json(one) for one in found]})


@door.operation(
    "GET",
    "/rewards/statement",
    scope=Scope.INQUIRIES,
    response_model=StatementOut,
    summary="See the statement of a person",
)
async def read_statement(
    request: Request,
    person: Annotated[
        str,
        Query(min_length=1, max_length=200, description="Whose.", examples=["Bartek Wilk"]),
    ],
) -> Response:
    """Sum up what a person has pending, held, approved and paid, by currency.

    A salesperson sees their own.

    Whoever has left the staff keeps theirs, by the name that they had.
    """
    rooms = house(request)
    member = rooms.staff.roster.by_sign(person)
    person = member.name if member is not None else person
    if not speaks_for(key_of(request), person):
        raise Forbidden("Statements of others are for managers.", hint="Ask for your own.")
    currency = rooms.configuration.current.referrals.currency
    query = partial(reward_store.read_statement, person=person, currency=currency)
    read, found = await rooms.database.scan(query)
    sums = [
        {"currency": one, **{place: places[place] for place in PLACES}}
        for one, places in read.items()
    ]
    rewards = [reward_json(one) for one in found]
    return answer({"person": person, "sums": sums, "rewards": rewards})


@door.operation(
    "GET",
    "/rewards/payroll",
    scope=Scope.REFERRALS,
    summary="Export what was paid, for payroll",
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def export_payroll(
    request: Request,
    since: Annotated[CalendarDay, Query(description="The first day.", examples=["2026-11-01"])],
    until: Annotated[CalendarDay, Query(description="The last day.", examples=["2026-11-30"])],
) -> Response:
    """Export payments, and what must be paid back, as CSV. Cells cannot become formulas."""
    begin = datetime.combine(since, time.min, UTC)
    end = datetime.combine(until, time.max, UTC)
    lines = await house(request).database.scan(
        partial(reward_store.payroll_lines, since=begin, until=end)
    )
    name = f'attachment; filename="payroll-{since}-{until}.csv"'
    headers = {"content-disposition": name}
    return Response("\ufeff" + as_payroll(lines), 200, headers, "text/csv; charset=utf-8")


@door.operation(
    "POST",
    "/rewards/{reward_id}/approval",
    scope=Scope.REFERRALS,
    response_model=RewardOut,
    problems=(404, 409),
    summary="Approve a reward",
)
async def approve_reward(request: Request, reward_id: RewardId) -> Response:
    """Approve a held reward. Above the limit two people of the staff must, and nobody their own.

    A key, or somebody who signed in, is the member of staff whose name or address it has.
    """
    rooms, actor, now = house(request), reward_actor(request), utc_now()
    staff, rules = rooms.staff.roster, rooms.configuration.current.referrals
    return await _answer(
        request,
        lambda connection: reward_store.approve(connection, reward_id, actor, staff, rules, now),
    )


@door.operation(
    "POST",
    "/rewards/{reward_id}/payment",
    scope=Scope.REFERRALS,
    response_model=RewardOut,
    problems=(404, 409),
    summary="Say that a reward was paid",
)
async def pay_reward(request: Request, reward_id: RewardId) -> Response:
    """Record a payment. A second time changes nothing."""
    actor, now = reward_actor(request), utc_now()
    return await _answer(
        request, lambda connection: reward_store.pay(connection, reward_id, actor, now)
    )


@door.operation(
    "POST",
    "/rewards/{reward_id}/reversal",
    scope=Scope.REFERRALS,
    response_model=RewardOut,
    problems=(404, 409),
    summary="Take a reward back",
)
async def reverse_reward(request: Request, reward_id: RewardId, body: ReasonIn) -> Response:
    """Reverse a reward with a reason. What was paid stands in the next payroll with a minus."""
    actor, now = reward_actor(request), utc_now()
    return await _answer(
        request,
        lambda connection: reward_store.reverse(connection, reward_id, body.reason, actor, now),
    )


async def _answer(request: Request, work: Callable[[Connection], StoredReward]) -> Response:
    reward = await house(request).database.write(work)
    return answer(reward_json(reward))


def person_of(request: Request) -> str:
    """The name of whoever acts, as a person: that of the member of staff who has the key's name."""
    actor = key_of(request)
    name = actor.owner or actor.name
    member = house(request).staff.roster.by_sign(name)
    return member.name if member is not None else name


def reward_actor(request: Request) -> RewardActor:
    """Whoever books."""
    return RewardActor(key_of(request).id, person_of(request))
