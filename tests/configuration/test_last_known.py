"""The last known configuration: what the file keeps, and files of older versions."""

import json
from pathlib import Path
from typing import Any

import pytest

from inquiry_router.access.roles import Role
from inquiry_router.configuration.api_keys import ApiKey
from inquiry_router.configuration.documents import DOCUMENTS, OWN_CATEGORIES
from inquiry_router.configuration.last_known import LastKnown
from inquiry_router.configuration.model import Configuration, Source
from inquiry_router.configuration.yaml_file import default_file
from inquiry_router.routing.own_categories import OwnCategories
from tests.configuration.test_documents import RENTAL
from tests.conftest import NOW

KEY = ApiKey("line", "Line", (Role.PHONE,), "0" * 64, NOW)


def source(kind: str) -> Source:
    return Source(kind, "A line", kind, {"a": 1}, "token", False, 1, NOW, secret="s")


CONFIGURATION = Configuration(
    revision=7,
    documents=default_file().documents.replaced(
        OWN_CATEGORIES, OwnCategories(categories=(RENTAL,))
    ),
    destinations=(),
    api_keys={"line": KEY},
    sources=(source("twilio"), source("zammad")),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "phone" / "last-known"


def last_known(path: Path) -> LastKnown:
    return LastKnown(path, frozenset({"twilio"}))


def edited(path: Path, **changes: Any) -> None:
    kept = json.loads(path.read_bytes())
    path.write_text(json.dumps({**kept, **changes}), "utf-8")


def test_documents_keys_and_sources_of_the_phone_come_back(path: Path) -> None:
    last_known(path).keep(CONFIGURATION)
    found = last_known(path).recall()
    assert found is not None
    assert found.documents.values == CONFIGURATION.documents.values
    assert found.policy_in_force == CONFIGURATION.policy_in_force
    assert (found.api_keys, found.sources) == ({"line": KEY}, (source("twilio"),))
    assert [found.documents.version(kind) for kind in DOCUMENTS] == [0] * len(DOCUMENTS)


def test_file_of_version_0_1_is_read(path: Path) -> None:
    last_known(path).keep(CONFIGURATION)
    kept = json.loads(path.read_bytes())
    for one in kept["sources"]:
        one["provider"] = one.pop("kind")
    kept["policy"] = CONFIGURATION.policy_in_force.model_dump(mode="json")
    del kept["categories"]
    path.write_text(json.dumps(kept), "utf-8")
    found = last_known(path).recall()
    assert found is not None and found.sources == (source("twilio"),)
    assert found.policy_in_force == CONFIGURATION.policy_in_force


@pytest.mark.parametrize("changes", [{"teams": 1}, {"sources": 1}, {"api_keys": None}])
def test_file_with_a_mistake_is_not_used(path: Path, changes: dict[str, Any]) -> None:
    last_known(path).keep(CONFIGURATION)
    edited(path, **changes)
    assert last_known(path).recall() is None


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff"])
def test_damaged_file_is_not_used(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    assert last_known(path).recall() is None


def test_failed_write_leaves_no_file_behind(path: Path) -> None:
    path.mkdir(parents=True)
    (path / "occupied").touch()
    last_known(path).keep(CONFIGURATION)
    assert list(path.parent.iterdir()) == [path]
