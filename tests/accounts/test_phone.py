"""A caller who wants to buy rings the salesperson of their account, and nobody else's."""

import httpx2 as httpx
import pytest

from inquiry_router.house import House
from tests.calls.conftest import SETTINGS, Ring, phone, ring
from tests.phone.people import ANNA, BARTEK, CELINA

__all__ = ["phone", "ring"]
pytestmark = pytest.mark.anyio
OWN, DEPUTY = "+48220000077", "+48220000078"
BUY = "chciałbym kupić trzy nowe pompy, proszę o ofertę handlową"
BROKEN = "pompa cieknie i nie pompuje, proszę o serwis"


async def add_salespeople(client: httpx.AsyncClient, *, owner_on_duty: bool) -> None:
    read = await client.get("/v1/phone/settings")
    people = [
        {"name": "Ola Wilk", "number": OWN, "on_duty": owner_on_duty},
        {"name": "Ewa Lis", "number": DEPUTY},
    ]
    body = SETTINGS | {"salespeople": people}
    headers = {"If-Match": read.headers["ETag"]}
    put = await client.put("/v1/phone/settings", json=body, headers=headers)
    assert put.status_code == 200, put.text


@pytest.mark.parametrize(
    ("phones", "on_duty", "speech", "rung"),
    [
        ([ANNA], True, BUY, OWN),
        ([ANNA], False, BUY, DEPUTY),
        (["+48601999999"], True, BUY, BARTEK),
        ([ANNA], True, BROKEN, CELINA),
    ],
)
async def test_owner_of_the_account_is_dialled_first(
    house: House,
    phone: httpx.AsyncClient,
    ring: Ring,
    phones: list[str],
    on_duty: bool,
    speech: str,
    rung: str,
) -> None:
    account = {
        "name": "Hydro-Bud",
        "phones": phones,
        "roles": {"owner": "ola wilk", "deputy": "Ewa Lis"},
    }
    assert (await phone.post("/v1/accounts", json=account)).status_code == 201
    await add_salespeople(phone, owner_on_duty=on_duty)
    await ring()
    assert (await ring(step="1", speech=speech))["number"] == rung


async def test_customers_in_the_settings_are_refused_with_the_cure(
    house: House, client: httpx.AsyncClient
) -> None:
    people = [{"name": "Ola", "number": OWN, "customers": [ANNA]}]
    put = await client.put(
        "/v1/phone/settings", json={"salespeople": people}, headers={"If-Match": '"0"'}
    )
    assert put.status_code == 422
    assert "POST /v1/accounts/import" in put.text


async def test_change_of_settings_reads_no_account(
    house: House, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It did once, and took seconds with 15,000 numbers."""
    asked: list[str] = []
    read = house.database.read

    async def noted(work):  # type: ignore[no-untyped-def]
        def counted(connection):  # type: ignore[no-untyped-def]
            from sqlalchemy import event

            def note(_connection, _cursor, statement, *_rest):  # type: ignore[no-untyped-def]
                asked.append(statement)

            event.listen(connection, "before_cursor_execute", note)
            return work(connection)

        return await read(counted)

    monkeypatch.setattr(house.database, "read", noted, raising=False)
    await house.configuration.load()
    assert asked != []
    assert not [one for one in asked if "contact_points" in one or "account" in one]
