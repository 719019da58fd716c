"""Correction links lie under the public address, and every process accepts them."""

import asyncio
from datetime import timedelta

import pytest

from inquiry_router.corrections.links import CorrectionLinks
from inquiry_router.corrections.tokens import WrongLink
from inquiry_router.database.session import Database
from tests.conftest import NOW

pytestmark = pytest.mark.anyio

ID = "0198c0de-7b1e-7cc3-98c4-dc0c0c07398f"
URL = "https://router.example.com"


def token_of(link: str | None) -> str:
    assert link is not None
    return link.removeprefix(f"{URL}/c/")


async def test_link_lies_under_the_public_address_and_expires(database: Database) -> None:
    links = CorrectionLinks(database, f"{URL}/", days=30)
    token = token_of(await links.link(ID, NOW))
    assert len(token) == 48
    assert await links.inquiry_of(token, NOW + timedelta(days=30)) == ID
    with pytest.raises(WrongLink):
        await links.inquiry_of(token, NOW + timedelta(days=30, hours=1))


async def test_no_links_are_made_without_a_public_address_but_they_are_read(
    database: Database,
) -> None:
    token = token_of(await CorrectionLinks(database, URL, days=1).link(ID, NOW))
    without = CorrectionLinks(database, None, days=1)
    assert await without.link(ID, NOW) is None
    assert await without.inquiry_of(token, NOW) == ID


async def test_all_processes_share_one_key(database: Database) -> None:
    """Also those that need the key at the same moment for the first time."""
    several = [CorrectionLinks(database, URL, days=1) for _ in range(5)]
    made = set(await asyncio.gather(*(links.link(ID, NOW) for links in several)))
    assert len(made) == 1
    assert await several[0].inquiry_of(token_of(made.pop()), NOW) == ID
