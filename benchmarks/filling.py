"""Many inquiries in a database, written as its driver writes fastest, without the service.

Each person wrote about several matters, evenly over two years, the newest of them today. All that
joining reads is there: inquiries, messages, signs, and decisions of the open ones.
"""

import asyncio
import contextlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import asyncpg

from benchmarks import bodies
from benchmarks.launch import CLASSIFICATION
from benchmarks.servers import Store
from inquiry_router.inquiry.model import Decision, Priority, Status
from inquiry_router.inquiry.rendering import classification_json, decision_json
from inquiry_router.process.clock import utc_now

SWITCHBOARD: Final = "+48220000099"
OF_SWITCHBOARD: Final = 2_000
SHARED_ORDER: Final = "4500777001"
OF_SHARED_ORDER: Final = 500
_YEARS: Final = timedelta(days=730)
_OPEN: Final = timedelta(days=14)
# Nothing older is joined by what people write.
_DECIDED: Final = timedelta(days=75)
_TEXTS: Final = (
    "Kolektor na dachu jest zimny, chociaż od rana świeci słońce. Co mamy sprawdzić?",
    "W dostawie z piątku zabrakło dwóch zaworów i jednej rolki taśmy. Kiedy je dostaniemy?",
    "Proszę o duplikat faktury, bo oryginał zaginął w księgowości i nie możemy jej rozliczyć.",
    "Sterownik pokazuje błąd E7 i wyłącza cały układ co kilka godzin, zwykle w nocy.",
    "Chcielibyśmy umówić przegląd kotłowni przed sezonem, najlepiej w drugiej połowie miesiąca.",
    "Wentylator hałasuje tak, że sąsiedzi dzwonią na policję. Prosimy o przyjazd montera.",
)

Row = tuple[Any, ...]
_INQUIRY: Final = (
    *("id", "reference", "status", "channel", "language"),
    *("contact_name", "contact_email", "contact_phone", "contact_company"),
    *("received_at", "created_at", "asked_at", "due_at", "resolved_at"),
    *("category", "confidence", "team", "priority", "unsure", "search"),
)
_MESSAGE: Final = (
    *("id", "inquiry_id", "received_at", "created_at", "channel", "subject", "text", "language"),
    *("author", "category", "confidence"),
)
_TIMELINE: Final = ("inquiry_id", "id", "at", "kind", "actor", "details")
# Of each inquiry one word that one in so many has: few words are frequent.
WORDS: Final = (11, 101, 1_009, 10_007, 50_021, 200_003)
_SIGN: Final = ("sign", "message_id")


