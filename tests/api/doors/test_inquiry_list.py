"""The door for the list of inquiries, over HTTP, on both databases."""

import httpx2 as httpx
import pytest

from inquiry_router.inquiry.model import Status
from tests.api.doors.test_inquiries import send

pytestmark = pytest.mark.anyio


async def test_list_filters_and_pages(client: httpx.AsyncClient) -> None:
    for number in range(7):
        await send(
            client,
            {
                "channel": "email" if number % 2 else "chat",
                "text": f"Pompa numer {number} nie działa, proszę o naprawę.",
                "received_at": f"2026-11-1{number}T10:00:00Z",
            },
        )
    await send(
        client,
        {
            "channel": "phone",
            "text": "poproszę cennik żółtych kafelków",
            "received_at": "2026-11-18T10:00:00Z",
        },
    )

    found, cursor = [], None
    for _ in range(10):
        page = (
            await client.get(
                "/v1/inquiries", params={"limit": 3, **({"cursor": cursor} if cursor else {})}
            )
        ).json()
        found += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(found) == 8
    assert [item["received_at"] for item in found] == sorted(
        (item["received_at"] for item in found), reverse=True
    )

    async def number_of(**params: str) -> int:
        return len((await client.get("/v1/inquiries", params=params)).json()["items"])

    assert await number_of(channel="chat") == 4
    assert await number_of(since="2026-11-12T10:00:00Z", until="2026-11-14T11:00:00+01:00") == 2
    assert await number_of(q="ZOLTYCH") == 1
    assert await number_of(q='"numer 3"') == 1
    assert await number_of(q="100%_") == 0
    assert await number_of(team="customer_service", status="resolved") == 0
    assert await number_of(unsure="true") + await number_of(unsure="false") == 8
    assert await number_of(overdue="true") + await number_of(overdue="false") == 8
    assert await number_of(category="defect") == sum(item["category"] == "defect" for item in found)


@pytest.mark.parametrize(
    "params",
    [
        {"cursor": "x"},
        {"cursor": "MjAyNiB4"},
        {"limit": "0"},
        {"limit": "201"},
        {"since": "yesterday"},
        {"since": "2026-11-12"},
        {"status": "lost"},
        {"q": "x"},
        {"contact": "x"},
        {"contact": "--"},
        {"unsure": "perhaps"},
        {"overdue": ""},
        {"priority": "highest"},
        {"source": ""},
        {"category": "A B"},
    ],
)
async def test_invalid_filter_is_refused(client: httpx.AsyncClient, params: dict) -> None:
    assert (await client.get("/v1/inquiries", params=params)).status_code == 422


async def test_search_reads_a_bounded_number_of_rows(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inquiry_router.inquiries.listing.MAX_SEARCHED_INQUIRIES", 3)
    for number in range(8):
        await send(
            client,
            {
                "channel": "chat",
                "text": "igła w stogu" if number == 0 else f"siano {number} nie działa",
            },
        )
    found, pages, cursor = [], 0, None
    while pages < 10:
        page = (
            await client.get(
                "/v1/inquiries", params={"q": "igła", **({"cursor": cursor} if cursor else {})}
            )
        ).json()
        pages += 1
        found += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(found) == 1
    assert pages == 3


ANNA = {
    "name": "Anna Żółkiewska",
    "email": "Anna@Hydro-Bud.example",
    "phone": "601 234 567",
    "company": "Hydro-Bud",
}


@pytest.mark.parametrize(
    "written",
    [
        "anna@hydro-bud.example",
        "Anna <ANNA@hydro-bud.EXAMPLE>",
        "601234567",
        "+48 601-234-567",
        "0048 (601) 234 567",
        "tel. 601 234 567",
        "zolkiewska",
        "Żółkiewska Anna",
        "hydro bud",
        "@hydro-bud.example",
    ],
)
async def test_contact_is_found_in_any_spelling(client: httpx.AsyncClient, written: str) -> None:
    mine = (await send(client, {"channel": "email", "text": "Pompa stoi.", "contact": ANNA})).json()
    other = {"name": "Anna Nowak", "email": "an@bud.example", "phone": "601234568"}
    await send(client, {"channel": "email", "text": "Ile kosztuje pompa?", "contact": other})
    for path in ("/v1/inquiries", "/v1/inquiries/counts"):
        found = (await client.get(path, params={"contact": written})).json()
        if path == "/v1/inquiries":
            assert [item["id"] for item in found["items"]] == [mine["id"]]
            assert found["items"][0]["contact"]["email"] == "anna@hydro-bud.example"
        else:
            assert (found["total"], found["since"]) == (1, None)


async def test_plus_that_was_not_escaped_is_a_plus(client: httpx.AsyncClient) -> None:
    contact = {"phone": "+49 170 1234567"}
    await send(client, {"channel": "email", "text": "Die Pumpe steht.", "contact": contact})
    answer = await client.get("/v1/inquiries?contact=+491701234567")
    assert len(answer.json()["items"]) == 1


async def test_item_says_its_source_and_if_it_is_unsure(client: httpx.AsyncClient) -> None:
    source = {"system": "shop-7", "id": "1", "url": None}
    body = {"channel": "email", "text": "xyz", "source": source}
    flags = (await send(client, body)).json()["decision"]["flags"]
    page = (await client.get("/v1/inquiries", params={"source": "shop-7"})).json()
    assert [item["source"] for item in page["items"]] == [source]
    assert page["items"][0]["unsure"] is ("unsure" in flags)
    assert (await client.get("/v1/inquiries", params={"source": "shop-8"})).json()["items"] == []


async def test_inquiries_are_counted_by_status(client: httpx.AsyncClient) -> None:
    for number in range(3):
        await send(client, {"channel": "email", "text": f"Pompa {number} cieknie od wczoraj."})
    done = await client.post("/v1/inquiries/latest/resolution", json={"who": "Celina"})
    assert done.status_code == 200
    counts = (await client.get("/v1/inquiries/counts")).json()
    assert (counts["total"], counts["since"]) == (3, None)
    assert set(counts["by_status"]) == set(Status)
    assert counts["by_status"]["resolved"] == 1
    resolved = (await client.get("/v1/inquiries/counts?status=resolved")).json()
    assert resolved["total"] == 1
    assert (await client.get("/v1/inquiries/counts?priority=low")).json()["total"] == 0


async def test_counts_take_no_page(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/inquiries/counts?limit=5")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "limit")


async def test_filters_of_the_case_are_known(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/inquiries?overdue=true&priority=urgent&limit=1")
    assert (answer.status_code, answer.json()["items"]) == (200, [])


@pytest.mark.parametrize("words", ["\x00\x00", "\u200b\u200b", "  "])
async def test_search_for_nothing_is_refused(client: httpx.AsyncClient, words: str) -> None:
    """It would list everything, as if all had been found."""
    for path in ("/v1/inquiries", "/v1/inquiries/counts"):
        refused = await client.get(path, params={"q": words})
        assert (refused.status_code, refused.json()["detail"]) == (422, "'q' holds no word.")
