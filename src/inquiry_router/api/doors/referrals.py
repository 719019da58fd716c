"""The door for referrals: enter one, list them, look at one, and say what became of it."""

from functools import partial
from typing import Annotated

from fastapi import Path, Query, Request, Response

from inquiry_router.access.actor import Actor
from inquiry_router.access.roles import Scope
from inquiry_router.accounts.model import person_key
from inquiry_router.api.doors.inquiries import IdempotencyKey, require_key
from inquiry_router.api.schemas.referrals import (
    ConsentIn,
    HandlerIn,
    NoteIn,
    PartiesIn,
    ReferralIn,
    ReferralOutcomeIn,
    ReferralPage,
    ReferralWhole,
    entry_json,
    referral_json,
)
from inquiry_router.api.web.routing import Door, answer, house, key_of, path_here
from inquiry_router.api.web.sight import only_their_referrals
from inquiry_router.inquiry.errors import Invalid
from inquiry_router.process.clock import utc_now
from inquiry_router.process.ids import is_id
from inquiry_router.referrals import acting, giving, store
from inquiry_router.referrals.acting import ReferralStep
from inquiry_router.referrals.claiming import entry_key
from inquiry_router.referrals.stages import ReferralState
from inquiry_router.referrals.store import ReferralFilters

door = Door("Referrals")
_REPEATED = "The referral that the same key and body made before."

ReferralId = Annotated[
    str,
    Path(
        min_length=1,
        max_length=64,
        description="The referral's id; `latest` is the newest one.",
        openapi_examples={"first": {"value": "latest"}},
    ),
]


@door.operation(
    "POST",
    "/referrals",
    scope=Scope.WORK,
    status_code=201,
    response_model=ReferralWhole,
    summary="Enter a referral",
    responses={200: {"model": ReferralWhole, "description": _REPEATED}},
)
async def create_referral(
    request: Request, referral: ReferralIn, idempotency_key: IdempotencyKey = None
) -> Response:
    """Enter a referral that somebody told you of. Both parties are matched to accounts.

    Doubts (a customer already, the same person again, a circle) are flagged with their reasons.
    The same `Idempotency-Key` and body within seven days make one referral.
    """
    key = require_key(idempotency_key)
    parties = (referral.recommender.value, referral.prospect.value)
    if any(party.is_empty for party in parties):
        raise Invalid(
            "The recommender or the prospect is empty.",
            hint="Give a name, a company, a number or an address of each.",
        )
    if sum(one.share for one in referral.value.credits) not in (0, 10_000):
        raise Invalid("The shares do not come to 100 %.", hint="Shares of a credit sum up to 100.")
    actor, now = key_of(request).id, utc_now()
    keys = [entry_key(actor, key, referral.model_dump_json())] if key is not None else []
    made, repeated = await house(request).referrals.create(
        referral.value, "api", actor, now, referral.consent, referral.consent_note, keys
    )
    location = path_here(request, f"/v1/referrals/{made.id}")
    if repeated:
        return await whole_referral(
            request, made.id, 200, location=location, idempotent_replayed="true"
        )
    return await whole_referral(request, made.id, 201, location=location)


