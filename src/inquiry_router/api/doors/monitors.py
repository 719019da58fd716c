"""The door for monitors, for the places that say "ring Jan", and for a salesperson's own week."""

from functools import partial
from typing import Annotated, Any, Final

from fastapi import Path, Query, Request, Response
from sqlalchemy import Connection, Row, select

from inquiry_router.access.roles import Scope
from inquiry_router.accounts.model import person_key
from inquiry_router.api.schemas.monitors import (
    ChoiceIn,
    ChoiceOut,
    MentionList,
    MonitorHistoryOut,
    MonitorIn,
    MonitorList,
    MonitorOut,
    QuestionIn,
    SelfCheckOut,
    TwoTimesOut,
)
from inquiry_router.api.web.auditing import AUDITED_FIELD
from inquiry_router.api.web.routing import Door, answer, house, key_of
from inquiry_router.calls.tag_stop import choose_time, offer_two_times
from inquiry_router.configuration.documents import MONITORING, RELIEF
from inquiry_router.inquiries.tables import inquiries, messages
from inquiry_router.inquiry.rendering import format_time
from inquiry_router.process.clock import utc_now
from inquiry_router.relief import monitors
from inquiry_router.relief.mentions import contacts_of, count_invitations, find_invitations
from inquiry_router.relief.recording import require_announced
from inquiry_router.relief.self_check import self_check
from inquiry_router.reports.sight import sight_of

door = Door("Relief")

_ONLY_WHAT_PASSED: Final = (
    "Only messages that passed through here are seen: signatures, forwards and quoted mails of the "
    "company in them. The website and printed papers are not."
)
MonitorId = Annotated[
    str,
    Path(
        max_length=64,
        description="The id of the monitor; `latest` is the newest.",
        openapi_examples={"latest": {"value": "latest"}},
    ),
]


CallbackId = Annotated[
    str,
    Path(
        max_length=64,
        description="The id of the callback; `latest` is the newest.",
        openapi_examples={"latest": {"value": "latest"}},
    ),
]


@door.operation(
    "POST",
    "/monitors",
    scope=Scope.ADMIN,
    status_code=201,
    response_model=MonitorOut,
    problems=(409,),
    summary="Save a question",
)
async def add_monitor(request: Request, monitor: MonitorIn) -> Response:
    """Save a question over past and new inquiries. It is asked each minute, and alerts."""
    data, actor, now = monitor.value, key_of(request).id, utc_now()

    def work(connection: Connection) -> Row[Any]:
        made = monitors.add_monitor(connection, data, actor, now)
        return monitors.find_monitor(connection, made)

    made = await house(request).database.write(work)
    return answer(monitor_json(made), 201, location=f"/v1/monitors/{made.id}")


@door.operation(
    "POST",
    "/monitors/preview",
    scope=Scope.READ,
    response_model=MonitorHistoryOut,
    problems=(404,),
    summary="Ask a question over a year",
)
async def preview_monitor(request: Request, question: QuestionIn) -> Response:
    """Count a year's inquiries that a question would find, by month. Stores nothing."""
    return answer(await _history(request, question.value))


@door.operation(
    "GET",
    "/monitors",
    scope=Scope.READ,
    response_model=MonitorList,
    summary="List the saved questions",
)
async def list_monitors(request: Request) -> Response:
    """List monitors, the newest first."""
    rows = await house(request).database.read(monitors.list_monitors)
    return answer({"items": [monitor_json(row) for row in rows]})


@door.operation(
    "GET",
    "/monitors/{monitor_id}/history",
    scope=Scope.READ,
    response_model=MonitorHistoryOut,
    problems=(404,),
    summary="See what a monitor found",
)
async def read_monitor_history(request: Request, monitor_id: MonitorId) -> Response:
    """Count a year's inquiries that a monitor finds, by month."""
    row = await house(request).database.read(partial(monitors.find_monitor, named=monitor_id))
    return answer(await _history(request, monitors.Question.from_json(row.question)))


@door.operation(
    "DELETE",
    "/monitors/{monitor_id}",
    scope=Scope.ADMIN,
    status_code=204,
    problems=(404,),
    summary="Remove a saved question",
)
async def remove_monitor(request: Request, monitor_id: MonitorId) -> Response:
    """Remove a monitor."""
    remove = partial(monitors.remove_monitor, monitor_id=monitor_id)
    await house(request).database.write(remove)
    return Response(status_code=204)


