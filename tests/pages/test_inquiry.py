"""The page of one inquiry: what it shows, and what people do with it."""

import re

import httpx2 as httpx
import pytest

from inquiry_router.access.roles import Role
from inquiry_router.house import House
from tests.conftest import client_of
from tests.pages.browser import Browser, browser_of

pytestmark = pytest.mark.anyio

ANNA = {"name": "Anna Kowalska", "email": "anna@hydro-bud.example", "company": "Hydro-Bud"}
PUMP = "Pompa CX-40 cieknie <script>alert(1)</script>, proszę o naprawę."


async def receive(client: httpx.AsyncClient, text: str = PUMP, **more: object) -> str:
    """Take in an inquiry of Anna; return its reference."""
    body = {"channel": "email", "text": text, "contact": ANNA, **more}
    made = await client.post("/v1/inquiries", json=body)
    assert made.status_code == 201, made.text
    return str(made.json()["reference"])


async def look(client: httpx.AsyncClient, reference: str) -> dict:
    return (await client.get(f"/v1/inquiries/{reference}")).json()


async def test_page_shows_the_decision_with_its_reasons_in_the_language_of_the_reader(
    sqlite_house: House,
) -> None:
    async with client_of(sqlite_house) as client, browser_of(sqlite_house) as browser:
        reference = await receive(client, subject="Serwis pompy")
        texts = {
            "pl": ("Rozmowa", "reklamacja", "Obsługa klienta", "Odpowiedź do"),
            "en": ("Conversation", "defect", "Customer service", "Answer by"),
            "de": ("Gespräch", "Reklamation", "Kundenservice", "Antwort bis"),
        }
        for language, words in texts.items():
            page = await browser.open(f"/inquiries/{reference}?lang={language}")
            assert page.status_code == 200
            for word in (*words, "Serwis pompy", ANNA["name"], "CX-40", reference):
                assert word in page.text, (language, word)
        plain = re.sub("</?mark>", "", page.text)
        assert "<script>alert" not in plain and "&lt;script&gt;alert" in plain
        assert re.search(r"<mark>[Cc]ieknie</mark>", page.text)
        assert page.text.count('class="share"') == 6


async def test_page_shows_promises_and_deadlines_of_laws(sqlite_house: House) -> None:
    async with client_of(sqlite_house) as client, browser_of(sqlite_house) as browser:
        reference = await receive(client)
        page = await browser.open(f"/inquiries/{reference}?lang=en")
        for one in (await look(client, reference))["promises"]:
            assert one["state"] == "running"
        assert "First answer: running, until: " in page.text
        await client.post(f"/v1/inquiries/{reference}/answer", json={"who": "Celina"})
        page = await browser.open(f"/inquiries/{reference}?lang=pl")
        assert "Pierwsza odpowiedź: w terminie" in page.text
        assert "clock" not in page.text and "law:" not in page.text


async def test_page_says_why_not_elsewhere_when_asked(sqlite_house: House) -> None:
    async with client_of(sqlite_house) as client, browser_of(sqlite_house) as browser:
        reference = await receive(client)
        page = await browser.open(f"/inquiries/{reference}")
        assert f"/inquiries/{reference}?why=more#why" in page.text
        page = await browser.open(f"/inquiries/{reference}?why=more&lang=pl")
        assert "Sprawdzone reguły" in page.text and "<code>danger</code>" in page.text
        assert "Podobne wiadomości" in page.text


async def test_correction_is_recorded_and_routed_again(sqlite_house: House) -> None:
    async with client_of(sqlite_house) as client, browser_of(sqlite_house, Role.AGENT) as browser:
        reference = await receive(client)
        path = f"/inquiries/{reference}"
        await browser.open(path)
        fields = {"category": "new_purchase", "intent": "quote_request", "why": "wants an offer"}
        done = await browser.follow(await browser.send(f"{path}/correct", **fields))
        assert "The correction is saved." in done.text
        inquiry = await look(client, reference)
        assert inquiry["classification"]["intent"] == "quote_request"
        assert inquiry["decision"]["team"] == "sales"
        (said,) = [one for one in inquiry["timeline"] if one["kind"] == "corrected"]
        assert said["details"]["who"] == "agent of the tests"
        assert said["details"]["why"] == "wants an offer"
        (act,) = (await client.get("/v1/audit", params={"operation": "correct_on_page"})).json()[
            "items"
        ]
        assert (act["actor"], act["changes"]["team"]) == ("agent", ["customer_service", "sales"])


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Choose a category"),
        ({"category": "nonsense"}, "Choose a category"),
        ({"category": "defect", "intent": "tender"}, "do not fit together"),
        ({"category": "other", "team": "sales"}, "never goes to sales"),
        ({"category": "defect", "team": "nobody"}, "never goes to sales"),
    ],
)
async def test_correction_that_cannot_be_is_refused_with_the_cure(
    sqlite_house: House, fields: dict[str, str], said: str
) -> None:
    async with client_of(sqlite_house) as client, browser_of(sqlite_house) as browser:
        reference = await receive(client)
        await browser.open(f"/inquiries/{reference}")
        refused = await browser.send(f"/inquiries/{reference}/correct", **fields)
        assert refused.status_code == 422 and said in refused.text
        assert len((await look(client, reference))["timeline"]) == 1


