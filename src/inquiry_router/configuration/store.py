"""The SQL of the configuration.

Every change increments the revision, so that other replicas reload.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, Row, Table, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from inquiry_router.accounts.model import person_key
from inquiry_router.classification.taught import TaughtModel
from inquiry_router.configuration.api_key_store import read_api_keys
from inquiry_router.configuration.documents import DOCUMENTS, PHONE, Documents, read_documents
from inquiry_router.configuration.model import Configuration, Destination, Source
from inquiry_router.configuration.tables import documents, sources, taught_models
from inquiry_router.database.revision import configuration_revision, count_up
from inquiry_router.delivery.tables import deliveries, destinations
from inquiry_router.inquiry.errors import Conflict, NotFound, PreconditionFailed
from inquiry_router.inquiry.model import Event
from inquiry_router.process.settings import WrongSettings
from inquiry_router.text.wrong_values import describe_error

# The document that names the taught model in use. The learning room writes it.
MODEL_IN_USE = "model"
# The most characters of a name in the phone settings.
_MAX_NAME = 80


def load_revision(connection: Connection) -> int:
    """Read the present revision; 0 before the first configuration."""
    return connection.execute(select(configuration_revision.c.revision)).scalar() or 0


def load(connection: Connection) -> Configuration:
    """Read the whole snapshot. Raises `WrongSettings` if this version cannot read a document."""
    stored = _newest(connection)
    in_use, _ = stored.pop(MODEL_IN_USE, ({}, 0))
    return Configuration(
        revision=load_revision(connection),
        documents=_read_documents(stored),
        destinations=tuple(
            _destination(row)
            for row in connection.execute(select(destinations).order_by(destinations.c.id))
        ),
        api_keys=read_api_keys(connection),
        sources=tuple(
            _source(row) for row in connection.execute(select(sources).order_by(sources.c.id))
        ),
        taught=_taught(connection, in_use.get("number")),
    )


def _read_documents(stored: dict[str, tuple[Any, int]]) -> Documents:
    try:
        return read_documents(stored)
    except ValidationError as error:
        problem = error.errors()[0]
        raise WrongSettings(
            f"the stored {error.title} cannot be read by this version: {describe_error(problem)}; "
            "change it with the version that stored it, then upgrade again"
        ) from None


def save_document(
    connection: Connection,
    name: str,
    body: dict[str, Any],
    expected: int,
    actor: str,
    note: str | None,
    now: datetime,
) -> int:
    """Append a version of a document. Returns its number.

    Raises `PreconditionFailed` unless `expected` is the newest version.
    """
    query = select(func.max(documents.c.version)).where(documents.c.name == name)
    newest = connection.execute(query).scalar() or 0
    if newest != expected:
        raise PreconditionFailed(
            f"'{name}' is at version {newest}; your change is based on version {expected}."
        )
    row = {"name": name, "version": newest + 1, "body": body}
    try:
        connection.execute(insert(documents).values(**row, at=now, actor=actor, note=note))
    except IntegrityError:  # another replica was faster
        raise PreconditionFailed() from None
    count_up(connection)
    return newest + 1


def rename_salesperson(
    connection: Connection, before: str, after: str, actor: str, now: datetime
) -> None:
    """Write the new name of one of our people into the phone settings, as a new version."""
    body, version = _newest(connection).get(PHONE.name, ({}, 0))
    people = body.get("salespeople", [])
    renamed = [
        {**one, "name": after[:_MAX_NAME]} if person_key(one["name"]) == person_key(before) else one
        for one in people
    ]
    if renamed != people:
        changed = {**body, "salespeople": renamed}
        note = f"{before} is called {after} now"
        save_document(connection, PHONE.name, changed, version, actor, note, now)


def list_versions(
    connection: Connection, name: str, before: int | None, limit: int
) -> Sequence[Row[Any]]:
    """List versions of a document, newest first; with `before`, only older ones."""
    query = (
        select(documents)
        .where(documents.c.name == name)
        .order_by(documents.c.version.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(documents.c.version < before)
    return connection.execute(query).all()


def add_destination(connection: Connection, destination: Destination) -> None:
    """Add a destination. Raises `Conflict` if the id is taken."""
    values = {
        "id": destination.id,
        "name": destination.name,
        "kind": destination.kind,
        "settings": destination.settings,
        "events": list(destination.events),
        "teams": list(destination.teams),
        "enabled": destination.enabled,
        "created_at": destination.created_at,
        "version": 1,
        "failures": 0,
    }
    if connection.execute(
        select(destinations.c.id).where(destinations.c.id == destination.id)
    ).first():
        raise Conflict(
            f"There is a destination '{destination.id}' already.",
            hint="Change it with PUT, or take another id.",
        )
    connection.execute(insert(destinations).values(values))
    count_up(connection)


def replace_destination(connection: Connection, destination: Destination, expected: int) -> None:
    """Replace a destination and close its breaker.

    Raises `NotFound`, or `PreconditionFailed` unless `expected` is the present version.
    """
    query = (
        update(destinations)
        .where(destinations.c.id == destination.id, destinations.c.version == expected)
        .values(
            name=destination.name,
            settings=destination.settings,
            events=list(destination.events),
            teams=list(destination.teams),
            enabled=destination.enabled,
            disabled_reason=destination.disabled_reason,
            version=expected + 1,
            failures=0,
            open_until=None,
        )
    )
    if connection.execute(query).rowcount == 0:
        _missing_or_changed(connection, destinations, destination.id)
    count_up(connection)


def remove_destination(connection: Connection, destination_id: str, expected: int) -> None:
    """Remove a destination.

    Raises `Conflict` while deliveries to it are pending or dead: they would be lost.
    """
    waiting = connection.execute(
        select(func.count())
        .select_from(deliveries)
        .where(
            deliveries.c.destination_id == destination_id,
            deliveries.c.state.in_(("pending", "dead")),
        )
    ).scalar_one()
    if waiting:
        raise Conflict(
            f"{waiting} deliveries to '{destination_id}' are pending or dead.",
            hint="Retry or discard them first (GET /v1/deliveries lists them), or disable the "
            "destination instead.",
        )
    query = delete(destinations).where(
        destinations.c.id == destination_id, destinations.c.version == expected
    )
    if connection.execute(query).rowcount == 0:
        _missing_or_changed(connection, destinations, destination_id)
    count_up(connection)


def add_source(connection: Connection, source: Source) -> None:
    """Add a source. Raises `Conflict` if the id is taken."""
    if connection.execute(select(sources.c.id).where(sources.c.id == source.id)).first():
        raise Conflict(
            f"There is a source '{source.id}' already.",
            hint="Take another id, or leave it out and one is made.",
        )
    values = {
        **_source_values(source),
        "id": source.id,
        "provider": source.kind,
        "created_at": source.created_at,
    }
    connection.execute(insert(sources).values({**values, "version": 1}))
    count_up(connection)


def replace_source(connection: Connection, source: Source, expected: int) -> None:
    """Replace a source.

    Raises `NotFound`, or `PreconditionFailed` unless `expected` is the present version.
    """
    query = update(sources).where(sources.c.id == source.id, sources.c.version == expected)
    if (
        connection.execute(
            query.values({**_source_values(source), "version": expected + 1})
        ).rowcount
        == 0
    ):
        _missing_or_changed(connection, sources, source.id)
    count_up(connection)


def remove_source(connection: Connection, source_id: str, expected: int) -> None:
    """Remove a source. Its inquiries stay."""
    if (
        connection.execute(
            delete(sources).where(sources.c.id == source_id, sources.c.version == expected)
        ).rowcount
        == 0
    ):
        _missing_or_changed(connection, sources, source_id)
    count_up(connection)


def _newest(connection: Connection) -> dict[str, tuple[Any, int]]:
    """The newest body and version of each stored document, by name."""
    newest = (
        select(documents.c.name, func.max(documents.c.version).label("version"))
        .where(documents.c.name.in_([MODEL_IN_USE, *(kind.name for kind in DOCUMENTS)]))
        .group_by(documents.c.name)
        .subquery()
    )
    same = (documents.c.name == newest.c.name) & (documents.c.version == newest.c.version)
    rows = connection.execute(select(documents).join(newest, same))
    return {row.name: (row.body, row.version) for row in rows}


def _taught(connection: Connection, number: int | None) -> TaughtModel | None:
    if number is None:
        return None
    row = connection.execute(select(taught_models).where(taught_models.c.number == number)).one()
    return TaughtModel(row.number, row.encoder, tuple(row.labels), row.head, row.intents)


def _missing_or_changed(connection: Connection, table: Table, entry_id: str) -> None:
    if connection.execute(select(table.c.id).where(table.c.id == entry_id)).first():
        raise PreconditionFailed()
    raise NotFound(
        f"There is no '{entry_id}' among the {table.name}.",
        hint=f"GET /v1/{table.name} lists them.",
    )


def _source_values(source: Source) -> dict[str, Any]:
    names = ("name", "settings", "token", "secret", "previous_secret", "shadow")
    return {name: getattr(source, name) for name in names}


def _source(row: Row[Any]) -> Source:
    return Source(
        id=row.id,
        name=row.name,
        kind=row.provider,
        settings=row.settings,
        token=row.token,
        shadow=row.shadow,
        version=row.version,
        created_at=row.created_at,
        secret=row.secret,
        previous_secret=row.previous_secret,
    )


def _destination(row: Row[Any]) -> Destination:
    return Destination(
        id=row.id,
        name=row.name,
        kind=row.kind,
        settings=row.settings,
        events=tuple(Event(event) for event in row.events),
        teams=tuple(row.teams),
        enabled=row.enabled,
        version=row.version,
        created_at=row.created_at,
        disabled_reason=row.disabled_reason,
        failures=row.failures,
    )
