"""The SQL of learning: corrections as lessons, and versions of the taught model."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from inquiry_router.configuration.store import MODEL_IN_USE, save_document
from inquiry_router.configuration.tables import documents, taught_models
from inquiry_router.corrections.tables import corrections
from inquiry_router.inquiries.rows import WHOLE, read_draft
from inquiry_router.inquiries.tables import inquiries
from inquiry_router.inquiry.errors import Conflict, NotFound
from inquiry_router.learning.lessons import Lesson
from inquiry_router.learning.tables import lesson_vectors
from inquiry_router.matters.nothing_new import says_nothing

MAX_LESSONS = 20_000


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the taught model. `figures` were measured before and after."""

    number: int
    at: datetime
    actor: str
    why: str
    state: str
    objections: tuple[str, ...]
    lessons: int
    encoder: str
    labels: tuple[str, ...]
    head: bytes
    figures: dict[str, Any]
    intents: bytes | None = None


def read_lessons(connection: Connection) -> list[Lesson]:
    """Read the newest correction of each inquiry, newest first.

    Their categories may no longer exist. An opening that says nothing teaches nothing, whatever
    the inquiry turned out to be about.
    """
    newest = select(func.max(corrections.c.id)).group_by(corrections.c.inquiry_id)
    query = (
        WHOLE.add_columns(corrections.c.category.label("taught"))
        .join(corrections, corrections.c.inquiry_id == inquiries.c.id)
        .where(corrections.c.id.in_(newest))
        .order_by(corrections.c.id.desc())
        .limit(MAX_LESSONS)
    )
    taught = [(row.id, read_draft(row), row.taught) for row in connection.execute(query)]
    return [Lesson(*one) for one in taught if not says_nothing(one[1])]


def read_vectors(connection: Connection, encoder: str) -> dict[str, tuple[bytes, bytes]]:
    """Read vectors and n-gram scores by inquiry, as computed by this encoder and its n-grams."""
    query = select(lesson_vectors).where(lesson_vectors.c.encoder == encoder)
    return {row.inquiry_id: (row.vector, row.offsets) for row in connection.execute(query)}


def save_vectors(
    connection: Connection, encoder: str, read: dict[str, tuple[bytes, bytes]]
) -> None:
    """Store the results of an encoder, and delete those of older ones."""
    connection.execute(delete(lesson_vectors).where(lesson_vectors.c.encoder != encoder))
    for inquiry_id, (vector, offsets) in read.items():
        connection.execute(delete(lesson_vectors).where(lesson_vectors.c.inquiry_id == inquiry_id))
        values = {
            "inquiry_id": inquiry_id,
            "encoder": encoder,
            "vector": vector,
            "offsets": offsets,
        }
        connection.execute(insert(lesson_vectors).values(values))


def count_corrected_since(connection: Connection, moment: datetime | None) -> int:
    """Count the inquiries that people corrected after this moment, or ever."""
    query = select(func.count(corrections.c.inquiry_id.distinct()))
    if moment is not None:
        query = query.where(corrections.c.at > moment)
    return int(connection.execute(query).scalar_one())


def last_learnt_at(connection: Connection) -> datetime | None:
    """Return the moment of the last attempt to learn from corrections."""
    query = (
        select(taught_models.c.at)
        .where(taught_models.c.lessons > 0)
        .order_by(taught_models.c.number.desc())
        .limit(1)
    )
    return connection.execute(query).scalar()


def add_version(
    connection: Connection,
    *,
    at: datetime,
    actor: str,
    why: str,
    objections: Sequence[str],
    lessons: int,
    encoder: str,
    labels: Sequence[str],
    head: bytes,
    figures: dict[str, Any],
    intents: bytes | None,
) -> Version:
    """Store a version, and activate it unless there are objections.

    Raises `Conflict` when another process has learnt meanwhile.
    """
    number = (connection.execute(select(func.max(taught_models.c.number))).scalar() or 0) + 1
    added = insert(taught_models).values(
        number=number,
        at=at,
        actor=actor,
        why=why,
        state="refused" if objections else "proposed",
        objections=list(objections),
        lessons=lessons,
        encoder=encoder,
        labels=list(labels),
        head=head,
        figures=figures,
        intents=intents,
    )
    try:
        connection.execute(added)
    except IntegrityError:
        raise Conflict(
            "Another process has just taught the classifier.", hint="Look at GET /v1/models."
        ) from None
    if not objections:
        activate(connection, number, actor, why, at)
    return find_version(connection, number)


def activate(connection: Connection, number: int, actor: str, why: str, now: datetime) -> None:
    """Activate a version; 0 is the shipped model. Raises `NotFound`."""
    if number:
        find_version(connection, number)
    connection.execute(
        update(taught_models).where(taught_models.c.state == "active").values(state="retired")
    )
    connection.execute(
        update(taught_models).where(taught_models.c.number == number).values(state="active")
    )
    newest = (
        connection.execute(
            select(func.max(documents.c.version)).where(documents.c.name == MODEL_IN_USE)
        ).scalar()
        or 0
    )
    save_document(connection, MODEL_IN_USE, {"number": number or None}, newest, actor, why, now)


def find_version(connection: Connection, number: int) -> Version:
    """Find a version. Raises `NotFound`."""
    row = connection.execute(select(taught_models).where(taught_models.c.number == number)).first()
    if row is None:
        raise NotFound(
            f"There is no taught model {number}.",
            hint="GET /v1/models lists them; 0 is the shipped one.",
        )
    return _version(row)


def list_versions(connection: Connection, limit: int) -> list[Version]:
    """List versions, newest first."""
    return [
        _version(row)
        for row in connection.execute(
            select(taught_models).order_by(taught_models.c.number.desc()).limit(limit)
        )
    ]


def _version(row: Row[Any]) -> Version:
    return Version(
        row.number,
        row.at,
        row.actor,
        row.why,
        row.state,
        tuple(row.objections),
        row.lessons,
        row.encoder,
        tuple(row.labels),
        row.head,
        row.figures,
        row.intents,
    )
