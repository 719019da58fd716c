"""Vendors' tokens, signing secrets and the keys of links are unreadable in the database."""

from typing import Any

import pytest
from sqlalchemy import Connection, text

from inquiry_router.corrections.link_key import encrypt_keys
from inquiry_router.database.encrypted import encrypt_stored
from inquiry_router.database.opening import open_database
from inquiry_router.house import House
from inquiry_router.process.settings import Settings, WrongSettings
from tests.conftest import client_of, running_house, settings_for

pytestmark = pytest.mark.anyio
KEY = "the-key-of-this-test-0123456789abcdef"
TOKEN, SECRET = "token-of-the-helpdesk-4711", "secret-of-the-webhook-4711"
COLUMNS = {
    "sources": ("settings", "token", "secret", "previous_secret"),
    "destinations": ("settings",),
    "mailboxes": ("refresh_token",),
    "documents": ("body",),
}


def raw(connection: Connection) -> str:
    """Everything in the columns, as it stands in the database."""
    return "\n".join(
        str(tuple(row))
        for table, columns in COLUMNS.items()
        for row in connection.execute(text(f"SELECT {', '.join(columns)} FROM {table}"))
    )


async def fill(house: House) -> dict[str, Any]:
    """Store secrets of every kind; return what the API shows of them."""
    async with client_of(house) as admin:
        source = {
            "id": "door",
            "name": "Door",
            "kind": "zammad",
            "secret": SECRET,
            "settings": {"api_url": "https://desk.example.com", "api_token": TOKEN},
        }
        assert (await admin.post("/v1/sources", json=source)).status_code == 201
        destination = {
            "id": "hook",
            "name": "Hook",
            "kind": "webhook",
            "settings": {"url": "https://hook.example/in", "secret": "whsec_" + "A" * 43 + "="},
        }
        assert (await admin.post("/v1/destinations", json=destination)).status_code == 201
    key = await house.correction_links._key.get()
    return {"key": key.hex(), "whsec": "A" * 43}


@pytest.fixture
def locked(settings: Settings) -> Settings:
    return settings_for(settings.database_url, phone_dir=settings.phone_dir, secret_key=KEY)


async def test_secrets_are_unreadable_in_the_database(locked: Settings) -> None:
    async with running_house(locked) as house:
        known = await fill(house)
        stored = await house.database.read(raw)
        for secret in (TOKEN, SECRET, known["key"], known["whsec"]):
            assert secret not in stored
        assert stored.count("encrypted:") >= 4
        current = house.configuration.current
        source = current.source("door")
        assert source is not None and source.secret == SECRET
        assert source.settings["api_token"] == TOKEN
        kept = (house.settings.phone_dir / "last-known").read_text("utf-8")
        assert kept.startswith("encrypted:")
    async with running_house(locked) as again:
        assert (await again.correction_links._key.get()).hex() == known["key"]


async def test_what_was_stored_in_the_open_is_encrypted_by_migrate(
    settings: Settings, locked: Settings
) -> None:
    async with running_house(settings) as house:
        known = await fill(house)
        assert TOKEN in await house.database.read(raw)

    def work(connection: Connection) -> None:
        encrypt_stored(connection)
        encrypt_keys(connection)

    async with running_house(locked) as house:
        await house.database.write(work)
        stored = await house.database.read(raw)
        assert TOKEN not in stored and known["key"] not in stored
        assert (await house.correction_links._key.get()).hex() == known["key"]
        source = house.configuration.current.source("door")
        assert source is not None and source.settings["api_token"] == TOKEN


async def test_start_without_the_key_ends_in_a_sentence(
    settings: Settings, locked: Settings
) -> None:
    async with running_house(locked) as house:
        await fill(house)
    house = House(settings, open_database(settings), house.classifier)
    with pytest.raises(WrongSettings, match="SECRET_KEY: .* encrypted with another key"):
        async with house.open():
            raise AssertionError
    await house.database.stop()


async def test_links_are_invalid_after_their_key_was_replaced(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inquiry_router.corrections.link_key.KEPT_S", 0.0)
    public = settings_for(settings.database_url, public_url="https://router.example")
    async with running_house(public) as house, client_of(house) as admin:
        body = {"channel": "email", "text": "Pompa cieknie"}
        made = (await admin.post("/v1/inquiries", json=body)).json()
        before = await house.correction_links._key.get()
        assert (await admin.post("/v1/correction-links/rotation")).status_code == 204
        after = await house.correction_links._key.get()
        assert after != before and len(after) == 32
        assert made["reference"]
        rows = await house.database.read(
            lambda c: c.execute(text("SELECT body FROM documents WHERE name = 'link_key'")).all()
        )
        assert len(rows) == 1 and before.hex() not in str(rows)
