"""The SQL of recognising accounts, on both databases."""

import pytest

from inquiry_router.accounts import store
from inquiry_router.accounts.finding import find_account
from inquiry_router.accounts.matching import LookedFor
from inquiry_router.accounts.model import (
    AccountData,
    company_key,
    read_domain_point,
    read_email_point,
    read_phone_point,
)
from inquiry_router.database.session import Database
from inquiry_router.inquiry.account import Recognised
from tests.conftest import NOW

pytestmark = pytest.mark.anyio

HYDRO = AccountData(
    "Hydro-Bud sp. z o.o.",
    tax_id="5260001246",
    external_id="HYDRO",
    points=(read_email_point("biuro@hydro-bud.example"), read_phone_point("601 234 567")),
    roles={"owner": "Bartek Wilk", "deputy": "Ewa Lis"},
)
BRANCH = AccountData("Hydro-Bud Łódź", tax_id="5260001246", external_id="BRANCH")
AGRO = AccountData("Agro", external_id="AGRO", points=(read_domain_point("agro.example"),))


async def found(database: Database, *data: AccountData, **looked_for: object) -> Recognised:
    for one in data:
        await database.write(lambda connection, one=one: store.add_account(connection, one, NOW))
    values = LookedFor(**looked_for)  # type: ignore[arg-type]
    return await database.look_up(lambda connection: find_account(connection, values, NOW))


def ids(result: Recognised) -> list[str | None]:
    sure = result.sure.external_id if result.sure is not None else None
    return [sure, *(one.external_id for one in result.maybe)]


@pytest.mark.parametrize(
    ("looked_for", "wanted"),
    [
        ({"contact": ("biuro@hydro-bud.example",)}, ["HYDRO"]),
        ({"contact": ("+48601234567", "jan@agro.example")}, ["HYDRO"]),
        ({"tax_ids": ("5260001246",)}, [None, "BRANCH", "HYDRO"]),
        ({"written": ("+48601234567",)}, [None, "HYDRO"]),
        ({"domains": ("biuro.agro.example", "agro.example")}, [None, "AGRO"]),
        ({"domains": ("hydro-bud.example",)}, [None, "HYDRO"]),
        ({"company": company_key("HYDRO BUD Spółka z o.o.")}, [None, "HYDRO"]),
        (
            {"contact": ("biuro@hydro-bud.example",), "domains": ("agro.example",)},
            ["HYDRO", "AGRO"],
        ),
        ({"contact": ("nobody@example.com",)}, [None]),
    ],
)
async def test_account_is_found_by(
    database: Database, looked_for: dict[str, object], wanted: list[str | None]
) -> None:
    result = await found(database, HYDRO, BRANCH, AGRO, **looked_for)
    assert sorted(ids(result), key=str) == sorted(wanted, key=str)
    assert ids(result)[0] == wanted[0]


async def test_sure_account_comes_with_our_people(database: Database) -> None:
    result = await found(database, HYDRO, contact=("+48601234567",))
    assert result.sure is not None
    assert (result.sure.owner, result.sure.person("deputy")) == ("Bartek Wilk", "Ewa Lis")


async def test_domain_of_many_accounts_says_nothing(database: Database) -> None:
    several = [
        AccountData(f"F{n}", points=(read_email_point(f"f{n}@shared.example"),)) for n in range(4)
    ]
    assert ids(await found(database, *several, domains=("shared.example",))) == [None]