@door.operation(
    "GET",
    "/referrals",
    scope=Scope.INQUIRIES,
    response_model=ReferralPage,
    summary="List referrals",
)
async def list_referrals(
    request: Request,
    state: Annotated[ReferralState | None, Query(description="Only in this state.")] = None,
    candidate: Annotated[
        bool | None, Query(description="true: only those that a person has to confirm.")
    ] = None,
    flagged: Annotated[
        bool | None, Query(description="true: only those with a doubt that nobody decided.")
    ] = None,
    person: Annotated[
        str | None,
        Query(min_length=1, max_length=128, description="One of our people who has part in it."),
    ] = None,
    inquiry_id: Annotated[
        str | None, Query(max_length=36, description="Only those of this inquiry.")
    ] = None,
    cursor: Annotated[
        str | None, Query(max_length=64, description="`next_cursor` of the page before.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200, description="How many on a page.")] = 50,
) -> Response:
    """List referrals, the newest first. Who is bound sees those that they have part in."""
    if cursor is not None and not is_id(cursor):
        raise Invalid(
            "The cursor was not made by this service.", hint="Send next_cursor as it was answered."
        )
    filters = ReferralFilters(
        state=state.value if state is not None else None,
        candidate=candidate,
        person=person,
        only=only_their_referrals(key_of(request)),
        inquiry_id=inquiry_id,
        flagged=flagged,
    )
    found = await house(request).database.scan(
        partial(store.list_referrals, filters=filters, after=cursor, limit=limit)
    )
    more, now = found[-1].id if len(found) == limit else None, utc_now()
    items = [referral_json(one, now) for one in found]
    return answer({"items": items, "next_cursor": more})


@door.operation(
    "GET",
    "/referrals/{referral_id}",
    scope=Scope.INQUIRIES,
    response_model=ReferralWhole,
    problems=(404,),
    summary="Look at a referral",
)
async def read_referral(request: Request, referral_id: ReferralId) -> Response:
    """Read one referral: both parties with the words, state, credit, doubts, timeline."""
    return await whole_referral(request, referral_id)


@door.operation(
    "POST",
    "/referrals/{referral_id}/confirmation",
    scope=Scope.WORK,
    response_model=ReferralWhole,
    problems=(404,),
    summary="Say that a candidate is a referral",
)
async def confirm_referral(request: Request, referral_id: ReferralId) -> Response:
    """Confirm a candidate, which was recognised in unsure words. A second time changes nothing."""
    service, actor, now = house(request).referrals, key_of(request).id, utc_now()
    await service.act(acting.confirm, referral_id, actor, now, service.on_step)
    return await whole_referral(request, referral_id)


@door.operation(
    "PUT",
    "/referrals/{referral_id}/parties",
    scope=Scope.WORK,
    response_model=ReferralWhole,
    problems=(404,),
    summary="Correct who recommends whom",
)
async def correct_parties(request: Request, referral_id: ReferralId, body: PartiesIn) -> Response:
    """Replace what is known of a party, and match it to accounts again. The credit stays."""
    given = {"recommender": body.recommender, "prospect": body.prospect}
    parties = {side: party.value for side, party in given.items() if party is not None}
    if any(party.is_empty for party in parties.values()) or not parties:
        raise Invalid("Nothing is said.", hint="Give a name, a company, a number or an address.")
    actor, now = key_of(request).id, utc_now()
    await house(request).referrals.act(acting.correct_parties, referral_id, parties, actor, now)
    return await whole_referral(request, referral_id)


@door.operation(
    "POST",
    "/referrals/{referral_id}/consent",
    scope=Scope.WORK,
    response_model=ReferralWhole,
    problems=(404, 409),
    summary="Record why the prospect may be contacted",
)
async def record_consent(request: Request, referral_id: ReferralId, body: ConsentIn) -> Response:
    """Record the prospect's consent with its source. Without it nobody may contact them."""
    service, actor, now = house(request).referrals, key_of(request).id, utc_now()
    await service.act(
        acting.record_consent, referral_id, body.consent, body.note, actor, now, service.on_step
    )
    return await whole_referral(request, referral_id)


@door.operation(
    "POST",
    "/referrals/{referral_id}/information",
    scope=Scope.WORK,
    response_model=ReferralWhole,
    problems=(404,),
    summary="Say that the prospect was told where their data come from",
)
async def record_information(request: Request, referral_id: ReferralId, body: NoteIn) -> Response:
    """Record that the prospect was informed (GDPR art. 14); due within a month."""
    actor, now = key_of(request).id, utc_now()
    await house(request).referrals.act(
        acting.record_information, referral_id, body.note, actor, now
    )
    return await whole_referral(request, referral_id)


@door.operation(
    "POST",
    "/referrals/{referral_id}/objection",
    scope=Scope.WORK,
    response_model=ReferralWhole,
    problems=(404,),
    summary="Say that the prospect objects",
)
async def record_objection(request: Request, referral_id: ReferralId, body: NoteIn) -> Response:
    """Record the prospect's objection. It is final: nobody contacts them any more."""
    service, actor, now = house(request).referrals, key_of(request).id, utc_now()
    await service.act(acting.record_objection, referral_id, body.note, actor, now, service.on_step)
    return await whole_referral(request, referral_id)


@door.operation(
    "PUT",
    "/referrals/{referral_id}/handler",
    scope=Scope.WORK,
    response_model=ReferralWhole,
    problems=(404, 409),
    summary="Give a referral to one of our people",
)
async def give_referral(request: Request, referral_id: ReferralId, body: HandlerIn) -> Response:
    """Give a referral to one of our people. The credit stays with whoever brought it.

    They have `neglect_days` of the rules to do something; then it goes to the next one.
    """
    rooms, actor = house(request), key_of(request).id
    await rooms.referrals.act(
        giving.give, referral_id, body.person, actor, utc_now(), rooms.staff.roster
    )
    return await whole_referral(request, referral_id)


@door.operation(
    "POST",
    "/referrals/{referral_id}/outcome",
    scope=Scope.WORK,
    response_model=ReferralWhole,
    problems=(404, 409),
    summary="Say what became of a referral",
)
async def record_outcome(
    request: Request, referral_id: ReferralId, outcome: ReferralOutcomeIn
) -> Response:
    """Take a step of the referral. The same one again changes nothing; 409 says what is possible.

    A candidate that is no referral is `withdrawn`.

    `lost` after `won` undoes the deal: its rewards are reversed.
    """
    rooms = house(request)
    if outcome.amount_minor is not None and outcome.state != "won":
        raise Invalid("Only 'won' has an amount.", hint="Leave 'amount_minor' out.")
    rules = rooms.configuration.current.referrals
    currency = outcome.currency or rules.currency
    if currency != rules.currency and any(one.percent for one in rules.rewards):
        raise Invalid(
            f"Rewards are a percentage in {rules.currency}, and the amount is in {currency}.",
            hint=f"Give the amount in {rules.currency}.",
        )
    step = ReferralStep(
        ReferralState(outcome.state),
        key_of(request).id,
        utc_now(),
        outcome.reason,
        outcome.handled_by,
        outcome.amount_minor,
        currency if outcome.amount_minor is not None else None,
    )
    await rooms.referrals.take_step(referral_id, step)
    return await whole_referral(request, referral_id)


def only_of(actor: Actor) -> str | None:
    """The person for whom alone an actor speaks; None for everybody, "" for nobody."""
    return (actor.owner or "") if actor.is_bound else None


def speaks_for(actor: Actor, person: str) -> bool:
    """True if an actor speaks for this person, or for everybody."""
    own = only_of(actor)
    return own is None or person_key(own) == person_key(person)


async def whole_referral(
    request: Request, referral_id: str, status: int = 200, **headers: str
) -> Response:
    """Answer with one referral and its timeline."""
    found, entries = await house(request).referrals.read(referral_id)
    data = referral_json(found, utc_now())
    return answer(data | {"timeline": [entry_json(one) for one in entries]}, status, **headers)
