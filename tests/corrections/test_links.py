"""Correction links lie under the public address, and every process accepts them."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from inquiry_router.corrections.links import (
    MAX_LINK_LIFE,
    NOT_MINE,
    ONCE,
    TAP,
    CorrectionLinks,
    LinkUsedUp,
    forget_uses,
    use_link,
)
from inquiry_router.corrections.referral_links import (
    open_form,
    open_outcome,
    open_status,
    status_token,
)
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
    assert len(token) == 56
    assert (await links.open(token, NOW + timedelta(days=30))).inquiry_id == ID
    with pytest.raises(WrongLink):
        await links.open(token, NOW + timedelta(days=30, hours=1))


async def test_no_links_are_made_without_a_public_address_but_they_are_read(
    database: Database,
) -> None:
    token = token_of(await CorrectionLinks(database, URL, days=1).link(ID, NOW))
    without = CorrectionLinks(database, None, days=1)
    assert await without.link(ID, NOW) is None
    assert (await without.open(token, NOW)).inquiry_id == ID


async def test_all_processes_share_one_key(database: Database) -> None:
    """Also those that need the key at the same moment for the first time."""
    several = [CorrectionLinks(database, URL, days=1) for _ in range(5)]
    made = set(await asyncio.gather(*(links.link(ID, NOW) for links in several)))
    assert len(made) == 5, "each is a link of its own"
    opened = [await several[0].open(token_of(one), NOW) for one in made]
    assert {one.inquiry_id for one in opened} == {ID}
    assert len({one.digest for one in opened}) == 5


async def test_link_of_one_purpose_opens_nothing_else(database: Database) -> None:
    """Whoever makes a link to correct an inquiry names its reader freely."""
    links = CorrectionLinks(database, URL, days=1)
    made = await links.new_token(ID, NOW, "Jan Nowak")
    with pytest.raises(WrongLink):
        await links.open(made, NOW, NOT_MINE)
    with pytest.raises(WrongLink):
        await open_form(links, await links.new_token(ID, NOW, "recommend:Jan Nowak"), NOW)
    tap = await links.new_token(ID, NOW, "Jan Nowak", purpose=TAP)
    assert (await links.open(tap, NOW, TAP)).reader == "Jan Nowak"
    with pytest.raises(WrongLink):
        await links.open(tap, NOW)
    status = await status_token(links, ID, NOW)
    assert (await open_status(links, status, NOW)).inquiry_id == ID
    with pytest.raises(WrongLink):
        await open_outcome(links, status, NOW)


async def test_link_is_used_as_often_as_it_may_be(database: Database) -> None:
    """One whose act is final is used once."""

    async def use(digest: str, most: int) -> bool:
        try:
            await database.write(lambda connection: use_link(connection, digest, most, NOW))
        except LinkUsedUp:
            return False
        return True

    assert [await use("a", ONCE) for _ in range(3)] == [True, False, False]
    assert [await use("b", 3) for _ in range(5)] == [True] * 3 + [False] * 2


async def test_failed_act_does_not_use_its_link_up(database: Database) -> None:
    def work(connection: Connection) -> None:
        use_link(connection, "a", ONCE, NOW)
        raise ValueError

    with pytest.raises(ValueError):
        await database.write(work)
    await database.write(lambda connection: use_link(connection, "a", ONCE, NOW))


async def test_uses_are_forgotten_when_no_link_is_valid_any_more(database: Database) -> None:
    def work(connection: Connection) -> list[int]:
        use_link(connection, "old", ONCE, NOW)
        use_link(connection, "new", ONCE, NOW + timedelta(seconds=1))
        later = NOW + MAX_LINK_LIFE
        return [forget_uses(connection, later), forget_uses(connection, later + timedelta(1))]

    assert await database.write(work) == [0, 2]
