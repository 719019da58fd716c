"""The interface of copying a database to a file and back."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class CopiedDatabase:
    """The content of a copy."""

    schema: str
    inquiries: int


class DatabaseCopy(Protocol):
    """Copies a database to a file and back."""

    kind: str

    def save(self, target: Path) -> CopiedDatabase:
        """Copy the database to a new file. Raises `WrongSettings` with the cure."""

    def load(self, copy: Path, now: datetime, *, replace: bool) -> str | None:
        """Put a copy in place; return where the present database was put, if there was one.

        Raises `WrongSettings` if there is one and `replace` is false, or a process uses it.
        """
