"""The configuration file: its parts, reading and writing it, and the one of the first start."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, Final

import yaml
from pydantic import Field, ValidationError, create_model
from sqlalchemy import Connection

from inquiry_router.configuration import store
from inquiry_router.configuration.documents import DOCUMENTS, DocumentKind, Documents
from inquiry_router.configuration.entries import (
    FileDestination,
    FileSource,
    export_destination,
    export_source,
    read_destination,
)
from inquiry_router.configuration.model import Configuration
from inquiry_router.configuration.placeholders import GivenSecrets
from inquiry_router.outside.addresses import PUBLIC
from inquiry_router.routing.fields import Document
from inquiry_router.text.wrong_values import describe_error
from inquiry_router.text.yaml_reading import load_shipped_yaml, load_yaml


class ConfigurationFile(Document):
    """The whole file. Its fields for documents come from the registry.

    A part that the file leaves out stays as it is.
    """

    sources: list[FileSource] = Field(default_factory=list)
    destinations: list[FileDestination] = Field(default_factory=list)

    def documents_over(self, present: Documents) -> Documents:
        """The documents in the file, and the present ones of those that it leaves out."""
        for kind in self.document_kinds:
            present = present.replaced(kind, getattr(self, kind.name))
        return present

    @property
    def document_kinds(self) -> list[DocumentKind[Any]]:
        """The kinds of the documents that the file has."""
        return [kind for kind in DOCUMENTS if getattr(self, kind.name) is not None]

    @property
    def documents(self) -> Documents:
        """The documents in the file, with the defaults of those that it leaves out."""
        return self.documents_over(
            Documents({kind.name: kind.default for kind in DOCUMENTS if kind.default is not None})
        )


# The overloads of `create_model` cannot express fields whose names are computed.
FILE_MODEL: Final[type[ConfigurationFile]] = create_model(  # type: ignore[call-overload]
    "ConfigurationFile",
    __base__=ConfigurationFile,
    **{kind.name: (kind.file_type | None, None) for kind in DOCUMENTS},
)


def read_file(text: str) -> ConfigurationFile:
    """Read a configuration file. Raises `ValueError` with a sentence for each mistake."""
    try:
        data = load_yaml(text)
    except yaml.YAMLError as error:
        raise ValueError(f"not readable as YAML: {error}") from None
    if not isinstance(data, Mapping):
        raise ValueError("it has no parts such as 'teams:' and 'policy:'")
    try:
        return FILE_MODEL.model_validate(data)
    except ValidationError as error:
        raise ValueError("\n".join(map(_sentence, error.errors()))) from None


@cache
def default_file() -> ConfigurationFile:
    """The configuration that a new installation starts with."""
    data = load_shipped_yaml("inquiry_router.configuration", "default.yaml")
    return FILE_MODEL.model_validate(data)


def as_data(configuration: Configuration) -> dict[str, Any]:
    """The configuration as plain data for the file, with the names of its secrets."""
    return {
        **{kind.name: kind.exported(configuration.documents[kind]) for kind in DOCUMENTS},
        "sources": [export_source(source) for source in configuration.sources],
        "destinations": [export_destination(one) for one in configuration.destinations],
    }


def as_yaml(configuration: Configuration) -> str:
    """The configuration as a file."""
    return write_yaml(as_data(configuration))


def write_yaml(data: Mapping[str, Any]) -> str:
    """Plain data as people read it."""
    text: str = yaml.safe_dump(dict(data), allow_unicode=True, sort_keys=False, width=120)
    return text


def bootstrap(connection: Connection, now: datetime) -> bool:
    """Give an empty database the default configuration. Returns True if it was empty."""
    if store.load_revision(connection):
        return False
    file = default_file()
    for kind in file.document_kinds:
        body = getattr(file, kind.name).model_dump(mode="json")
        store.save_document(connection, kind.name, body, 0, "start", "import", now)
    for entry in file.destinations:
        made = read_destination(entry, None, GivenSecrets({}), PUBLIC, now)
        store.add_destination(connection, made)
    return True


def _sentence(problem: Any) -> str:
    place = ".".join(str(name) for name in problem["loc"])
    message = describe_error(problem)
    return f"{place}: {message}" if place else message
