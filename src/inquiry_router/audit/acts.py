"""The act under way: who does what to which object."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from inquiry_router.audit.model import AuditEntry, write


@dataclass
class ActUnderWay:
    """An act, from the request to its end.

    `names` are the ids in the address, by the name of the parameter. `changes_settings` is true if
    it may change the configuration, which is then compared too.
    """

    at: datetime
    actor: str
    operation: str
    address: str
    request_id: str
    names: Mapping[str, str] = field(default_factory=dict)
    changes_settings: bool = False
    # The configuration before the act, and its revision.
    settings: tuple[int, dict[str, Any]] | None = None
    # True once an entry is committed.
    is_recorded: bool = False

    def entry(self, named: str, changes: Mapping[str, Any]) -> AuditEntry:
        """Return the entry for changes of a named object."""
        return AuditEntry(
            self.at,
            self.actor[:128],
            self.operation[:64],
            named[:160],
            self.address[:64],
            self.request_id[:64],
            write(changes),
        )


_under_way: ContextVar[ActUnderWay | None] = ContextVar("act_under_way", default=None)


def present_act() -> ActUnderWay | None:
    """Return the act that the present task carries out, if it is one."""
    return _under_way.get()


@contextmanager
def doing(act: ActUnderWay) -> Iterator[ActUnderWay]:
    """Carry out an act: writes to the database inside are recorded as its."""
    token = _under_way.set(act)
    try:
        yield act
    finally:
        _under_way.reset(token)
