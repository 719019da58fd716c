"""A table in the map of all data."""

from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import ColumnElement, Select, Table, or_, select

from inquiry_router.delivery import tables as delivery
from inquiry_router.inquiries import tables as inquiries
from inquiry_router.telling import tables as telling

# The columns by which a row hangs on an inquiry: its id, or that of a row of it.
Hanging = Literal["id", "inquiry_id", "other_id", "message_id", "delivery_id", "notice_id"]
# Where others mention the person: asterisks, or the row goes, or people look at it.
Mention = Literal["mask", "delete", "leave"]
Whose = Literal["customers", "staff", "nobody"]
_PARENTS: Final = {
    "message_id": inquiries.messages,
    "delivery_id": delivery.deliveries,
    "notice_id": telling.notices,
}


def words(names: str) -> tuple[str, ...]:
    """Return the names of columns that are written with spaces between them."""
    return tuple(names.split())


@dataclass(frozen=True)
class MappedTable:
    """A table: its purpose, the columns that can hold personal data, and the others."""

    table: Table
    holds: str
    whose: Whose
    kept: str
    personal: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    hangs_on: tuple[Hanging, ...] = ()
    mention: Mention = "leave"
    # The rows that are searched for mentions; all by default.
    searched: ColumnElement[bool] | None = None

    def rows_of(self, inquiry_ids: Select[tuple[str]] | list[str]) -> ColumnElement[bool]:
        """Return the condition for the rows that hang on these inquiries."""
        return or_(*(self._hangs(column, inquiry_ids) for column in self.hangs_on))

    def _hangs(
        self, column: Hanging, inquiry_ids: Select[tuple[str]] | list[str]
    ) -> ColumnElement[bool]:
        by = self.table.c[column]
        parent = _PARENTS.get(column)
        if parent is None:
            return by.in_(inquiry_ids)
        return by.in_(select(parent.c.id).where(parent.c.inquiry_id.in_(inquiry_ids)))