@dataclass(frozen=True, slots=True)
class Many:
    """So many inquiries of these people, received until now."""

    inquiries: int
    people: list[dict[str, str]]
    now: datetime

    def rows(self) -> Iterator[tuple[str, tuple[str, ...], Iterable[Row]]]:
        """The rows of each table, with the names of its columns."""
        numbers = range(self.inquiries)
        yield "inquiries", _INQUIRY, map(self._inquiry, numbers)
        yield "messages", _MESSAGE, map(self._message, numbers)
        decided = (n for n in numbers if self.now - self._received_at(n) < _DECIDED)
        yield "timeline", _TIMELINE, map(self._decision, decided)
        # In their order, so that both databases mostly append.
        for signs_of in (self._of_people, self._of_inquiries):
            yield "signs", _SIGN, signs_of()

    def _received_at(self, number: int) -> datetime:
        return self.now - _YEARS * ((self.inquiries - number) / self.inquiries)

    def _contact(self, number: int) -> dict[str, str]:
        said = self.people[number % len(self.people)]
        if number % max(1, self.inquiries // OF_SWITCHBOARD) == 0:
            return {**said, "phone": SWITCHBOARD}
        return said

    def _inquiry(self, number: int) -> Row:
        moment, contact = self._received_at(number), self._contact(number)
        is_open = self.now - moment < _OPEN
        return (
            *(id_of(number), f"{number:09d}"),
            *(Status.ROUTED.value if is_open else Status.RESOLVED.value, "email", "pl"),
            *(contact["name"], contact["email"], contact["phone"], contact["company"]),
            *(moment, moment, moment, moment + timedelta(hours=8)),
            None if is_open else moment + timedelta(days=2),
            *("defect", 0.94, "customer_service", "normal", False),
            _TEXTS[number % len(_TEXTS)].lower(),
        )

    def _message(self, number: int) -> Row:
        moment, said = self._received_at(number), _TEXTS[number % len(_TEXTS)]
        contact = json.dumps(self._contact(number), ensure_ascii=False)
        return (
            *(id_of(number), id_of(number), moment, moment, "email"),
            *(f"Zamówienie {_order(number)}", said, "pl", contact, "defect", 0.94),
        )

    def _decision(self, number: int) -> Row:
        moment = self._received_at(number)
        return (id_of(number), id_of(number), moment, "routed", "bench", _DETAILS)

    def _of_people(self) -> Iterator[Row]:
        for kind, value in _KINDS.items():
            written = [(value(contact), place) for place, contact in enumerate(self.people)]
            for _, person in sorted(written):
                for number in range(person, self.inquiries, len(self.people)):
                    yield f"{kind}:{value(self._contact(number))}", id_of(number)

    def _of_inquiries(self) -> Iterator[Row]:
        shared = max(1, self.inquiries // OF_SHARED_ORDER)
        for number in range(self.inquiries):
            order = SHARED_ORDER if number % shared == 1 else _order(number)
            yield f"number:{order}", id_of(number)
        for number in range(self.inquiries):
            yield f"ticket:desk:{number}", id_of(number)
        for share in WORDS:
            for rest in range(share):
                for number in range(rest, self.inquiries, share):
                    yield f"word:{share}-{rest}", id_of(number)


def words_of(number: int) -> tuple[str, ...]:
    """The signs of an inquiry's rare words."""
    return tuple(f"word:{share}-{number % share}" for share in WORDS)


def fill(store: Store, inquiries: int, people: int) -> None:
    """Write that many inquiries of that many people."""
    contacts = [bodies.contact(number) for number in range(people)]
    rows = Many(inquiries, contacts, utc_now()).rows()
    if store.kind == "SQLite":
        _fill_sqlite(store.url.removeprefix("sqlite:///"), rows)
    else:
        asyncio.run(_fill_postgres(store.url, rows))


def id_of(number: int) -> str:
    """The id of the inquiry with this number; ids are in the order of numbers."""
    return f"01940000-{number >> 16:04x}-7{number >> 4 & 0xFFF:03x}-8000-{number:012x}"


def _fill_sqlite(path: str, rows: Iterable[tuple[str, tuple[str, ...], Iterable[Row]]]) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA cache_size=-500000")
        for table, columns, values in rows:
            places = ", ".join("?" * len(columns))
            statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"
            with connection:
                connection.executemany(statement, map(_without_zone, values))
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _without_zone(row: Row) -> Row:
    return tuple(
        value.isoformat(" ", "microseconds")[:26] if isinstance(value, datetime) else value
        for value in row
    )


async def _fill_postgres(
    url: str, rows: Iterable[tuple[str, tuple[str, ...], Iterable[Row]]]
) -> None:
    connection = await asyncpg.connect(url)
    try:
        with contextlib.suppress(asyncpg.InsufficientPrivilegeError):  # foreign keys take half
            await connection.execute("SET session_replication_role = replica")
        for table, columns, values in rows:
            await connection.copy_records_to_table(table, records=values, columns=columns)
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()


def _order(number: int) -> str:
    return f"45{number:08d}"


_KINDS: Final[dict[str, Callable[[dict[str, str]], str]]] = {
    "company": lambda contact: contact["company"].lower(),
    "domain": lambda contact: contact["email"].rpartition("@")[2],
    "email": lambda contact: contact["email"],
    "name": lambda contact: contact["name"].split()[-1].lower(),
    "phone": lambda contact: contact["phone"],
}
_DETAILS: Final = json.dumps(
    {
        "classification": classification_json(CLASSIFICATION),
        "decision": decision_json(
            Decision("customer_service", Priority.NORMAL, "service", 1, ("it is a defect",))
        ),
        "acknowledgement": None,
        "entities": [],
    }
)