async def test_answer_resolution_and_reopening(sqlite_house: House) -> None:
    async with client_of(sqlite_house) as client, browser_of(sqlite_house) as browser:
        reference = await receive(client)
        path = f"/inquiries/{reference}"
        await browser.open(path)
        for act, status in (
            ("answered", "waiting_for_customer"),
            ("resolved", "resolved"),
            ("reopened", "waiting_for_us"),
        ):
            await browser.follow(await browser.send(f"{path}/act", act=act, note="by phone"))
            assert (await look(client, reference))["status"] == status
        refused = await browser.send(f"{path}/act", act="deleted")
        assert refused.status_code == 422


async def later_message(client: httpx.AsyncClient, reference: str, text: str) -> str:
    body = {"channel": "email", "text": text, "contact": ANNA}
    await client.post(f"/v1/inquiries/{reference}/messages", json=body)
    return str((await look(client, reference))["messages"][-1]["id"])


async def test_split_and_merge_undo_each_other(sqlite_house: House) -> None:
    async with client_of(sqlite_house) as client, browser_of(sqlite_house) as browser:
        first = await receive(client)
        message = await later_message(client, first, "Kiedy będzie serwisant?")
        await browser.open(f"/inquiries/{first}")
        page = await browser.follow(
            await browser.send(f"/inquiries/{first}/split", message=message)
        )
        assert "split off" in page.text
        second = str(page.url).split("/inquiries/")[1].split("?")[0]
        assert second != first and first in page.text
        merged = await browser.follow(await browser.send(f"/inquiries/{second}/merge", into=first))
        assert "The inquiries are merged." in merged.text
        assert f'action="/inquiries/{second}/unmerge"' in merged.text
        apart = await browser.follow(await browser.send(f"/inquiries/{second}/unmerge"))
        assert "apart again" in apart.text
        assert len((await look(client, first))["messages"]) == 1


async def test_acts_that_cannot_be_say_why(sqlite_house: House) -> None:
    async with client_of(sqlite_house) as client, browser_of(sqlite_house) as browser:
        one = await receive(client)
        contact = {"email": "dawid@agro.example"}
        other = await receive(client, "Proszę o cennik okuć.", contact=contact)
        await browser.open(f"/inquiries/{one}")
        for path, fields, status, said in (
            ("split", {"message": "nothing"}, 409, "cannot be split off"),
            ("merge", {"into": "XXXX-XXXX"}, 422, "no inquiry with this reference"),
            ("merge", {"into": other}, 409, "of two customers"),
            ("unmerge", {}, 409, "not merged"),
            ("link", {"to": "XXXX-XXXX"}, 422, "no inquiry with this reference"),
            (f"unlink/{other}", {}, 409, "there is none"),
        ):
            refused = await browser.send(f"/inquiries/{one}/{path}", **fields)
            assert (refused.status_code, said in refused.text) == (status, True), path
        await browser.follow(await browser.send(f"/inquiries/{one}/link", to=other))
        assert (await look(client, one))["links"][0]["reference"] == other
        await browser.follow(await browser.send(f"/inquiries/{one}/unlink/{other}"))
        assert (await look(client, one))["links"] == []


async def test_unknown_inquiry_is_a_page_for_people(sqlite_house: House) -> None:
    async with browser_of(sqlite_house) as browser:
        page = await browser.open("/inquiries/XXXX-XXXX?lang=pl")
        assert page.status_code == 404
        assert "Tu nic nie ma" in page.text


async def bound_browser(house: House, client: httpx.AsyncClient) -> str:
    """A key of Celina, who sees only customer service."""
    body = {
        "id": "celina",
        "name": "Celina",
        "roles": ["agent"],
        "teams": ["customer_service"],
    }
    return str((await client.post("/v1/api-keys", json=body)).json()["key"])


async def test_bound_person_sees_and_changes_only_what_is_theirs(sqlite_house: House) -> None:
    async with client_of(sqlite_house) as client:
        key = await bound_browser(sqlite_house, client)
        service = await receive(client)
        sales = await receive(
            client, "Proszę o ofertę na 40 okien PCV.", contact={"email": "d@agro.example"}
        )
        assert (await look(client, sales))["decision"]["team"] == "sales"
        async with browser_of(sqlite_house, key=key) as browser:
            listed = await browser.open("/inquiries")
            assert service in listed.text and sales not in listed.text
            assert (await browser.open(f"/inquiries/{service}")).status_code == 200
            assert (await browser.client.get(f"/inquiries/{sales}")).status_code == 403
            await _refused_everywhere(browser, service, sales)
        assert len((await look(client, sales))["timeline"]) == 1
        assert (await look(client, service))["links"] == []


async def _refused_everywhere(browser: Browser, service: str, sales: str) -> None:
    for path, fields in (
        (f"/inquiries/{sales}/correct", {"category": "defect"}),
        (f"/inquiries/{sales}/act", {"act": "resolved"}),
        (f"/inquiries/{sales}/merge", {"into": service}),
        (f"/inquiries/{service}/merge", {"into": sales}),
        (f"/inquiries/{service}/link", {"to": sales}),
        (f"/inquiries/{service}/unlink/{sales}", {}),
    ):
        assert (await browser.send(path, **fields)).status_code == 403, path
