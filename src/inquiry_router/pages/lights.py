"""The light of a source or destination: good, warn, bad, or none while nothing is known. Pure."""

from datetime import datetime, timedelta
from typing import Any, Final, Literal

from inquiry_router.inquiry.rendering import read_time

Light = Literal["good", "warn", "bad", "none"]
# A source that brought something and is silent for longer has perhaps lost its webhook.
SILENT_FOR: Final = timedelta(days=7)


def light_of_source(source: dict[str, Any], now: datetime) -> tuple[Light, str]:
    """Judge a source as the API shows it. Returns the name of the text that says why, too."""
    traffic, mailbox = source["traffic"], source["mailbox"] or {}
    last, refused = read_time(traffic["last_event_at"]), read_time(traffic["refused_at"])
    judged: tuple[tuple[object, Light, str], ...] = (
        (mailbox.get("problem"), "bad", "mailbox_problem"),
        (source["dead"], "bad", "events_dead"),
        (refused is not None and (last is None or refused > last), "bad", "refused"),
        (last is None and not mailbox.get("taken"), "none", "never"),
        (mailbox.get("warning"), "warn", "mailbox_warning"),
        (last is not None and now - last > SILENT_FOR, "warn", "silent"),
    )
    return next(((light, why) for holds, light, why in judged if holds), ("good", "works"))


def light_of_destination(
    destination: dict[str, Any], dead: int, delivered: datetime | None
) -> tuple[Light, str]:
    """Judge a destination as the API shows it, by its dead deliveries and the last one there."""
    if not destination["enabled"]:
        return "bad" if destination["disabled_reason"] else "none", "off"
    if dead:
        return "bad", "dead"
    if destination["failures"]:
        return "warn", "fails"
    return ("good", "works") if delivered is not None else ("none", "never")
