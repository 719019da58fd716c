"""The configuration file: what is written, what is read, the first start."""

from datetime import timedelta

import pytest
import yaml

from inquiry_router.configuration import store
from inquiry_router.configuration.documents import DOCUMENTS
from inquiry_router.configuration.yaml_file import (
    as_data,
    as_yaml,
    bootstrap,
    default_file,
    read_file,
)
from inquiry_router.database.session import Database
from tests.conftest import NOW

pytestmark = pytest.mark.anyio


async def test_export_is_read_back_without_a_difference(database: Database) -> None:
    present = await database.read(store.load)
    file = read_file(as_yaml(present))
    assert file.documents_over(present.documents).values == present.documents.values
    assert yaml.safe_load(as_yaml(present)) == as_data(present)
    assert as_data(present).keys() == {
        "sources",
        "destinations",
        *(kind.name for kind in DOCUMENTS),
    }


async def test_first_start_stores_the_shipped_file_once(database: Database) -> None:
    present = await database.read(store.load)
    stored = {kind.name for kind in DOCUMENTS if present.documents.version(kind)}
    assert stored == {"teams", "policy", "phone"}
    assert present.documents.values == default_file().documents.values
    later = NOW + timedelta(days=1)
    assert await database.write(lambda connection: bootstrap(connection, later)) is False
    assert (await database.read(store.load)).revision == present.revision


def test_part_that_is_left_out_stays_as_it_is() -> None:
    shipped = default_file().documents
    file = read_file("destinations: []")
    assert file.document_kinds == []
    assert file.documents_over(shipped).values == shipped.values


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it has no parts such as 'teams:' and 'policy:'"),
        ("- a list", "it has no parts such as 'teams:' and 'policy:'"),
        ("teams: [", "not readable as YAML"),
        ("colour: red", "colour: is unknown here"),
        ("policy: {}", "policy.rules: is missing"),
        ("destinations: [{id: A B, name: x, kind: x}]", "destinations.0.id"),
    ],
)
def test_text_that_is_no_file_is_refused_with_the_place(text: str, said: str) -> None:
    with pytest.raises(ValueError) as refusal:
        read_file(text)
    assert said in str(refusal.value)


def test_every_mistake_is_named() -> None:
    with pytest.raises(ValueError) as refusal:
        read_file("policy: {}\ncolour: red\nteams: 7")
    assert {line.partition(":")[0] for line in str(refusal.value).splitlines()} >= {
        "policy.rules",
        "policy.default",
        "colour",
        "teams",
    }
