"""The plan of an import, with everything that it refuses and changes, and the import itself."""

import secrets
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection

from inquiry_router.configuration import store
from inquiry_router.configuration.destination_names import (
    channel_kinds,
    find_left_names,
    find_new_unknown_names,
)
from inquiry_router.configuration.documents import DOCUMENTS, TELLING, DocumentKind, Documents
from inquiry_router.configuration.entries import (
    DESTINATIONS,
    SOURCES_SECTION,
    FileDestination,
    FileSource,
    Unusable,
    read_destination,
    read_source,
)
from inquiry_router.configuration.model import Configuration, Destination, Source
from inquiry_router.configuration.placeholders import GivenSecrets
from inquiry_router.configuration.source_kinds import SOURCES
from inquiry_router.configuration.yaml_file import ConfigurationFile
from inquiry_router.outside.addresses import Reach
from inquiry_router.providers import PROVIDERS
from inquiry_router.telling.names import find_unknown_receivers

Entry = TypeVar("Entry", FileDestination, FileSource)
Kept = TypeVar("Kept", Destination, Source)


@dataclass(frozen=True)
class ImportPlan:
    """An import of a file into `before`. With problems nothing may be imported.

    `after` is the configuration that it leads to. `new_secrets` are the names of the secrets that
    change, `new_tokens` the sources that get another address.
    """

    before: Configuration
    after: Configuration
    problems: tuple[str, ...]
    new_secrets: tuple[str, ...] = ()
    new_tokens: tuple[str, ...] = ()

    @property
    def changes_anything(self) -> bool:
        """True if the import would change something."""
        return self.before != self.after


def plan_import(
    present: Configuration,
    file: ConfigurationFile,
    values: Mapping[str, str],
    reach: Reach,
    now: datetime,
    members: Collection[str],
) -> ImportPlan:
    """Find everything that an import of the file would refuse, and what it would change.

    `values` are secrets by the names that the file has in their place. Sources and destinations
    that the file does not name stay: tickets and deliveries of them may be under way. `members` are
    the ids of our people, whom the settings of telling may name.
    """
    given = GivenSecrets(values)
    problems: list[str] = []
    documents = file.documents_over(present.documents)
    problems += _document_problems(present.documents, documents, file.document_kinds)
    sources = _read_all(
        SOURCES_SECTION,
        file.sources,
        present.sources,
        lambda entry, before: read_source(
            entry, before, given, reach, now, secrets.token_urlsafe(32)
        ),
        problems,
    )
    destinations = _read_all(
        DESTINATIONS,
        file.destinations,
        present.destinations,
        lambda entry, before: read_destination(entry, before, given, reach, now),
        problems,
    )
    after = replace(present, documents=documents, sources=sources, destinations=destinations)
    problems += _name_problems(present, after, file) + given.problems()
    if TELLING in file.document_kinds:
        named = find_unknown_receivers(after.telling, channel_kinds(after), members)
        problems += [f"{TELLING.name}.{one}" for one in named]
    return ImportPlan(
        present,
        after,
        tuple(dict.fromkeys(problems)),
        new_secrets=tuple(_changed_secrets(present, after)),
        new_tokens=tuple(_changed_tokens(present, after)),
    )


def apply_plan(connection: Connection, plan: ImportPlan, actor: str, now: datetime) -> None:
    """Store what the plan changes.

    Raises `PreconditionFailed` if somebody has changed the same meanwhile.
    """
    before, after = plan.before, plan.after
    for kind in changed_kinds(before.documents, after.documents):
        body = after.documents[kind].model_dump(mode="json")
        version = before.documents.version(kind)
        store.save_document(connection, kind.name, body, version, actor, "import", now)
    for old, new in changed_sources(plan):
        if old is None:
            store.add_source(connection, new)
        else:
            store.replace_source(connection, new, old.version)
    known = {one.id: one for one in before.destinations}
    for destination in after.destinations:
        if destination.id not in known:
            store.add_destination(connection, destination)
        elif destination != known[destination.id]:
            store.replace_destination(connection, destination, destination.version)


def changed_kinds(before: Documents, after: Documents) -> list[DocumentKind[Any]]:
    """The kinds of the documents that differ."""
    return [kind for kind in DOCUMENTS if before[kind] != after[kind]]


def changed_sources(plan: ImportPlan) -> list[tuple[Source | None, Source]]:
    """The sources that the plan adds or changes, each with the stored one."""
    known = {one.id: one for one in plan.before.sources}
    pairs = [(known.get(one.id), one) for one in plan.after.sources]
    return [(old, new) for old, new in pairs if old != new]


def _document_problems(
    before: Documents, after: Documents, kinds: Iterable[DocumentKind[Any]]
) -> list[str]:
    """The contradictions of the documents, without old ones of parts that the file leaves out."""
    old = set(before.problems())
    given = {kind.name for kind in kinds}
    return [one for one in after.problems() if one not in old or one.partition(":")[0] in given]


def _read_all(
    section: str,
    entries: list[Entry],
    stored: tuple[Kept, ...],
    read: Callable[[Entry, Kept | None], Kept],
    problems: list[str],
) -> tuple[Kept, ...]:
    """Read the entries of a section over the stored ones, by id; add what is wrong to problems."""
    after = {one.id: one for one in stored}
    counted = Counter(entry.id for entry in entries)
    problems += [
        f"{section}.{name}: the file has this id {number} times"
        for name, number in counted.items()
        if number > 1
    ]
    for entry in entries:
        try:
            made = read(entry, after.get(entry.id))
        except Unusable as error:
            problems += error.problems
        else:
            after[entry.id] = made
    return tuple(after[name] for name in sorted(after))


def _name_problems(
    before: Configuration, after: Configuration, file: ConfigurationFile
) -> list[str]:
    """Teams and sources that destinations name and nobody has."""
    # Sources that cannot be read are reported themselves.
    sources = after.source_ids | {entry.id for entry in file.sources}
    known = {one.id: one for one in before.destinations}
    named = {entry.id for entry in file.destinations}
    problems = [
        f"{DESTINATIONS}.{one.id}.{problem}"
        for one in after.destinations
        if one.id in named
        for problem in find_new_unknown_names(known.get(one.id), one, after.teams, sources)
    ]
    left = [one for one in after.destinations if one.id not in named]
    return problems + find_left_names(left, before.teams, after.teams, sources)


def secrets_of(configuration: Configuration) -> dict[str, str]:
    """The values of all secrets, by the names that the file has in their place."""
    found = {}
    for source in configuration.sources:
        place = f"{SOURCES_SECTION}.{source.id}"
        found[f"{place}.token"] = source.token
        if source.secret is not None:
            found[f"{place}.secret"] = source.secret
        names = SOURCES[source.kind].settings_model.secret_names() & source.settings.keys()
        found |= {f"{place}.settings.{name}": source.settings[name] for name in sorted(names)}
    for one in configuration.destinations:
        names = PROVIDERS[one.kind].settings_model.secret_names() & one.settings.keys()
        found |= {
            f"{DESTINATIONS}.{one.id}.settings.{name}": one.settings[name] for name in sorted(names)
        }
    return found


def _changed_secrets(before: Configuration, after: Configuration) -> list[str]:
    old = secrets_of(before)
    return [
        name
        for name, value in secrets_of(after).items()
        if not name.endswith(".token") and old.get(name, value) != value
    ]


def _changed_tokens(before: Configuration, after: Configuration) -> list[str]:
    known = {one.id: one.token for one in before.sources}
    return [one.id for one in after.sources if known.get(one.id) != one.token]
