"""What phone lines need while the database is away at the start: kept as a file, written anew whenever settings change.

It has the secrets by which phone platforms prove themselves, so only the service's own user can read it.
"""

import contextlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog
from pydantic import TypeAdapter

from inquiry_router.configuration.api_keys import ApiKey
from inquiry_router.configuration.model import Configuration, Source
from inquiry_router.phone.settings import PhoneSettings
from inquiry_router.routing.own_categories import OwnCategories
from inquiry_router.routing.policy import Policy, Teams

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Kept:
    """The part of the configuration that answering a call takes."""

    teams: Teams
    policy: Policy
    phone: PhoneSettings
    api_keys: dict[str, ApiKey]
    sources: tuple[Source, ...]


_KEPT: Final = TypeAdapter(_Kept)


class LastKnown:
    """The file. Any number of processes may share it: all of them write the same."""

    def __init__(self, path: Path, kinds: frozenset[str]) -> None:
        """`kinds` are those of the sources to keep."""
        self._path = path
        self._kinds = kinds
        self._written = b""

    def keep(self, configuration: Configuration) -> None:
        """Write it to disk when it has changed. A folder that cannot be written to is logged: the service serves all the same."""
        sources = tuple(
            source for source in configuration.sources if source.kind in self._kinds
        )
        kept = _Kept(
            configuration.teams,
            configuration.policy_in_force,
            configuration.phone,
            configuration.api_keys,
            sources,
        )
        content = _KEPT.dump_json(kept)
        if content == self._written:
            return
        unfinished = self._path.with_suffix(f".{os.getpid()}")
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(
                os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb"
            ) as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(self._path)
            self._written = content
        except OSError as error:
            log.error("configuration.not_kept", error=type(error).__name__)
            with contextlib.suppress(OSError):
                unfinished.unlink(missing_ok=True)

    def recall(self) -> Configuration | None:
        """What was kept, without destinations and categories of the company's own; None when there is nothing usable."""
        try:
            kept = _KEPT.validate_json(_in_present_names(self._path.read_bytes()))
        except (OSError, ValueError):
            return None
        return Configuration(
            revision=0,
            teams=kept.teams,
            teams_version=0,
            policy=kept.policy,
            policy_version=0,
            destinations=(),
            api_keys=kept.api_keys,
            own_categories=OwnCategories(categories=()),
            own_categories_version=0,
            policy_in_force=kept.policy,
            sources=kept.sources,
            phone=kept.phone,
        )


def _in_present_names(content: bytes) -> str:
    """The file with `kind` for what version 0.1 called a source's `provider`."""
    kept = json.loads(content)
    sources = kept.get("sources") if isinstance(kept, dict) else None
    for source in sources if isinstance(sources, list) else []:
        if isinstance(source, dict) and "provider" in source:
            source.setdefault("kind", source.pop("provider"))
    return json.dumps(kept)
