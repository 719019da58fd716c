"""The door for the list of inquiries, over HTTP, on both databases."""

import httpx2 as httpx
import pytest

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
    assert await number_of(q="numer 3") == 1
    assert await number_of(q="100%_") == 0
    assert await number_of(team="customer_service", status="resolved") == 0
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