@door.operation(
    "GET",
    "/relief/mentions",
    scope=Scope.READ,
    response_model=MentionList,
    summary="See where we still say: ring the salesperson",
    openapi_extra={AUDITED_FIELD: True},
)
async def list_mentions(
    request: Request,
    limit: Annotated[
        int, Query(ge=1, le=20_000, description="How many of the newest messages.", examples=[2000])
    ] = 2_000,
) -> Response:
    """List signatures, forwards and quoted mails that name a salesperson's number or address.

    Numbers and addresses are those of the staff list. It is a list to mend. Managers see whose;
    before the announcement of the monitoring, and for others, only the places are counted.
    """
    rooms = house(request)
    people = [
        (one.name, one.phone, one.email)
        for one in rooms.staff.roster.members
        if one.kind == "salesperson"
    ]
    contacts = contacts_of(people)
    announced = rooms.configuration.current.documents[MONITORING].announced
    sight = sight_of(key_of(request), announced=announced)

    def work(connection: Connection) -> tuple[int, list[dict[str, object]]]:
        query = (
            select(messages.c.subject, messages.c.text, inquiries.c.reference)
            .join(inquiries, inquiries.c.id == messages.c.inquiry_id)
            .order_by(messages.c.id.desc())
            .limit(limit)
        )
        rows = connection.execute(query).all()
        found = (
            (row.reference, one)
            for row in rows
            for one in find_invitations(row.subject, row.text, contacts)
        )
        return len(rows), count_invitations(found)

    looked_at, items = await rooms.database.scan(work)
    if not sight.people:
        items = [{**one, "person": None, "value": None, "examples": []} for one in items]
    return answer({"messages": looked_at, "items": items, "notes": [_ONLY_WHAT_PASSED]})


@door.operation(
    "GET",
    "/relief/self-check",
    scope=Scope.WORK,
    response_model=SelfCheckOut,
    problems=(409,),
    summary="See your own week",
)
async def read_self_check(request: Request) -> Response:
    """Show a salesperson their own week: interruptions, evenings, whom to introduce next.

    Nobody else can ask for it. 409 until the monitoring was announced.
    """
    rooms, actor = house(request), key_of(request)
    documents = rooms.configuration.current.documents
    require_announced(announced=documents[MONITORING].announced)
    # A key is its owner's; without one it stands for whoever it is named after.
    name = actor.owner or actor.name
    work = partial(self_check, person_key=person_key(name), inputs=documents[RELIEF], now=utc_now())
    return answer(await rooms.database.scan(work))


@door.operation(
    "POST",
    "/callbacks/{callback_id}/two-times",
    scope=Scope.WORK,
    status_code=201,
    response_model=TwoTimesOut,
    problems=(404, 409),
    summary="Offer a customer two times",
)
async def offer_callback_times(request: Request, callback_id: CallbackId) -> Response:
    """Send the customer one message with two fixed times, instead of ringing again.

    With `phone_tag_stop` of the inputs it happens by itself after two calls that missed.
    """
    rooms = house(request)
    configuration = rooms.configuration.current
    work = partial(
        offer_two_times,
        named=callback_id,
        inputs=configuration.documents[RELIEF],
        hours_of={one.id: one.working_hours for one in configuration.teams.by_id.values()},
        now=utc_now(),
    )
    first, second = await rooms.database.write(work)
    return answer({"first_at": format_time(first), "second_at": format_time(second)}, 201)


@door.operation(
    "POST",
    "/callbacks/{callback_id}/choice",
    scope=Scope.WORK,
    response_model=ChoiceOut,
    problems=(404, 409),
    summary="Record the time that a customer chose",
)
async def choose_callback_time(
    request: Request,
    callback_id: CallbackId,
    chosen: ChoiceIn,
) -> Response:
    """Record 1 or 2: the time at which the customer is rung, and not before."""
    work = partial(choose_time, callback_id=callback_id, choice=chosen.choice, now=utc_now())
    return answer({"at": format_time(await house(request).database.write(work))})


async def _history(request: Request, question: monitors.Question) -> dict[str, Any]:
    now = utc_now()

    def work(connection: Connection) -> dict[str, Any]:
        found = monitors.find_matches(connection, question, now - monitors.HISTORY, now)
        return {
            "total": len(found),
            "by_month": monitors.history_of(connection, question, now),
            "newest": [row.reference for row in found[: monitors.MAX_REFERENCES]],
        }

    return await house(request).database.scan(work)


def monitor_json(row: Row[Any]) -> dict[str, Any]:
    """Render a monitor."""
    names = ("id", "name", "question", "threshold", "days", "receiver", "enabled")
    return {
        **{name: row._mapping[name] for name in names},
        "asked_at": format_time(row.asked_at) if row.asked_at else None,
        "alerted_at": format_time(row.alerted_at) if row.alerted_at else None,
    }
