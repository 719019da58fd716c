"""Notes that agents read in their helpdesk about one matter, from the first word to the last."""

from typing import Any

import httpx2 as httpx
import pytest
from sqlalchemy import select, update

from inquiry_router.delivery.tables import deliveries
from inquiry_router.house import House
from inquiry_router.inquiries.tables import inquiries
from inquiry_router.outside.addresses import PUBLIC
from inquiry_router.providers.kit.notes import note_lines
from inquiry_router.providers.kit.provider import Handover
from inquiry_router.providers.kit.routed import RoutedInquiry, read_handovers
from inquiry_router.providers.zammad import ZammadSettings
from tests.conftest import NOW
from tests.journeys.test_one_matter import LEAK, add, send

pytestmark = pytest.mark.anyio

SETTINGS: dict[str, Any] = {
    "url": "https://acme.zammad.com",
    "token": "key",
    "source": "desk",
    "create": True,
    "groups": {"customer_service": "1", "sales": "2", "triage": "3"},
}


@pytest.fixture
async def desk(client: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client of a house with a helpdesk."""
    source = {"id": "desk", "name": "Zammad", "kind": "zammad"}
    assert (await client.post("/v1/sources", json=source)).status_code == 201
    entry = {"id": "zammad", "name": "Zammad", "kind": "zammad", "settings": SETTINGS}
    made = await client.post("/v1/destinations", json=entry)
    assert made.status_code == 201, made.text
    return client


async def told(house: House, reference: str) -> list[RoutedInquiry]:
    """Everything that the helpdesk was told of an inquiry after its first decision."""
    table = deliveries.c
    query = select(table.id, table.event, table.payload).order_by(table.created_at, table.id)
    query = query.where(table.destination_id == "zammad", table.payload.is_not(None))
    rows = await house.database.read(lambda connection: connection.execute(query).all())
    settings = ZammadSettings.from_stored(SETTINGS, reach=PUBLIC)
    handovers = [Handover(row.id, row.event, row.payload) for row in rows]
    found = [one for handover in handovers for one in read_handovers(settings, handover, NOW)]
    return [one for one in found if one.reference == reference]


async def test_messages_decisions_and_links_are_told(desk: httpx.AsyncClient, house: House) -> None:
    leak = await send(desk, "Zmywarka nie odpompowuje wody, proszę o naprawę.")
    await add(desk, leak["reference"], "Dziękuję, czekam na serwisanta")
    await add(desk, leak["reference"], "teraz iskrzy i dymi się z tyłu!")
    price = await add(desk, leak["reference"], "A po ile macie nowe pompy?")
    kept, raised, split = await told(house, leak["reference"])
    assert note_lines(kept, "pl")[1].startswith("Klient odezwał się ponownie (czat, ")
    assert note_lines(kept, "pl")[-1] == "Dziękuję, czekam na serwisanta"
    assert (kept.moves, raised.moves, split.moves) == (False, True, False)
    assert note_lines(raised, "pl")[1].startswith("Priorytet zmieniony z „wysoki” na „pilny”")
    assert note_lines(raised, "pl")[1].endswith(": „iskrzy”")
    assert note_lines(raised, "pl")[-1] == "teraz iskrzy i dymi się z tyłu!"
    asks = "Klient pyta też o coś innego: to osobna sprawa"
    assert note_lines(split, "pl")[1] == f"{asks} {price['reference']} (zespół: dział sprzedaży)."
    (origin,) = await told(house, price["reference"])
    assert note_lines(origin, "pl")[1] == (
        f"Tę sprawę wydzielono ze sprawy {leak['reference']} (zespół: obsługa klienta)."
    )


async def test_copy_of_a_mail_is_not_told(desk: httpx.AsyncClient, house: House) -> None:
    mail = {"subject": "Pompa", "mail": {"id": "<1@klient.example>"}}
    first = await send(desk, LEAK, **mail)
    copy = await send(desk, LEAK, **mail)
    assert copy["reference"] == first["reference"]
    assert await told(house, first["reference"]) == []


async def test_resolution_and_reopening_are_told(desk: httpx.AsyncClient, house: House) -> None:
    leak = await send(desk, LEAK)
    act = f"/v1/inquiries/{leak['reference']}"
    await desk.post(f"{act}/resolution", json={"who": "Celina", "note": "Wymieniono pompę."})
    await add(desk, leak["reference"], "Niestety znowu cieknie")
    resolved, reopened = await told(house, leak["reference"])
    assert note_lines(resolved, "pl")[2:] == ["Kto: Celina", "Notatka: Wymieniono pompę."]
    assert note_lines(reopened, "pl")[1].startswith("Sprawa otwarta na nowo: klient odezwał się ")
    assert reopened.news is not None and reopened.news.opens and reopened.moves


@pytest.mark.parametrize(
    ("groups", "was_delivered", "keeps"),
    [(["9"], True, True), (["1"], True, False), (["9"], False, False), (None, True, False)],
    ids=["moved by a person", "in its team's group", "never handed over", "nothing known"],
)
async def test_ticket_in_a_group_of_no_team_stays_there(
    desk: httpx.AsyncClient,
    house: House,
    groups: list[str] | None,
    was_delivered: bool,
    keeps: bool,
) -> None:
    first = await send(desk, "Zmywarka nie odpompowuje wody, proszę o naprawę.")
    seen = update(inquiries).values(seen=groups and {"groups": groups})
    done = update(deliveries).values(state="delivered" if was_delivered else "pending")
    await house.database.write(lambda connection: connection.execute(seen) and None)
    await house.database.write(lambda connection: connection.execute(done) and None)
    await add(desk, first["reference"], "teraz iskrzy i dymi się z tyłu!")
    query = select(deliveries.c.payload).where(
        deliveries.c.event == "inquiry.message", deliveries.c.destination_id == "zammad"
    )
    payload = await house.database.read(lambda connection: connection.execute(query).scalar_one())
    assert ('"keeps_group":true' in payload.replace(" ", "")) is keeps
