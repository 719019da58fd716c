"""Sources as the API shows them: their settings, and how they stand."""

import contextlib
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from fastapi import Request

from inquiry_router.api.web.routing import house
from inquiry_router.configuration.model import Source
from inquiry_router.inquiry.errors import Unavailable
from inquiry_router.inquiry.rendering import format_time
from inquiry_router.process.clock import utc_now
from inquiry_router.providers.imap import find_warning
from inquiry_router.sources import mailbox_store, traffic_store
from inquiry_router.sources import store as event_store
from inquiry_router.sources.kinds import SOURCES
from inquiry_router.sources.mailbox_store import MailboxState
from inquiry_router.sources.traffic_store import SourceTraffic

MASK: Final = "**********"


@dataclass(frozen=True, slots=True)
class SourceStates:
    """The state of all sources: their thin events, mailboxes and traffic."""

    counts: dict[str, dict[str, int]]
    mailboxes: dict[str, MailboxState]
    traffic: dict[str, SourceTraffic]

    def show(self, source: Source) -> dict[str, Any]:
        """Show one of them."""
        return show_source(
            source,
            self.counts.get(source.id, {}),
            self.mailboxes.get(source.id),
            self.traffic.get(source.id),
        )


async def read_states(request: Request) -> SourceStates:
    """Read the state of all sources, with the traffic of a moment ago."""
    rooms = house(request)
    with contextlib.suppress(Unavailable):  # reading goes on while nothing can be written
        await rooms.traffic.flush()
    counts = await rooms.database.scan(event_store.count_events)
    boxes = await rooms.database.read(mailbox_store.list_states)
    return SourceStates(counts, boxes, await rooms.database.read(traffic_store.read_traffic))


def show_source(
    source: Source,
    counts: dict[str, int],
    mailbox: MailboxState | None = None,
    traffic: SourceTraffic | None = None,
) -> dict[str, Any]:
    """Show a source with its state; secrets are masked."""
    hidden = (
        SOURCES[source.kind].settings_model.secret_names()
        if source.kind in SOURCES
        else frozenset(source.settings)
    )
    return {
        "id": source.id,
        "name": source.name,
        "kind": source.kind,
        "provider": source.kind,
        "settings": {
            name: MASK if name in hidden else value for name, value in source.settings.items()
        },
        "signed": source.secret is not None,
        "rotating": source.previous_secret is not None,
        "shadow": source.shadow,
        "waiting": counts.get("pending", 0),
        "dead": counts.get("dead", 0),
        "traffic": _shown_traffic(traffic or SourceTraffic()),
        "mailbox": _shown_mailbox(source, mailbox or MailboxState()),
        "version": source.version,
        "created_at": format_time(source.created_at),
    }


def _shown_traffic(traffic: SourceTraffic) -> dict[str, Any]:
    return {
        name: format_time(value) if isinstance(value, datetime) else value
        for name, value in asdict(traffic).items()
    }


def _shown_mailbox(source: Source, state: MailboxState) -> dict[str, Any] | None:
    if source.kind != "imap":
        return None
    return {
        "read_at": format_time(state.read_at) if state.read_at else None,
        "taken": state.taken,
        "problem": state.problem,
        "warning": find_warning(source.settings.get("credentials_end"), utc_now().date()),
    }
