"""Doubts about referrals are said in the language of the reader."""

import pytest

from inquiry_router.house import House
from tests.conftest import client_of
from tests.pages.browser import browser_of

pytestmark = pytest.mark.anyio
WORDS = {
    "pl": "osoba polecająca i polecona: ten sam numer telefonu",
    "en": "recommender and prospect have the same number",
    "de": "haben gemeinsam: die Telefonnummer",
}


async def test_doubts_are_told_in_the_language_of_the_reader(sqlite_house: House) -> None:
    same = {"phone": "602 333 444"}
    body = {"recommender": {"name": "Anna Lis", **same}, "prospect": {"name": "Jan Kos", **same}}
    async with client_of(sqlite_house) as client:
        made = (await client.post("/v1/referrals", json=body)).json()
        assert made["flags"][0]["reason"] == WORDS["en"]
        await client.post(f"/v1/referrals/{made['id']}/objection", json={})
    for language, words in WORDS.items():
        async with browser_of(sqlite_house, language=language) as browser:
            page = (await browser.open(f"/referrals/{made['id']}")).text
            assert words in page
            assert ("the prospect objected" in page) == (language == "en")
