"""Kind `console`: plain JSON in, one line on standard output out. For newcomers and development."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

from inquiry_router.inquiry.model import Event
from inquiry_router.providers.kit.message import read_message
from inquiry_router.providers.kit.plain import EXAMPLE, plain_event
from inquiry_router.providers.kit.provider import Handover, PrintedLine, ProviderSettings
from inquiry_router.providers.kit.reading import Read
from inquiry_router.providers.kit.source import IncomingRequest, SourceKind, SourceSettings

# The fields of the line, and their places in the event's `data`.
_FIELDS: Final = {
    "reference": ("reference",),
    "category": ("classification", "category"),
    "intent": ("classification", "intent"),
    "team": ("decision", "team"),
    "priority": ("decision", "priority"),
    "due": ("decision", "due_at"),
}


class ConsoleSource(SourceKind[SourceSettings]):
    """Inquiries as plain JSON with the token, sent by hand."""

    kind = "console"
    setup_texts: ClassVar[Mapping[str, str]] = {"example": EXAMPLE}
    title = "Plain JSON, for development"

    def read(self, settings: SourceSettings, request: IncomingRequest) -> Read:
        """Read the inquiry. It has no delivery key, so the same id twice is one inquiry."""
        return (plain_event(request.json_object(), request.headers),)


class ConsoleSettings(ProviderSettings):
    """A console needs no settings: send `{}`."""


class Console:
    """Prints deliveries."""

    kind = "console"
    title = "A line on the standard output of the service"
    settings_model = ConsoleSettings
    final: frozenset[int] = frozenset()

    def url(self, settings: ConsoleSettings) -> str | None:
        """None: nothing is called."""
        return None

    def hand_over(self, settings: ConsoleSettings, handover: Handover, at: datetime) -> PrintedLine:
        """Print time in UTC, event and fields, with `-` for a missing field."""
        payload = _read(handover.payload)
        if handover.event == Event.NOTICE:
            message = read_message(handover)
            words = [f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%SZ}", handover.event]
            words += [f"kind={message.kind}", f"to={message.to or '-'}", message.subject]
            return PrintedLine(_printable("  ".join(words)))
        words = [f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%SZ}", handover.event]
        words += [f"{name}={_find(payload, ('data', *place))}" for name, place in _FIELDS.items()]
        return PrintedLine(_printable("  ".join(words)))

    def check(self, settings: ConsoleSettings) -> None:
        """There is nothing to check."""


def _read(payload: str) -> Any:
    try:
        return json.loads(payload)
    except ValueError:
        return None


def _find(value: Any, place: tuple[str, ...]) -> str:
    for name in place:
        value = value.get(name) if isinstance(value, dict) else None
    return str(value) if isinstance(value, str | int) and value != "" else "-"


def _printable(line: str) -> str:
    """Replace control characters, so that the text stays one line and controls no terminal."""
    return "".join(character if character.isprintable() else "?" for character in line)
