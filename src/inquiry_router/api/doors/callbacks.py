"""Callbacks: list everybody who waits for a call, assign them, record attempts."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import Connection

from inquiry_router.access.roles import Scope
from inquiry_router.api.web.routing import Door, answer, house, key_of
from inquiry_router.api.web.sight import only_theirs
from inquiry_router.calls import callback_store
from inquiry_router.calls.conversion import Entry
from inquiry_router.calls.model import Callback, CallbackKind
from inquiry_router.calls.notices import record_entries
from inquiry_router.calls.store import add_entry
from inquiry_router.house import House
from inquiry_router.inquiry.rendering import format_time
from inquiry_router.phone.slots import callback_slots
from inquiry_router.process.clock import utc_now
from inquiry_router.routing.fields import Document, Slug

door = Door("Phone")


class CallbackOut(BaseModel):
    """A customer who waits for a call from us."""

    id: str = Field(description="Its id.", examples=["0198c0de-7b1e-7cc3-98c4-dc0c0c07398f"])
    inquiry_id: str = Field(
        description="The inquiry that it is about.",
        examples=["0198c0de-7b1e-7cc3-98c4-dc0c0c07398f"],
    )
    reference: str = Field(description="The inquiry's reference.", examples=["K7MA-4XEH"])
    kind: CallbackKind = Field(
        description="callback: they were promised a time; voicemail: they left a message; missed: "
        "nobody answered.",
        examples=["callback"],
    )
    number: str | None = Field(
        description="The number to call; null if they withheld it.", examples=["+48601234567"]
    )
    team: str = Field(
        description="The team that has the inquiry now.", examples=["customer_service"]
    )
    owner: str | None = Field(
        description="The person who has taken it, or null.", examples=["Celina"]
    )
    state: str = Field(description="pending or done.", examples=["pending"])
    outcome: str | None = Field(
        description="reached: somebody has talked to them; replaced: by a later promise about the "
        "same inquiry; resolved: the inquiry is done. Null while it is pending.",
        examples=[None],
    )
    due_at: str = Field(
        description="The promised time, UTC; for the others the next suitable one.",
        examples=["2026-11-20T08:30:00.000Z"],
    )
    attempts: int = Field(
        description="The number of calls that did not reach the customer.", examples=[0]
    )
    reminders: int = Field(
        description="The number of reminders to the team. The last one escalates.", examples=[0]
    )
    escalated: bool = Field(
        description="True after so many attempts that anybody who is free should call.",
        examples=[False],
    )
    created_at: str = Field(
        description="The time of the promise, UTC.", examples=["2026-11-19T16:30:00.000Z"]
    )
    finished_at: str | None = Field(
        description="The time when it was done, UTC; null until then.", examples=[None]
    )


class CallbackList(BaseModel):
    """Callbacks, most urgent first."""

    items: list[CallbackOut] = Field(description="Most urgent first.")


Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class CallbackOwner(Document):
    """The person who takes a callback."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"who": "Celina"}]})

    who: Name = Field(description="Their name.", examples=["Celina"])
    instead_of: Name | None = Field(
        None,
        description="The person who has taken it already and hands it over.",
        examples=["Darek"],
    )


class CallbackAttempt(Document):
    """The result of calling a customer back."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"who": "Celina", "reached": False}]}
    )

    who: Name = Field(description="Their name.", examples=["Celina"])
    reached: bool = Field(
        strict=True, description="True if the customer answered.", examples=[False]
    )


@door.operation(
    "GET",
    "/callbacks",
    scope=Scope.INQUIRIES,
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
    kind: Annotated[
        CallbackKind | None, Query(description="Only these.", examples=["missed"])
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200, description="How many.")] = 50,
) -> Response:
    """List everybody who waits for a call, most urgent first.

    They were promised a callback, or left a voicemail, or nobody answered them.
    """
    only = only_theirs(key_of(request))
    found = await house(request).database.scan(
        lambda connection: callback_store.list_callbacks(connection, state, team, kind, limit, only)
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
    scope=Scope.WORK,
    response_model=CallbackOut,
    problems=(404, 409),
    summary="Take a callback",
)
async def take_callback(
    request: Request, callback_id: CallbackId, owner: CallbackOwner
) -> Response:
    """Assign a callback to a person, so that nobody else calls too.

    If another person has it already, the answer is 409 with their name. To take it over, name them
    in `instead_of`.
    """
    actor = key_of(request).id
    taken = await assign_callback(
        house(request), callback_id, owner.who, owner.instead_of, actor, utc_now()
    )
    return answer(_shown(taken))


async def assign_callback(
    rooms: House, callback_id: str, who: str, instead_of: str | None, actor: str, now: datetime
) -> Callback:
    """Assign a callback to a person. Raises `NotFound`, and `Conflict` if another has it."""

    def work(connection: Connection) -> Callback:
        taken, before = callback_store.take_callback(connection, callback_id, who, instead_of)
        if before != who:
            details = {"callback": taken.id, "who": who, "instead_of": before}
            add_entry(connection, taken.inquiry_id, "taken", actor, details, now)
        return taken

    return await rooms.database.write(work)


@door.operation(
    "POST",
    "/callbacks/{callback_id}/attempts",
    scope=Scope.WORK,
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
    rooms, actor = house(request), key_of(request).id
    done = await note_attempt(
        rooms, callback_id, attempt.who, reached=attempt.reached, actor=actor, now=utc_now()
    )
    return answer(_shown(done))


async def note_attempt(
    rooms: House, callback_id: str, who: str, *, reached: bool, actor: str, now: datetime
) -> Callback:
    """Record the result of calling a customer back. Raises `NotFound` and `Conflict`."""
    configuration = rooms.configuration.current

    def work(connection: Connection) -> Callback:
        callback = callback_store.find_callback(connection, callback_id)
        team = configuration.teams.by_id.get(callback.team, configuration.teams.triage)
        offer = configuration.phone.callbacks
        slots = callback_slots(
            team.working_hours, now, offer.first_after_minutes, offer.every_minutes, 1
        )
        again, limit = slots[0] if slots else None, configuration.phone.escalate_after
        done = callback_store.record_attempt(connection, callback_id, reached, again, limit, now)
        details = {
            "who": who,
            "reached": reached,
            "attempts": done.attempts,
            "escalated": done.escalated,
        }
        entries = [Entry("rung_back", details)]
        record_entries(connection, configuration, done.inquiry_id, entries, actor, now)
        return done

    done = await rooms.database.write(work)
    rooms.wake()
    return done


def _shown(callback: Callback) -> dict[str, Any]:
    return {
        "id": callback.id,
        "inquiry_id": callback.inquiry_id,
        "reference": callback.reference,
        "kind": callback.kind.value,
        "number": callback.number,
        "team": callback.team,
        "owner": callback.owner,
        "state": callback.state,
        "outcome": callback.outcome.value if callback.outcome is not None else None,
        "due_at": format_time(callback.due_at),
        "attempts": callback.attempts,
        "reminders": callback.reminders,
        "escalated": callback.escalated,
        "created_at": format_time(callback.created_at),
        "finished_at": format_time(callback.finished_at),
    }
