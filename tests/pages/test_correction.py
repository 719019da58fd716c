"""The page of a correction link shows a decision and takes a correction, for a limited time."""

import httpx2 as httpx
import pytest

from inquiry_router.corrections.links import MAX_CORRECTIONS, CorrectionLinks
from inquiry_router.house import House
from inquiry_router.process.clock import utc_now
from tests.conftest import client_of

pytestmark = pytest.mark.anyio

UNKNOWN_ID = "0198c0de-7b1e-7cc3-98c4-dc0c0c07398f"


async def receive(client: httpx.AsyncClient) -> str:
    body = {
        "channel": "email",
        "text": "<script>alert(1)</script> Pompa cieknie, proszę o naprawę.",
    }
    return str((await client.post("/v1/inquiries", json=body)).json()["id"])


async def link(house: House, inquiry_id: str, days: int = 30) -> str:
    """The path of a correction link that is valid for so many days from now."""
    links = CorrectionLinks(house.database, "https://router.example.com", days)
    made = await links.link(inquiry_id, utc_now())
    assert made is not None
    return made.removeprefix("https://router.example.com")


async def test_page_shows_the_decision_and_changes_nothing(
    house: House, client: httpx.AsyncClient
) -> None:
    inquiry_id = await receive(client)
    async with client_of(house, None) as agent:
        page = await agent.get(
            await link(house, inquiry_id), headers={"Accept-Language": "pl-PL,pl;q=0.9"}
        )
    assert page.status_code == 200
    assert "usterka, reklamacja, naprawa" in page.text
    assert "<script>" not in page.text and "&lt;script&gt;" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    kinds = [
        entry["kind"]
        for entry in (await client.get(f"/v1/inquiries/{inquiry_id}")).json()["timeline"]
    ]
    assert kinds == ["routed"]


async def test_chosen_category_is_recorded_and_routed_again(
    house: House, client: httpx.AsyncClient
) -> None:
    inquiry_id = await receive(client)
    async with client_of(house, None) as agent:
        where = await link(house, inquiry_id)
        page = await agent.post(where, data={"category": "new_purchase", "who": "Celina"})
        assert page.status_code == 200 and "dział sprzedaży" in page.text
        again = await agent.post(f"{where}?lang=en", data={"category": "new_purchase"})
        assert "Nothing was changed" in again.text
    inquiry = (await client.get(f"/v1/inquiries/{inquiry_id}")).json()
    assert (inquiry["classification"]["category"], inquiry["decision"]["team"]) == (
        "new_purchase",
        "sales",
    )
    (correction,) = [entry for entry in inquiry["timeline"] if entry["kind"] == "corrected"]
    assert (correction["actor"], correction["details"]["who"]) == ("correction-link", "Celina")


async def test_intent_may_be_chosen_and_must_fit_the_category(
    house: House, client: httpx.AsyncClient
) -> None:
    inquiry_id = await receive(client)
    async with client_of(house, None) as agent:
        where = await link(house, inquiry_id)
        page = await agent.get(f"{where}?lang=pl")
        assert '<option value="tender">zaproszenie do przetargu</option>' in page.text
        wrong = await agent.post(where, data={"category": "defect", "intent": "tender"})
        assert wrong.status_code == 422 and "nie pasują" in wrong.text
        said = {"category": "new_purchase", "intent": "tender"}
        assert (await agent.post(where, data=said)).status_code == 200
        shown = await agent.get(f"{where}?lang=pl")
        assert "zaproszenie do przetargu – zakup" in shown.text
        # Only what is new is recorded.
        for again in ({"category": "new_purchase", "intent": ""}, said):
            assert "Nic nie zmieniono" in (await agent.post(where, data=again)).text
        other = {"category": "new_purchase", "intent": "quote_request"}
        assert (await agent.post(where, data=other)).status_code == 200
    found = (await client.get(f"/v1/inquiries/{inquiry_id}")).json()["classification"]
    assert (found["category"], found["intent"]) == ("new_purchase", "quote_request")


async def test_link_corrects_a_few_times_and_no_more(
    house: House, client: httpx.AsyncClient
) -> None:
    """Attack 11: one link made 40 corrections and 80 deliveries in a minute."""
    inquiry_id = await receive(client)
    async with client_of(house, None) as agent:
        where = await link(house, inquiry_id)
        for number in range(MAX_CORRECTIONS + 1):
            category = "new_purchase" if number % 2 == 0 else "defect"
            page = await agent.post(where, data={"category": category})
            assert page.status_code == (200 if number < MAX_CORRECTIONS else 410)
        assert "został już wykorzystany" in page.text
        assert (await agent.get(where)).status_code == 200
        fresh = await agent.post(await link(house, inquiry_id), data={"category": "defect"})
        assert fresh.status_code == 200
    timeline = (await client.get(f"/v1/inquiries/{inquiry_id}")).json()["timeline"]
    assert [one["kind"] for one in timeline].count("corrected") == MAX_CORRECTIONS + 1


async def test_link_with_a_reader_corrects_in_their_name_only(
    house: House, client: httpx.AsyncClient
) -> None:
    inquiry_id = await receive(client)
    made = await client.post(
        f"/v1/inquiries/{inquiry_id}/correction-links", json={"reader": "Celina & Co"}
    )
    where = made.json()["url"].removeprefix("http://router.test")
    async with client_of(house, None) as agent:
        page = await agent.get(where)
        assert "Celina &amp; Co" in page.text and 'name="who"' not in page.text
        assert page.headers["referrer-policy"] == "no-referrer"
        await agent.post(where, data={"category": "new_purchase", "who": "Somebody"})
    timeline = (await client.get(f"/v1/inquiries/{inquiry_id}")).json()["timeline"]
    (correction,) = [entry for entry in timeline if entry["kind"] == "corrected"]
    assert correction["details"]["who"] == "Celina & Co"
    (act,) = (await client.get("/v1/audit", params={"operation": "correct_by_link"})).json()[
        "items"
    ]
    assert act["actor"] == correction["actor"] == "correction-link:Celina & Co"
    assert act["object"] == f"inquiry:{inquiry_id}"
    assert act["changes"]["category"] == ["defect", "new_purchase"]


@pytest.mark.parametrize(("days", "status"), [(-1, 410), (1, 200)])
async def test_expired_link_is_gone(
    house: House, client: httpx.AsyncClient, days: int, status: int
) -> None:
    where = await link(house, await receive(client), days)
    async with client_of(house, None) as agent:
        assert (await agent.get(where)).status_code == status
        assert (await agent.post(where, data={"category": "other"})).status_code == status


async def test_wrong_links_and_choices_change_nothing(
    house: House, client: httpx.AsyncClient
) -> None:
    inquiry_id = await receive(client)
    async with client_of(house, None) as agent:
        assert (await agent.get("/c/nonsense")).status_code == 404
        assert (await agent.get(await link(house, UNKNOWN_ID))).status_code == 404
        for data in ({}, {"category": "nonsense"}, {"category": ""}):
            assert (await agent.post(await link(house, inquiry_id), data=data)).status_code == 422
        for content in (
            b"a=1&" * 50,
            b"category=%ff%00",
            b"\x00\xff",
            b"category" * 1000,
            b"category[]=other",
        ):
            assert (
                await agent.post(await link(house, inquiry_id), content=content)
            ).status_code == 422, content[:20]
    assert len((await client.get(f"/v1/inquiries/{inquiry_id}")).json()["timeline"]) == 1
