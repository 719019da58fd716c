"""Destinations and sources as the configuration file has them, and back."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from pydantic import Field, StrictBool, ValidationError
from pydantic_core import to_jsonable_python

from inquiry_router.configuration.model import Destination, Source
from inquiry_router.configuration.placeholders import GivenSecrets, hide, placeholder
from inquiry_router.configuration.source_kinds import SOURCES
from inquiry_router.inquiry.model import Event
from inquiry_router.outside.addresses import Reach
from inquiry_router.providers import PROVIDERS, ProviderSettings
from inquiry_router.routing.fields import Document, Slug
from inquiry_router.text.wrong_values import describe_error

DESTINATIONS: Final = "destinations"
SOURCES_SECTION: Final = "sources"
_IN_SETTINGS: Final = "settings"


class Unusable(ValueError):
    """An entry of the file cannot be used. `problems` are sentences with its place."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class FileDestination(Document):
    """A destination in the file. Its secrets are there by name only."""

    id: Slug = Field(description="Its id.")
    name: str = Field(min_length=1, max_length=200, description="Its name.", examples=["Zammad"])
    kind: str = Field(description="The kind of helpdesk or webhook.", examples=["zammad"])
    settings: dict[str, Any] = Field(
        default_factory=dict, description="Its settings.", examples=[{"groups": {}}]
    )
    events: list[Event] = Field(
        default_factory=list, description="The events that it is told; empty for the usual ones."
    )
    teams: list[Slug] = Field(
        default_factory=list, description="The teams whose inquiries it gets; empty for all."
    )
    enabled: StrictBool = Field(True, description="Whether it is told anything.", examples=[True])


class FileSource(Document):
    """A source in the file. Its secrets are there by name only, its token among them."""

    id: Slug = Field(description="Its id.")
    name: str = Field(min_length=1, max_length=200, description="Its name.", examples=["Helpdesk"])
    kind: str = Field(description="The kind of helpdesk, phone or mailbox.", examples=["zammad"])
    settings: dict[str, Any] = Field(
        default_factory=dict, description="Its settings.", examples=[{}]
    )
    secret: str | None = Field(
        None, description="The name of its secret.", examples=["${sources.desk.secret}"]
    )
    token: str | None = Field(
        None, description="The name of its token.", examples=["${sources.desk.token}"]
    )
    shadow: StrictBool = Field(
        False, description="Whether it decides without moving anything.", examples=[False]
    )


def export_destination(destination: Destination) -> dict[str, Any]:
    """Return a destination as plain data, with the names of its secrets."""
    names = PROVIDERS[destination.kind].settings_model.secret_names()
    path = (DESTINATIONS, destination.id, _IN_SETTINGS)
    return {
        "id": destination.id,
        "name": destination.name,
        "kind": destination.kind,
        "settings": hide(destination.settings, names, *path),
        "events": [str(event) for event in destination.events],
        "teams": list(destination.teams),
        "enabled": destination.enabled,
    }


def export_source(source: Source) -> dict[str, Any]:
    """Return a source as plain data, with the names of its secrets."""
    names = SOURCES[source.kind].settings_model.secret_names()
    secret = placeholder(SOURCES_SECTION, source.id, "secret")
    return {
        "id": source.id,
        "name": source.name,
        "kind": source.kind,
        "settings": hide(source.settings, names, SOURCES_SECTION, source.id, _IN_SETTINGS),
        **({"secret": secret} if source.secret is not None else {}),
        "token": placeholder(SOURCES_SECTION, source.id, "token"),
        "shadow": source.shadow,
    }


def read_destination(
    entry: FileDestination,
    before: Destination | None,
    secrets: GivenSecrets,
    reach: Reach,
    now: datetime,
) -> Destination:
    """Make the destination of an entry; `before` is the stored one. Raises `Unusable`."""
    place = f"{DESTINATIONS}.{entry.id}"
    model = _model_of(place, entry.kind, before.kind if before else None, PROVIDERS)
    settings = _settings(
        place, model, entry.settings, before.settings if before else None, secrets, reach
    )
    made = Destination(
        id=entry.id,
        name=entry.name,
        kind=entry.kind,
        settings=settings,
        events=tuple(entry.events),
        teams=tuple(entry.teams),
        enabled=entry.enabled,
        version=1,
        created_at=now,
    )
    if before is None:
        return made
    reason = None if entry.enabled else before.disabled_reason
    return replace(
        made,
        version=before.version,
        created_at=before.created_at,
        disabled_reason=reason,
        failures=before.failures,
    )


def read_source(
    entry: FileSource,
    before: Source | None,
    secrets: GivenSecrets,
    reach: Reach,
    now: datetime,
    new_token: str,
) -> Source:
    """Make the source of an entry; `before` is the stored one. Raises `Unusable`.

    A new one gets the new token, unless a token is given. Another secret leaves the old one valid.
    """
    place = f"{SOURCES_SECTION}.{entry.id}"
    model = _model_of(place, entry.kind, before.kind if before else None, SOURCES)
    settings = _settings(
        place, model, entry.settings, before.settings if before else None, secrets, reach
    )
    secret = secrets.fill(entry.secret, before.secret if before else None)
    token = secrets.fill(entry.token, before.token if before else new_token)
    assert token is not None
    previous = before.previous_secret if before else None
    if before is not None and secret != before.secret:
        previous = before.secret
    return Source(
        id=entry.id,
        name=entry.name,
        kind=entry.kind,
        settings=settings,
        token=token,
        shadow=entry.shadow,
        version=before.version if before else 1,
        created_at=before.created_at if before else now,
        secret=secret,
        previous_secret=previous,
    )


def _model_of(
    place: str, kind: str, stored_kind: str | None, kinds: Mapping[str, Any]
) -> type[ProviderSettings]:
    if kind not in kinds:
        raise Unusable(
            [f"{place}.kind: there is no kind '{kind}'; it is one of {', '.join(sorted(kinds))}"]
        )
    if stored_kind not in (None, kind):
        raise Unusable(
            [f"{place}.kind: it is of the kind '{stored_kind}' here; take another id for another"]
        )
    model: type[ProviderSettings] = kinds[kind].settings_model
    return model


def _settings(
    place: str,
    model: type[ProviderSettings],
    written: Mapping[str, Any],
    stored: Mapping[str, Any] | None,
    secrets: GivenSecrets,
    reach: Reach,
) -> dict[str, Any]:
    known, names = dict(stored or {}), model.secret_names()
    known_missing = len(secrets.missing)
    sent = secrets.fill_settings(written, names, known)
    reported = {name.rpartition(".")[2] for name in secrets.missing[known_missing:]}
    try:
        made = model.model_validate(model.completed(sent, known), context={"reach": reach})
    except ValidationError as error:
        problems = [
            f"{place}.settings.{'.'.join(map(str, one['loc']))}: {describe_error(one)}"
            for one in error.errors(include_url=False, include_input=False)
            if not (one["type"] == "missing" and one["loc"][0] in reported)
        ]
        raise Unusable(problems) from None
    except ValueError as error:
        raise Unusable([f"{place}.settings.{error}"]) from None
    settings: dict[str, Any] = to_jsonable_python(made.stored())  # as the database gives them back
    return settings
