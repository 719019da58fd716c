"""The configuration file: export and import, dry run, the first start."""

from datetime import timedelta
from typing import Any

import pytest
import yaml
from sqlalchemy import Connection

from inquiry_router.configuration import store
from inquiry_router.configuration.documents import (
    DOCUMENTS,
    MATTERS,
    OWN_CATEGORIES,
    OWN_INTENTS,
    PHONE,
    POLICY,
    RETENTION,
    TEAMS,
    DocumentKind,
)
from inquiry_router.configuration.model import Configuration
from inquiry_router.configuration.yaml_file import (
    apply_file,
    as_yaml,
    bootstrap,
    default_file,
    differences,
    read_file,
)
from inquiry_router.database.session import Database
from tests.configuration.test_documents import RENTAL, SERVICE_CONTRACT
from tests.conftest import NOW

pytestmark = pytest.mark.anyio
WEBHOOK = {"id": "erp", "kind": "webhook", "settings": {"url": "https://hooks.example.com/in"}}
# One change for each kind of document, and the sentence of the dry run about it.
CHANGES: dict[str, tuple[Any, str]] = {
    TEAMS.name: (
        lambda data: data["teams"][0]["names"].update(en="customer care"),
        "teams: version 2 instead of 1",
    ),
    POLICY.name: (lambda data: data["policy"]["rules"].pop(), "policy: rule 'other' goes"),
    OWN_CATEGORIES.name: (
        lambda data: data["categories"].append(RENTAL.model_dump(mode="json")),
        "categories: your own will be rental",
    ),
    OWN_INTENTS.name: (
        lambda data: data["intents"].append(SERVICE_CONTRACT.model_dump(mode="json")),
        "intents: your own will be service_contract",
    ),
    PHONE.name: (
        lambda data: data["phone"].update(language="en"),
        "phone: version 2 instead of 1",
    ),
    MATTERS.name: (
        lambda data: data["matters"].update(split="note"),
        "matters: version 1 instead of 0",
    ),
    RETENTION.name: (
        lambda data: data["retention"].update(deliveries_days=90),
        "retention: version 1 instead of 0",
    ),
}


async def loaded(database: Database) -> Configuration:
    return await database.read(store.load)


def changed(configuration: Configuration, kind: DocumentKind) -> str:
    data = yaml.safe_load(as_yaml(configuration))
    CHANGES[kind.name][0](data)
    return yaml.safe_dump(data)


def test_every_kind_of_document_has_a_change_here() -> None:
    assert CHANGES.keys() == {kind.name for kind in DOCUMENTS}


async def test_export_is_read_back_without_a_difference(database: Database) -> None:
    present = await loaded(database)
    assert differences(present, read_file(as_yaml(present))) == []


@pytest.mark.parametrize("kind", DOCUMENTS, ids=lambda kind: kind.name)
async def test_import_changes_what_the_dry_run_says(database: Database, kind: DocumentKind) -> None:
    present = await loaded(database)
    wanted = read_file(changed(present, kind))
    assert differences(present, wanted) == [CHANGES[kind.name][1]]

    def work(connection: Connection) -> None:
        apply_file(connection, wanted, present, "cli", NOW)

    await database.write(work)
    after = await loaded(database)
    assert after.documents[kind] == wanted.documents[kind]
    for other in DOCUMENTS:
        more = int(other is kind)
        assert after.documents.version(other) == present.documents.version(other) + more


async def test_export_leaves_out_secrets_and_import_keeps_them(database: Database) -> None:
    secrets = []
    for name in ("ERP", "The ERP"):
        present = await loaded(database)
        data = yaml.safe_load(as_yaml(present))
        data["destinations"] = [{**WEBHOOK, "name": name}]
        wanted = read_file(yaml.safe_dump(data))
        await database.write(lambda c, w=wanted, p=present: apply_file(c, w, p, "cli", NOW))
        after = await loaded(database)
        names = {one.id: one.name for one in after.destinations}
        assert names == {"console": present.destinations[0].name, "erp": name}
        secrets.append(after.destinations[-1].settings["secret"])
        assert secrets[0] and secrets[0] not in as_yaml(after)
    assert secrets[0] == secrets[1]


async def test_first_start_stores_the_shipped_file_once(database: Database) -> None:
    present = await loaded(database)
    stored = {kind.name: present.documents.version(kind) for kind in DOCUMENTS}
    never = {"categories": 0, "intents": 0, "matters": 0}
    assert stored == {"teams": 1, "policy": 1, "phone": 1, **never}
    assert present.documents.values == default_file().documents.values
    later = NOW + timedelta(days=1)
    assert await database.write(lambda connection: bootstrap(connection, later)) is False
    assert (await loaded(database)).revision == present.revision


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"teams": None}, "teams"),
        ({"surprise": 1}, "surprise"),
        ({"categories": [RENTAL.model_dump(mode="json") | {"team": "x"}]}, "no team 'x'"),
        ({"phone": {"desks": {"x": {}}}}, "phone: desks: there is no team 'x'"),
        (
            {"destinations": [{"id": "a", "name": "A", "kind": "x"}]},
            "destination 'a': there is no kind 'x'",
        ),
    ],
)
def test_file_with_a_mistake_is_refused_with_the_reason(change: dict[str, Any], said: str) -> None:
    data = {kind.name: kind.exported(default_file().documents[kind]) for kind in DOCUMENTS}
    read_file(yaml.safe_dump(data))
    with pytest.raises(ValueError) as refusal:
        read_file(yaml.safe_dump({**data, **change}))
    assert said in str(refusal.value)


@pytest.mark.parametrize("text", ["", "teams: [", "- a list"])
def test_text_that_is_no_file_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_file(text)


def test_reordered_rules_are_a_change_of_the_policy() -> None:
    policy = default_file().documents[POLICY]
    assert POLICY.changes is not None
    swapped = policy.model_copy(update={"rules": policy.rules[::-1]})
    assert POLICY.changes(policy, swapped) == [
        "the order of the rules, the default or the threshold changes"
    ]
    low = policy.rules[-1].model_copy(update={"unless": policy.rules[0].when})
    edited = policy.model_copy(update={"rules": [*policy.rules[:-1], low]})
    assert POLICY.changes(policy, edited) == ["rule 'other' changes"]
