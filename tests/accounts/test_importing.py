"""Files of accounts, as programs write them: read, compared, stored, and sent again."""

import asyncio
import re
from datetime import timedelta
from pathlib import Path

import httpx2 as httpx
import pytest

from inquiry_router.access.roles import Role
from inquiry_router.accounts import store
from inquiry_router.accounts.importing import ImportOptions, import_accounts
from inquiry_router.accounts.model import AccountData, ContactPoint, PointKind
from inquiry_router.database.session import Database
from inquiry_router.house import House
from inquiry_router.inquiry.errors import Invalid
from tests.conftest import NOW, client_of

pytestmark = pytest.mark.anyio

PAGE = Path(__file__).parents[2] / "docs" / "accounts.md"
SAMPLES = dict(re.findall(r"```csv (\S+)\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL))
# As each program writes its file.
ENCODINGS = {"subiekt.csv": "cp1250", "optima.csv": "utf-8-sig", "crm.csv": "utf-8"}
LATER = NOW + timedelta(days=1)


def content(name: str) -> bytes:
    """The bytes of a sample that the page prints."""
    text: str = SAMPLES[name]
    if name != "crm.csv":
        text = text.replace("\n", "\r\n")
    return text.encode(ENCODINGS[name])


@pytest.mark.parametrize(
    ("name", "count", "external_id", "points", "owner"),
    [
        (
            "subiekt.csv",
            3,
            "HYDRO",
            ["+48221234567", "+48601234567", "bok@hbud.example"],
            "Ola Wilk",
        ),
        ("optima.csv", 2, "BRANDL", ["+49891234567", "einkauf@brandl.example"], "Ewa Lis"),
        (
            "crm.csv",
            2,
            "9001",
            ["+48605111222", "+48605111223", "anna@nowak.example", "piotr@nowak.example"],
            "Ola Wilk",
        ),
    ],
)
async def test_sample_is_imported_as_the_program_writes_it(
    database: Database, name: str, count: int, external_id: str, points: list[str], owner: str
) -> None:
    dry = await import_accounts(database, content(name), ImportOptions(dry_run=True), NOW)
    assert (dry.created, dry.problems, dry.stored) == (count, (), False)
    done = await import_accounts(database, content(name), ImportOptions(), NOW)
    assert (done.created, done.stored) == (count, True)
    found = await database.read(lambda connection: store.read_account(connection, external_id))
    assert sorted(one.value for one in found.data.all_points) == points
    assert found.data.roles["owner"] == owner
    again = await import_accounts(database, content(name), ImportOptions(), LATER)
    assert (again.created, again.updated, again.unchanged) == (0, 0, count)
    same = await database.read(lambda connection: store.read_account(connection, external_id))
    assert same == found


async def test_letters_of_windows_are_right(database: Database) -> None:
    await import_accounts(database, content("subiekt.csv"), ImportOptions(), NOW)
    found = await database.read(lambda connection: store.read_account(connection, "KŁOS"))
    assert found.data.name == 'Piekarnia "Kłos"; Syn'


async def test_people_of_one_account_stand_in_several_rows(database: Database) -> None:
    await import_accounts(database, content("crm.csv"), ImportOptions(), NOW)
    found = await database.read(lambda connection: store.read_account(connection, "9001"))
    assert [who.name for who in found.data.contacts] == ["Anna Kowalska", "Piotr Nowak"]
    assert {one.value for one in found.data.contacts[1].points} == {
        "+48605111223",
        "piotr@nowak.example",
    }


async def test_later_file_adds_and_changes_and_takes_nothing_away(database: Database) -> None:
    first = "Kod;Nazwa;NIP;Telefon;Opiekun;Segment\nK1;Agro;774-000-14-54;601 111 111;Ewa;srebrny\n"
    await import_accounts(database, first.encode(), ImportOptions(), NOW)
    second = "Kod;Nazwa;Telefon;Opiekun;Segment\nK1;;601 111 112;Bartek;złoty\nK2;Nowy;;;\n"
    done = await import_accounts(database, second.encode(), ImportOptions(), LATER)
    changes = {change.after.external_id: change for change in done.changes}
    assert changes["K2"].before is None
    assert list(changes["K1"].said) == [
        "tier: srebrny -> złoty",
        "+ +48601111112",
        "owner: Ewa -> Bartek",
    ]
    found = await database.read(lambda connection: store.read_account(connection, "K1"))
    assert (found.data.name, found.data.tax_id, found.version) == ("Agro", "7740001454", 2)
    assert [one.value for one in found.data.points] == ["+48601111111", "+48601111112"]
    assert found.data.roles == {"owner": "Bartek"}


async def test_problem_names_line_and_column_and_nothing_is_half_imported(
    database: Database,
) -> None:
    file = (
        "Kod;Nazwa;NIP;E-mail;Telefon\n"
        "K1;Dobry;;dobry@dobry.example;\n"
        "K2;Zły;526-000-12-47;zły;12\n"
        ";Bez kodu;;;\n"
        "K4;Drugi;;dobry@dobry.example;\n"
        "K5;Za dużo;;;;;x\n"
        "K6;;;;601 222 333\n"
    )
    done = await import_accounts(database, file.encode("cp1250"), ImportOptions(), NOW)
    assert not done.stored
    assert [(one.line, one.column) for one in done.problems] == [
        (3, "NIP"),
        (3, "E-mail"),
        (3, "Telefon"),
        (4, ""),
        (5, "E-mail"),
        (6, ""),
        (7, ""),
    ]
    assert "check digit" in done.problems[0].message
    assert "stands at another customer, too (line 2)" in done.problems[4].message
    listed = await database.read(
        lambda connection: store.list_accounts(connection, store.AccountFilters(), None, 10)
    )
    assert listed == []
    done = await import_accounts(
        database, file.encode("cp1250"), ImportOptions(skip_errors=True), NOW
    )
    assert (done.stored, done.created, len(done.problems)) == (True, 1, 7)


async def test_number_of_another_account_is_refused_with_its_name(database: Database) -> None:
    point = ContactPoint(PointKind.PHONE, "+48601111111")
    old = AccountData("Stary", external_id="S", points=(point,))
    await database.write(lambda connection: store.add_account(connection, old, NOW))
    file = b"Kod;Nazwa;Tel\nN;Nowy;601111111\n"
    done = await import_accounts(database, file, ImportOptions(), NOW)
    assert "belongs to the account 'Stary'" in done.problems[0].message
    assert (done.problems[0].line, done.problems[0].column) == (2, "Tel")


@pytest.mark.parametrize(
    ("file", "options", "sentence"),
    [
        (b"Nazwa;Telefon\nAgro;1\n", ImportOptions(), "no column holds the customer's code or NIP"),
        (b"Kod;Nazwa\n", ImportOptions(columns={"Skr": "name"}), "no column 'Skr'"),
        (b"Kod;Nazwa\n", ImportOptions(columns={"Kod": "x"}), "'x' is no field of an account"),
        (b"\x81", ImportOptions(encoding="utf-8"), "not in the encoding 'utf-8'"),
        # Decoding it takes quadratic time.
        (b"NIP", ImportOptions(encoding="punycode"), "not in the encoding 'punycode'"),
        (b"{", ImportOptions(is_json=True), "is not JSON"),
        (b"{}", ImportOptions(is_json=True), "holds no list"),
    ],
)
async def test_unusable_file_ends_in_a_sentence(
    database: Database, file: bytes, options: ImportOptions, sentence: str
) -> None:
    with pytest.raises(Invalid, match=".") as refused:
        await import_accounts(database, file, options, NOW)
    assert sentence.lower() in refused.value.detail.lower()


async def test_columns_can_be_named(database: Database) -> None:
    file = "sep=,\r\nSkrót,Kto,Mag,Tel\r\nK1,Agro,Ola,601222333\r\n".encode("utf-16")
    columns = {"Skrót": "external_id", "Kto": "name", "Mag": "role:stock", "Tel": "ignore"}
    done = await import_accounts(database, file, ImportOptions(columns=columns), NOW)
    assert (done.created, list(done.ignored)) == (1, ["Tel"])
    found = await database.read(lambda connection: store.read_account(connection, "K1"))
    assert (found.data.roles, found.data.points) == ({"stock": "Ola"}, ())


async def test_json_file_has_the_fields_of_the_api(house: House, client: httpx.AsyncClient) -> None:
    entry = {
        "external_id": "K1",
        "name": "Agro",
        "phones": ["601222333"],
        "contacts": [{"name": "Anna", "emails": ["anna@agro.example"]}],
        "roles": {"owner": "Ewa"},
    }
    sent = await client.post("/v1/accounts/import", json={"accounts": [entry]})
    assert sent.status_code == 200, sent.text
    assert (sent.json()["created"], sent.json()["stored"]) == (1, True)
    account = (await client.get("/v1/accounts/K1")).json()
    assert (account["name"], account["phones"]) == ("Agro", ["+48601222333"])
    assert account["roles"] == {"owner": "Ewa"}
    assert account["contacts"] == [{"name": "Anna", "emails": ["anna@agro.example"], "phones": []}]
    wrong = [entry | {"name": 7, "fax": "1"}, "x"]
    refused = await client.post("/v1/accounts/import", json=wrong)
    assert refused.status_code == 422
    assert [one["field"] for one in refused.json()["errors"]] == [
        "line 1, name",
        "line 1, fax",
        "line 2",
    ]


async def test_only_managers_and_admins_import(house: House) -> None:
    headers = {"Content-Type": "text/csv; charset=windows-1250"}
    file = content("subiekt.csv")
    for role, status in ((Role.MANAGER, 200), (Role.AGENT, 403), (Role.READER, 403)):
        async with client_of(house, role) as someone:
            sent = await someone.post(
                "/v1/accounts/import", params={"dry_run": "true"}, content=file, headers=headers
            )
            assert sent.status_code == status, sent.text


async def test_import_beside_another_one_is_planned_again(database: Database) -> None:
    """Two processes import the same file at once: both succeed, and nothing stands twice."""
    done = await asyncio.gather(
        *(import_accounts(database, content("crm.csv"), ImportOptions(), NOW) for _ in range(3))
    )
    assert all(one.stored for one in done)
    listed = await database.read(
        lambda connection: store.list_accounts(connection, store.AccountFilters(), None, 10)
    )
    assert sorted(one.data.external_id or "" for one in listed) == ["9001", "9002"]


def big_file(accounts: int) -> bytes:
    lines = ["Kod;Nazwa;E-mail;Telefon 1;Telefon 2;Opiekun"]
    for n in range(accounts):
        phones = f"+48 60{n:07d};+48 22 {n:07d}"
        lines.append(f"K{n};Firma {n} sp. z o.o.;biuro@firma{n}.example;{phones};Ewa")
    return "\r\n".join(lines).encode("cp1250")


async def test_thousand_accounts_are_one_import(database: Database) -> None:
    done = await import_accounts(database, big_file(1000), ImportOptions(), NOW)
    assert (done.created, done.problems) == (1000, ())
    again = await import_accounts(database, big_file(1000), ImportOptions(), LATER)
    assert again.unchanged == 1000
