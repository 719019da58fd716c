"""The configuration as one file: what `config export` writes, `config import` reads, and a new installation starts with."""

from datetime import datetime
from importlib import resources
from typing import Any

import yaml
from pydantic import Field, model_validator
from sqlalchemy import Connection

from inquiry_router.configuration import store
from inquiry_router.configuration.model import Configuration, Destination
from inquiry_router.inquiry.categories import CATEGORY_IDS
from inquiry_router.inquiry.model import Event
from inquiry_router.outside.addresses import PUBLIC, Reach
from inquiry_router.phone.settings import PhoneSettings
from inquiry_router.providers import PROVIDERS
from inquiry_router.routing.own_categories import OwnCategories, OwnCategory
from inquiry_router.routing.policy import Document, Policy, Slug, Team, Teams


class DestinationEntry(Document):
    """A destination in the file. Secrets are left out on export; on import a missing one keeps the stored one."""

    id: Slug
    name: str = Field(min_length=1, max_length=200)
    kind: str
    settings: dict[str, Any] = Field(default_factory=dict)
    events: list[Event] = Field(default_factory=list)
    teams: list[Slug] = Field(default_factory=list)
    enabled: bool = True


class ConfigurationFile(Document):
    """The whole file."""

    teams: list[Team]
    policy: Policy
    destinations: list[DestinationEntry] = Field(default_factory=list)
    categories: list[OwnCategory] = Field(default_factory=list)
    phone: PhoneSettings = Field(default_factory=PhoneSettings)

    @model_validator(mode="after")
    def _consistent(self) -> "ConfigurationFile":
        own = OwnCategories(categories=tuple(self.categories))
        ids = (*CATEGORY_IDS, *(category.id for category in self.categories))
        problems = own.added_to(self.policy).unknown_names(Teams(teams=self.teams), ids)
        problems += [
            f"destination '{entry.id}': there is no kind '{entry.kind}'"
            for entry in self._unknown_kinds()
        ]
        problems += [
            f"phone: {problem}" for problem in self.phone.problems(Teams(teams=self.teams))
        ]
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _unknown_kinds(self) -> list[DestinationEntry]:
        return [entry for entry in self.destinations if entry.kind not in PROVIDERS]


def read_file(text: str) -> ConfigurationFile:
    """Raises `ValueError` (pydantic's or YAML's) that names what is wrong."""
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(f"not readable as YAML: {error}") from None
    return ConfigurationFile.model_validate(data)


def default_file() -> ConfigurationFile:
    """The configuration a new installation starts with."""
    return read_file(
        resources.files("inquiry_router.configuration").joinpath("default.yaml").read_text("utf-8")
    )


def as_yaml(configuration: Configuration) -> str:
    """The present configuration as a file, without secrets."""
    data = {
        "teams": [team.model_dump(mode="json") for team in configuration.teams.teams],
        "policy": configuration.policy.model_dump(mode="json", exclude_none=True),
        "destinations": [_entry(destination) for destination in configuration.destinations],
        "categories": [
            category.model_dump(mode="json") for category in configuration.own_categories.categories
        ],
        "phone": configuration.phone.model_dump(mode="json", exclude_defaults=True),
    }
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=120)


def bootstrap(connection: Connection, now: datetime) -> bool:
    """Give an empty database the default configuration; returns whether it was empty."""
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
    reach: Reach = PUBLIC,
) -> None:
    """Bring the database to what the file says: new versions of what differs, destinations added and changed.

    Destinations that the file does not name stay: something may still wait to be delivered to them. `reach` is what the others
    may be on beside public addresses.
    """
    teams = Teams(teams=file.teams)
    if present is None or present.teams != teams:
        expected = present.teams_version if present else 0
        store.save_document(
            connection, "teams", teams.model_dump(mode="json"), expected, actor, "import", now
        )
    if present is None or present.policy != file.policy:
        expected = present.policy_version if present else 0
        store.save_document(
            connection,
            "policy",
            file.policy.model_dump(mode="json"),
            expected,
            actor,
            "import",
            now,
        )
    own = OwnCategories(categories=tuple(file.categories))
    if own != (present.own_categories if present else OwnCategories()):
        expected = present.own_categories_version if present else 0
        store.save_document(
            connection, "categories", own.model_dump(mode="json"), expected, actor, "import", now
        )
    if present is None or file.phone != present.phone:
        expected = present.phone_version if present else 0
        store.save_document(
            connection, "phone", file.phone.model_dump(mode="json"), expected, actor, "import", now
        )
    known = {destination.id: destination for destination in present.destinations} if present else {}
    for entry in file.destinations:
        before = known.get(entry.id)
        after = _destination(entry, before, now, reach)
        if before is None:
            store.add_destination(connection, after)
        elif _entry(before) != _entry(after):
            store.replace_destination(connection, after, before.version)


def differences(
    present: Configuration, wanted: ConfigurationFile, reach: Reach = PUBLIC
) -> list[str]:
    """A sentence for everything that importing the file would change."""
    changes = []
    if present.teams != Teams(teams=wanted.teams):
        changes.append(
            f"teams: version {present.teams_version + 1} instead of {present.teams_version}"
        )
    if present.policy != wanted.policy:
        before = {rule.id: rule for rule in present.policy.rules}
        after = {rule.id: rule for rule in wanted.policy.rules}
        changes += [f"policy: rule '{name}' is new" for name in after if name not in before]
        changes += [f"policy: rule '{name}' goes" for name in before if name not in after]
        changes += [
            f"policy: rule '{name}' changes"
            for name in after
            if name in before and before[name] != after[name]
        ]
        if not changes or changes[-1].startswith("teams"):
            changes.append("policy: the order of the rules, the default or the threshold changes")
    if present.own_categories.categories != tuple(wanted.categories):
        changes.append(
            f"categories: your own will be {', '.join(category.id for category in wanted.categories) or 'none'}"
        )
    if present.phone != wanted.phone:
        changes.append(
            f"phone: version {present.phone_version + 1} instead of {present.phone_version}"
        )
    known = {destination.id: destination for destination in present.destinations}
    for entry in wanted.destinations:
        if entry.id not in known:
            changes.append(f"destination '{entry.id}' is new")
        elif _entry(known[entry.id]) != _entry(
            _destination(entry, known[entry.id], known[entry.id].created_at, reach)
        ):
            changes.append(f"destination '{entry.id}' changes")
    return changes


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
