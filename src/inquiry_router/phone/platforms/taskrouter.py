"""Twilio TaskRouter: the answer to an assignment callback.

Source: twilio.com/docs/taskrouter/handle-assignment-callbacks.
"""

from dataclasses import dataclass
from typing import Final

from inquiry_router.inquiry.categories import NEVER_SALES
from inquiry_router.phone.caller import read_number
from inquiry_router.phone.platforms.platform import PhoneRequest, json_of, mapping_of, text_of
from inquiry_router.phone.settings import PhoneSettings
from inquiry_router.routing.teams import Teams

_OTHER_CONTACTS: Final = ("sip:", "sips:", "client:")


@dataclass(frozen=True, slots=True)
class Reservation:
    """A worker reserved by TaskRouter for a task.

    `team`, `category` and `called` are attributes of the task. `contact` is the worker's address;
    `worker_team` is their team, empty if it is not given.
    """

    id: str | None = None
    call_id: str | None = None
    team: str | None = None
    category: str | None = None
    called: str | None = None
    contact: str | None = None
    worker_team: str = ""


@dataclass(frozen=True, slots=True)
class Instruction:
    """The instruction to TaskRouter as it is sent, and the reason if nobody is dialled."""

    body: dict[str, str]
    reason: str | None = None


def read_reservation(request: PhoneRequest) -> Reservation:
    """Read the form of an assignment callback. The attributes in it are JSON."""
    task = mapping_of(json_of(request.form.get("TaskAttributes")))
    worker = mapping_of(json_of(request.form.get("WorkerAttributes")))
    return Reservation(
        id=text_of(request.form.get("ReservationSid")),
        call_id=text_of(task.get("call_sid")),
        team=text_of(task.get("team")),
        category=text_of(task.get("category")),
        called=text_of(task.get("called")) or text_of(task.get("to")),
        contact=text_of(worker.get("contact_uri")),
        # A team that cannot be read counts as an unknown team.
        worker_team=text_of(worker["team"]) or "?" if worker.get("team") is not None else "",
    )


def instruct(
    reservation: Reservation, teams: Teams, settings: PhoneSettings, activity_after: str | None
) -> Instruction:
    """Decide on a reservation. The same reservation always gets the same instruction.

    A salesperson is dialled only for tasks of sales. `activity_after` is the worker's activity
    after the call.
    """
    if reservation.id is None:
        return _reject("there is no ReservationSid: this is no assignment callback")
    ours = reservation.team is not None or reservation.category is not None
    if ours and _sells(reservation, teams, settings) and not _is_for_sales(reservation, teams):
        return _reject("the worker is of sales, and the task is not for sales")
    if reservation.call_id is None:
        reason = "the task is no call, so the worker's own client tells them of it"
        return Instruction({"instruction": "accept"}, reason)
    if not ours:
        return _reject("the call was not handed over by this line")
    if not _can_be_rung(reservation.contact):
        return _reject("the worker's attribute contact_uri is no number, SIP address or client")
    # TaskRouter dials the worker's contact_uri. The call must show a number of the account, such as
    # the called one.
    body = {
        "instruction": "dequeue",
        "from": read_number(reservation.called),
        "post_work_activity_sid": activity_after,
    }
    return Instruction({name: value for name, value in body.items() if value is not None})


def _reject(reason: str) -> Instruction:
    return Instruction({"instruction": "reject"}, reason)


def _sells(reservation: Reservation, teams: Teams, settings: PhoneSettings) -> bool:
    """True if the worker may be a salesperson; a worker of an unknown team may be one."""
    team = teams.by_id.get(reservation.worker_team)
    if reservation.worker_team and (team is None or team.kind == "sales"):
        return True
    return settings.rings_sales(reservation.contact, teams)


def _is_for_sales(reservation: Reservation, teams: Teams) -> bool:
    team = teams.by_id.get(reservation.team or "")
    return (
        team is not None
        and team.kind == "sales"
        and reservation.category not in {None, *NEVER_SALES}
    )


def _can_be_rung(contact: str | None) -> bool:
    return contact is not None and (
        contact.startswith(_OTHER_CONTACTS) or read_number(contact) is not None
    )
