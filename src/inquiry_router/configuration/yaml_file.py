"""The configuration file: export, import, dry run, and the first start."""

from collections.abc import Iterator
from datetime import datetime
from importlib import resources
from typing import Any, Final

import yaml
from pydantic import Field, create_model, model_validator
from sqlalchemy import Connection

from inquiry_router.configuration import store
from inquiry_router.configuration.documents import DOCUMENTS, DocumentKind, Documents
from inquiry_router.configuration.model import Configuration, Destination
from inquiry_router.inquiry.model import Event
from inquiry_router.outside.addresses import PUBLIC, Reach
from inquiry_router.providers import PROVIDERS
from inquiry_router.routing.fields import Document, Slug


class DestinationEntry(Document):
    """A destination in the file.

    The export leaves secrets out; the import keeps the stored secret where one is missing.
    """

    id: Slug
    name: str = Field(min_length=1, max_length=200)
    kind: str
    settings: dict[str, Any] = Field(default_factory=dict)
    events: list[Event] = Field(default_factory=list)
    teams: list[Slug] = Field(default_factory=list)
    enabled: bool = True


class ConfigurationFile(Document):
    """The whole file. Its fields for documents come from the registry."""

    destinations: list[DestinationEntry] = Field(default_factory=list)

    @property
    def documents(self) -> Documents:
        """The documents in the file, with the defaults of those that it leaves out."""
        return Documents({kind.name: getattr(self, kind.name) for kind in DOCUMENTS})

    @model_validator(mode="after")
    def _consistent(self) -> "ConfigurationFile":
        problems = self.documents.problems() + [
            f"destination '{entry.id}': there is no kind '{entry.kind}'"
            for entry in self.destinations
            if entry.kind not in PROVIDERS
        ]
        if problems:
            raise ValueError("; ".join(problems))
        return self


def _field(kind: DocumentKind[Any]) -> tuple[Any, Any]:
    return (kind.file_type, ... if kind.default is None else kind.default)


# The overloads of `create_model` cannot express fields whose names are computed.
_FILE: Final[type[ConfigurationFile]] = create_model(  # type: ignore[call-overload]
    "ConfigurationFile",
    __base__=ConfigurationFile,
    **{kind.name: _field(kind) for kind in DOCUMENTS},
)


def read_file(text: str) -> ConfigurationFile:
    """Read a configuration file. Raises `ValueError` with the reason when it is not valid."""
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(f"not readable as YAML: {error}") from None
    return _FILE.model_validate(data)


def default_file() -> ConfigurationFile:
    """The configuration that a new installation starts with."""
    folder = resources.files("inquiry_router.configuration")
    return read_file(folder.joinpath("default.yaml").read_text("utf-8"))


def as_yaml(configuration: Configuration) -> str:
    """The present configuration as a file, without secrets."""
    data = {kind.name: kind.exported(configuration.documents[kind]) for kind in DOCUMENTS}
    data["destinations"] = [_entry(destination) for destination in configuration.destinations]
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=120)


def bootstrap(connection: Connection, now: datetime) -> bool:
    """Give an empty database the default configuration. Returns True if it was empty."""
    if store.load_revision(connection):
        return False
    apply_file(connection, default_file(), None, "start", now)
    return True


def apply_file(
    connection: Connection,
    file: ConfigurationFile,
    present: Configuration | None,
    actor: str,
    now: datetime,
    allowed: Reach = PUBLIC,
) -> None:
    """Write to the database what the file changes. `present` is None for an empty database.

    Destinations that the file does not name stay: deliveries to them may be pending. `allowed` are
    the addresses that destinations may have besides public ones.
    """
    for kind in _changed(present, file):
        body = file.documents[kind].model_dump(mode="json")
        version = present.documents.version(kind) if present else 0
        store.save_document(connection, kind.name, body, version, actor, "import", now)
    known = {one.id: one for one in present.destinations} if present else {}
    for entry in file.destinations:
        before = known.get(entry.id)
        after = _destination(entry, before, now, allowed)
        if before is None:
            store.add_destination(connection, after)
        elif _entry(before) != _entry(after):
            store.replace_destination(connection, after, before.version)


def differences(
    present: Configuration, file: ConfigurationFile, allowed: Reach = PUBLIC
) -> list[str]:
    """A sentence for everything that importing the file would change."""
    changes = []
    for kind in _changed(present, file):
        before, after = present.documents[kind], file.documents[kind]
        version = present.documents.version(kind)
        said = kind.changes and kind.changes(before, after)
        changes += [
            f"{kind.name}: {one}" for one in said or [f"version {version + 1} instead of {version}"]
        ]
    known = {destination.id: destination for destination in present.destinations}
    for entry in file.destinations:
        stored = known.get(entry.id)
        if stored is None:
            changes.append(f"destination '{entry.id}' is new")
        elif _entry(stored) != _entry(_destination(entry, stored, stored.created_at, allowed)):
            changes.append(f"destination '{entry.id}' changes")
    return changes


def _changed(present: Configuration | None, file: ConfigurationFile) -> Iterator[DocumentKind[Any]]:
    """The kinds of the documents to store: for an empty database, those that the file names."""
    for kind in DOCUMENTS:
        if present is None:
            if kind.name in file.model_fields_set:
                yield kind
        elif present.documents[kind] != file.documents[kind]:
            yield kind


def _destination(
    entry: DestinationEntry, before: Destination | None, now: datetime, reach: Reach
) -> Destination:
    provider = PROVIDERS[entry.kind]
    stored = before.settings if before else {}
    secrets = {
        name: value
        for name, value in stored.items()
        if name in provider.settings_model.secret_names()
    }
    settings = provider.settings_model.model_validate(
        {**secrets, **entry.settings}, context={"reach": reach}
    )
    return Destination(
        id=entry.id,
        name=entry.name,
        kind=entry.kind,
        settings=settings.stored(),
        events=tuple(entry.events),
        teams=tuple(entry.teams),
        enabled=entry.enabled,
        version=before.version if before else 1,
        created_at=before.created_at if before else now,
    )


def _entry(destination: Destination) -> dict[str, Any]:
    secret = PROVIDERS[destination.kind].settings_model.secret_names()
    return {
        "id": destination.id,
        "name": destination.name,
        "kind": destination.kind,
        "settings": {
            name: value for name, value in destination.settings.items() if name not in secret
        },
        "events": [str(event) for event in destination.events],
        "teams": list(destination.teams),
        "enabled": destination.enabled,
    }
