"""The SQL of the configuration: versions of documents, conflicts, the revision."""

import pytest

from inquiry_router.access.roles import Role
from inquiry_router.configuration import store
from inquiry_router.configuration.api_key_store import revoke_api_key
from inquiry_router.configuration.documents import OWN_CATEGORIES, PHONE, TEAMS
from inquiry_router.database.session import Database
from inquiry_router.inquiry.errors import Conflict, NotFound, PreconditionFailed
from inquiry_router.process.settings import WrongSettings
from tests.conftest import NOW

pytestmark = pytest.mark.anyio


async def saved(database: Database, name: str, expected: int, note: str | None = None) -> int:
    body = {"language": "en"}
    return await database.write(
        lambda connection: store.save_document(connection, name, body, expected, "ann", note, NOW)
    )


async def test_each_version_is_kept_and_the_newest_is_loaded(database: Database) -> None:
    assert await saved(database, PHONE.name, 1, "first") == 2
    assert await saved(database, PHONE.name, 2) == 3
    loaded = await database.read(store.load)
    assert (loaded.phone.language, loaded.documents.version(PHONE)) == ("en", 3)
    rows = await database.read(lambda c: store.list_versions(c, PHONE.name, 3, 10))
    assert [(row.version, row.note) for row in rows] == [(2, "first"), (1, "import")]


async def test_unreadable_document_is_named_with_a_cure(database: Database) -> None:
    own = {"id": "defect", "names": {"en": "defect"}, "team": "customer_service"}
    body = {"categories": [own]}
    await database.write(
        lambda c: store.save_document(c, OWN_CATEGORIES.name, body, 0, "ann", None, NOW)
    )
    with pytest.raises(WrongSettings, match="OwnCategories cannot be read.*upgrade again"):
        await database.read(store.load)


@pytest.mark.parametrize("expected", [0, 2])
async def test_change_of_another_version_is_refused(database: Database, expected: int) -> None:
    with pytest.raises(PreconditionFailed):
        await saved(database, TEAMS.name, expected)


async def test_every_change_counts_the_revision_up(database: Database) -> None:
    before = await database.read(store.load_revision)
    await saved(database, PHONE.name, 1)
    assert await database.read(store.load_revision) == before + 1


async def test_last_admin_key_cannot_be_revoked(database: Database) -> None:
    async def revoke(key: str) -> None:
        await database.write(lambda connection: revoke_api_key(connection, key, NOW))

    await revoke("reader")
    await revoke("reader")
    with pytest.raises(NotFound):
        await revoke("nobody")
    with pytest.raises(Conflict):
        await revoke("admin")
    keys = (await database.read(store.load)).api_keys
    valid = {key.id for key in keys.values() if key.revoked_at is None}
    assert valid == {role.value for role in Role} - {"reader"}
