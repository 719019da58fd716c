"""Messages to people, as the channels get them: the payload of the event `notice`, and back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from inquiry_router.inquiry.model import Event
from inquiry_router.providers.kit.provider import Handover, NothingToDo

# The type of the event that tries a destination.
TEST: Final = "destination.test"
_TEST_SUBJECT: Final = "inquiry-router"
_NOT_FOR_HELPDESKS: Final = "this destination gets messages to people, and no other events"


@dataclass(frozen=True, slots=True)
class MessageToPeople:
    """A message to one receiver, or to a room.

    `to` is an address or number, empty where the channel is a room. `reply_to` and `sender_name`
    stand in the mail's headers, `answers` are the Message-IDs that it answers, the last one first
    answered. `automatic` is the value of Auto-Submitted.
    """

    subject: str
    text: str = field(repr=False)
    at: str
    to: str = field(default="", repr=False)
    name: str = field(default="", repr=False)
    language: str = "en"
    kind: str = "notice"
    reference: str | None = None
    sender: str | None = None
    sender_name: str | None = None
    reply_to: str | None = None
    answers: tuple[str, ...] = ()
    automatic: str = "auto-generated"


def message_json(message: MessageToPeople, inquiry_id: str | None, **more: Any) -> dict[str, Any]:
    """Render the event that carries a message."""
    data = {
        "kind": message.kind,
        "to": message.to,
        "name": message.name,
        "language": message.language,
        "subject": message.subject,
        "text": message.text,
        "inquiry": {"id": inquiry_id, "reference": message.reference} if inquiry_id else None,
        "sender": message.sender,
        "sender_name": message.sender_name,
        "reply_to": message.reply_to,
        "answers": list(message.answers),
        "automatic": message.automatic,
        **more,
    }
    return {"type": Event.NOTICE.value, "timestamp": message.at, "data": data}


def read_message(handover: Handover, *, test_to: str = "") -> MessageToPeople:
    """Read the message of a delivery; that of a test goes to `test_to`.

    Raises `NothingToDo` for an event that is no message to people.
    """
    payload: Mapping[str, Any] = json.loads(handover.payload)
    data = payload["data"]
    if handover.event == TEST:
        return MessageToPeople(_TEST_SUBJECT, data["text"], payload["timestamp"], to=test_to)
    if handover.event != Event.NOTICE:
        raise NothingToDo(_NOT_FOR_HELPDESKS)
    return MessageToPeople(
        subject=data["subject"],
        text=data["text"],
        at=payload["timestamp"],
        to=data["to"],
        name=data["name"],
        language=data["language"],
        kind=data["kind"],
        reference=(data["inquiry"] or {}).get("reference"),
        sender=data["sender"],
        sender_name=data["sender_name"],
        reply_to=data["reply_to"],
        answers=tuple(data["answers"]),
        automatic=data["automatic"],
    )
