"""The last known configuration as a file, for phone lines at a start without the database.

It holds the secrets that phone platforms sign with, so only the service's own user may read it.
"""

import contextlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import structlog
from pydantic import TypeAdapter
from pydantic_core import to_json

from inquiry_router.access.actor import ANY_SOURCE
from inquiry_router.access.roles import roles_of_old_scopes
from inquiry_router.configuration.api_keys import ApiKey
from inquiry_router.configuration.documents import DOCUMENTS, read_documents
from inquiry_router.configuration.model import Configuration, Source
from inquiry_router.process.secret_box import OPEN_BOX, SecretBox
from inquiry_router.process.settings import WrongSettings

log = structlog.get_logger()

# Writing takes milliseconds.
LEFT_AFTER_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class _Access:
    """The callers of the API that the file knows, beside the documents."""

    api_keys: dict[str, ApiKey]
    sources: tuple[Source, ...]


_ACCESS: Final = TypeAdapter(_Access)


class LastKnown:
    """The file. Any number of processes may share it: all of them write the same."""

    def __init__(self, path: Path, kinds: frozenset[str], box: SecretBox = OPEN_BOX) -> None:
        """`kinds` are those of the sources to keep."""
        self._path = path
        self._box = box
        self._kinds = kinds
        self._written = b""

    def keep(self, configuration: Configuration) -> None:
        """Write the file if its content has changed. Logs an error if it cannot be written."""
        content = to_json(
            {
                **{kind.name: configuration.documents[kind] for kind in DOCUMENTS},
                "api_keys": configuration.api_keys,
                "sources": [one for one in configuration.sources if one.kind in self._kinds],
            }
        )
        if content == self._written:
            return
        unfinished = self._path.with_suffix(f".{os.getpid()}")
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write_to_disk(unfinished, self._box.lock(content.decode()).encode())
            _remove_leftovers(self._path, unfinished)
            unfinished.replace(self._path)
            self._written = content
        except OSError as error:
            log.error("configuration.not_kept", error=type(error).__name__)
            with contextlib.suppress(OSError):
                unfinished.unlink(missing_ok=True)

    def recall(self) -> Configuration | None:
        """Read the file: a configuration without destinations, or None if there is no valid one."""
        try:
            content = self._box.unlock(self._path.read_text("utf-8"))
            kept = _with_present_names(json.loads(content))
            access = _ACCESS.validate_python(kept)
            stored = {kind.name: (kept[kind.name], 0) for kind in DOCUMENTS if kind.name in kept}
            documents = read_documents(stored)
        except (OSError, ValueError, WrongSettings):
            return None
        return Configuration(
            revision=0,
            documents=documents,
            destinations=(),
            api_keys=access.api_keys,
            sources=access.sources,
        )


def _remove_leftovers(path: Path, mine: Path) -> None:
    """Remove what killed processes had begun to write long ago: it holds secrets, too."""
    before = mine.stat().st_mtime - LEFT_AFTER_S
    for left in path.parent.glob(f"{path.name}.*"):
        if left.suffix[1:].isdigit() and left.stat().st_mtime < before:
            left.unlink(missing_ok=True)


def _write_to_disk(path: Path, content: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _with_present_names(kept: Any) -> dict[str, Any]:
    """The content of the file with today's words for those of version 0.1.

    A source has a `kind` instead of a `provider`, a key has roles instead of scopes, and the
    customers of salespeople are accounts.

    Raises `ValueError` if the file holds something else.
    """
    if not isinstance(kept, dict):
        raise ValueError("not a configuration")
    phone = kept.get("phone")
    for salesperson in phone.get("salespeople", ()) if isinstance(phone, dict) else ():
        if isinstance(salesperson, dict):
            salesperson.pop("customers", None)
    sources = kept.get("sources")
    for source in sources if isinstance(sources, list) else []:
        if isinstance(source, dict) and "provider" in source:
            source.setdefault("kind", source.pop("provider"))
    keys = kept.get("api_keys")
    for key in keys.values() if isinstance(keys, dict) else []:
        if isinstance(key, dict) and "scopes" in key:
            key.setdefault("roles", roles_of_old_scopes(key.pop("scopes")))
            key.setdefault("sources", (ANY_SOURCE,))
    return kept
