"""Callbacks: list them, assign them, record attempts."""

from typing import Annotated, Any

from fastapi import Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from inquiry_router.api.web.routing import Door, answer, house, key_of
from inquiry_router.calls import store as call_store
from inquiry_router.calls.conversion import Entry
from inquiry_router.calls.model import Callback
from inquiry_router.calls.notices import record_entries
from inquiry_router.configuration.api_keys import Scope
from inquiry_router.inquiry.rendering import format_time
from inquiry_router.phone.slots import callback_slots
from inquiry_router.process.clock import utc_now
from inquiry_router.routing.policy import Document, Slug

door = Door("Phone")


class CallbackOut(BaseModel):
    """A callback to a customer."""

    id: str = Field(description="Its id.", examples=["0198c0de-7b1e-7cc3-98c4-dc0c0c07398f"])
    inquiry_id: str = Field(
        description="The inquiry that it is about.",
        examples=["0198c0de-7b1e-7cc3-98c4-dc0c0c07398f"],
    )
    reference: str = Field(description="The inquiry's reference.", examples=["K7MA-4XEH"])
    number: str = Field(description="The number to call.", examples=["+48601234567"])
    team: str = Field(description="The team that promised it.", examples=["customer_service"])
    owner: str | None = Field(
        description="The person who has taken it, or null.", examples=["Celina"]
    )
    state: str = Field(description="pending or done.", examples=["pending"])
    due_at: str = Field(
        description="The promised time, UTC.", examples=["2026-11-20T08:30:00.000Z"]
    )
    attempts: int = Field(
        description="The number of calls that did not reach the customer.", examples=[0]
    )
    reminders: int = Field(description="The number of reminders to the team.", examples=[0])
    escalated: bool = Field(
        description="True after so many attempts that anybody who is free should call.",
        examples=[False],
    )
    created_at: str = Field(
        description="The time of the promise, UTC.", examples=["2026-11-19T16:30:00.000Z"]
    )
    finished_at: str | None = Field(
        description="The time the customer was reached, UTC; null until then.", examples=[None]
    )


class CallbackList(BaseModel):
    """Callbacks, most urgent first."""

    items: list[CallbackOut] = Field(description="Most urgent first.")


class CallbackOwner(Document):
    """The person who takes a callback."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"who": "Celina"}]})

    who: Annotated[str, StringConstraints(min_length=1, max_length=200)] = Field(
        description="Their name.", examples=["Celina"]
    )


class CallbackAttempt(CallbackOwner):
    """The result of calling a customer back."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"who": "Celina", "reached": False}]}
    )

    reached: bool = Field(
        strict=True, description="True if the customer answered.", examples=[False]
    )


@door.operation(
    "GET",
    "/callbacks",
    scope=(Scope.READ, Scope.AGENT),
    response_model=CallbackList,
    problems=(422,),
    summary="List callbacks",
)
async def list_callbacks(
    request: Request,
    state: Annotated[
        str | None,
        Query(pattern="^(pending|done)$", description="Only these.", examples=["pending"]),
    ] = "pending",
    team: Annotated[
        Slug | None, Query(description="Only those of this team.", examples=["customer_service"])
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200, description="How many.")] = 50,
) -> Response:
    """List promised callbacks, most urgent first."""
    found = await house(request).database.read(
        lambda connection: call_store.list_callbacks(connection, state, team, limit)
    )
    return answer({"items": [_shown(callback) for callback in found]})


CallbackId = Annotated[
    str,
    Path(
        max_length=64,
        description="The callback's id, or `latest`.",
        openapi_examples={"newest": {"value": "latest"}},
    ),
]


@door.operation(
    "POST",
    "/callbacks/{callback_id}/owner",
    scope=Scope.AGENT,
    response_model=CallbackOut,
    problems=(404, 409),
    summary="Take a callback",
)
async def take_callback(
    request: Request, callback_id: CallbackId, owner: CallbackOwner
) -> Response:
    """Assign a callback to a person, so that nobody else calls too."""
    rooms = house(request)
    taken = await rooms.database.write(
        lambda connection: call_store.set_owner(connection, callback_id, owner.who)
    )
    return answer(_shown(taken))


@door.operation(
    "POST",
    "/callbacks/{callback_id}/attempts",
    scope=Scope.AGENT,
    response_model=CallbackOut,
    problems=(404, 409),
    summary="Record a callback attempt",
)
async def record_callback_attempt(
    request: Request, callback_id: CallbackId, attempt: CallbackAttempt
) -> Response:
    """Record the result of calling back.

    If the customer was reached, the callback is done. Otherwise it is due again at the next
    suitable time, and escalates after several attempts.
    """
    rooms = house(request)
    configuration, now, actor = rooms.configuration.current, utc_now(), key_of(request).id

    def work(connection: Any) -> Callback:
        callback = call_store.find_callback(connection, callback_id)
        team = configuration.teams.by_id.get(callback.team, configuration.teams.triage)
        offer = configuration.phone.callbacks
        slots = callback_slots(
            team.working_hours, now, offer.first_after_minutes, offer.every_minutes, 1
        )
        again, limit = slots[0] if slots else None, configuration.phone.escalate_after
        done = call_store.record_attempt(
            connection, callback_id, attempt.reached, again, limit, now
        )
        details = {
            "who": attempt.who,
            "reached": attempt.reached,
            "attempts": done.attempts,
            "escalated": done.escalated,
        }
        entries = [Entry("rung_back", details)]
        record_entries(connection, configuration, done.inquiry_id, entries, actor, now)
        return done

    done = await rooms.database.write(work)
    rooms.wake()
    return answer(_shown(done))


def _shown(callback: Callback) -> dict[str, Any]:
    return {
        "id": callback.id,
        "inquiry_id": callback.inquiry_id,
        "reference": callback.reference,
        "number": callback.number,
        "team": callback.team,
        "owner": callback.owner,
        "state": callback.state,
        "due_at": format_time(callback.due_at),
        "attempts": callback.attempts,
        "reminders": callback.reminders,
        "escalated": callback.escalated,
        "created_at": format_time(callback.created_at),
        "finished_at": format_time(callback.finished_at),
    }
