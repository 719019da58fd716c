"""The snapshot in memory: loading, changing, the last known one."""

from pathlib import Path

import pytest

from inquiry_router.configuration.documents import PHONE
from inquiry_router.configuration.last_known import LastKnown
from inquiry_router.configuration.model import Configuration
from inquiry_router.configuration.service import ConfigurationService
from inquiry_router.database.session import Database
from inquiry_router.inquiry.errors import PreconditionFailed, ReadUnavailable
from inquiry_router.phone.settings import PhoneSettings
from tests.conftest import NOW

pytestmark = pytest.mark.anyio


class Loads:
    """A listener that keeps the configurations that it was given."""

    def __init__(self) -> None:
        self.seen: list[Configuration] = []

    def __call__(self, configuration: Configuration) -> None:
        self.seen.append(configuration)


@pytest.fixture
def loads() -> Loads:
    return Loads()


@pytest.fixture
def service(database: Database, loads: Loads, tmp_path: Path) -> ConfigurationService:
    return ConfigurationService(database, loads, LastKnown(tmp_path / "known", frozenset()))


async def test_nothing_is_current_before_the_first_load(service: ConfigurationService) -> None:
    with pytest.raises(ReadUnavailable):
        _ = service.current
    assert service.recall() is False
    await service.load()
    assert service.recall() is True
    assert service.for_calls is service.current


async def test_replaced_document_is_in_force_at_once(
    service: ConfigurationService, loads: Loads
) -> None:
    await service.load()
    english = PhoneSettings(language="en")
    version = await service.replace_document(PHONE, english, 1, "ann", None, NOW)
    assert version == service.current.documents.version(PHONE) == 2
    assert service.current.phone == english
    assert loads.seen[-1] is service.current and len(loads.seen) == 2


async def test_replacing_another_version_changes_nothing(service: ConfigurationService) -> None:
    await service.load()
    before = service.current
    with pytest.raises(PreconditionFailed):
        await service.replace_document(PHONE, PhoneSettings(language="en"), 9, "ann", None, NOW)
    assert service.current is before


async def test_calls_use_the_last_known_configuration(
    service: ConfigurationService, database: Database, tmp_path: Path
) -> None:
    await service.load()
    fresh = ConfigurationService(
        database, lambda _: None, LastKnown(tmp_path / "known", frozenset())
    )
    assert fresh.recall()
    assert fresh.for_calls.teams == service.current.teams
    with pytest.raises(ReadUnavailable):
        _ = fresh.current
