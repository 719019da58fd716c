"""The pages of the policy: the table, trials, publishing, comparing and going back."""

import html
import re

import httpx2 as httpx
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from inquiry_router.access.roles import Role
from inquiry_router.house import House
from inquiry_router.pages.policy_view import UnreadablePolicy, compare, read_policy, write_policy
from tests.conftest import client_of
from tests.pages.browser import Browser, browser_of
from tests.pages.test_inquiry import receive

pytestmark = pytest.mark.anyio


def text_on(page: httpx.Response) -> str:
    found = re.search(r'<textarea class="code"[^>]*>(.*?)</textarea>', page.text, re.DOTALL)
    assert found is not None
    return html.unescape(found[1])


async def draft_of(browser: Browser, **changes: object) -> dict[str, str]:
    """The form of the draft, with changes to its first rule about defects."""
    page = await browser.open("/policy/draft")
    policy = yaml.safe_load(text_on(page))
    rule = next(one for one in policy["rules"] if one["id"] == "defects")
    rule["then"].update(changes)
    return {"policy": yaml.safe_dump(policy, allow_unicode=True), **versions_on(page)}


def versions_on(page: httpx.Response) -> dict[str, str]:
    found = re.findall(r'name="(version|based_on)" value="(\d+)"', page.text)
    return dict(found[:2])


async def test_rules_are_a_table_in_the_language_of_the_reader(sqlite_house: House) -> None:
    async with browser_of(sqlite_house, Role.MANAGER) as browser:
        for language, words in {
            "pl": (
                "kategoria: reklamacja",
                "wysoki",
                "w ciągu 4 godzin roboczych",
                "w każdym innym",
            ),
            "en": ("category is defect", "high", "in 4 working hours", "in every other"),
            "de": ("Kategorie: Reklamation", "hoch", "innerhalb von 4 Stunden", "in jedem anderen"),
        }.items():
            page = await browser.open(f"/policy?lang={language}")
            assert page.status_code == 200
            for word in words:
                assert word in page.text, (language, word)
            assert 'id="rule-defects"' in page.text
            assert "/policy/draft" not in page.text  # managers read only


async def test_text_is_tried_and_not_stored(sqlite_house: House) -> None:
    async with client_of(sqlite_house) as client, browser_of(sqlite_house) as browser:
        await browser.open("/policy")
        tried = await browser.send("/policy/trial", text="Pompa cieknie, proszę o naprawę.")
        assert tried.status_code == 200
        assert "Nothing is stored" in tried.text and "<code>defects</code>" in tried.text
        assert (await browser.send("/policy/trial", text=" ")).status_code == 422
        assert (await client.get("/v1/inquiries")).json()["items"] == []


async def test_draft_is_tried_published_compared_and_taken_back(sqlite_house: House) -> None:
    async with client_of(sqlite_house) as client, browser_of(sqlite_house) as browser:
        reference = await receive(client)
        draft = await draft_of(browser, team="triage")
        tried = await browser.send("/policy/draft/trial", **draft)
        draft |= versions_on(tried)
        assert "1 inquiry would be decided differently" in tried.text and reference in tried.text
        assert (await client.get("/v1/policy")).json()["version"] == 1
        done = await browser.follow(
            await browser.send("/policy/draft", note="Triage sees defects", **draft)
        )
        assert "Published." in done.text and "Triage sees defects" in done.text
        said = html.unescape(done.text)
        assert "<li>rule 'defects': team customer_service -> triage</li>" in said
        lines = re.findall(r'<span class="(added|removed)">(.*?)</span>', done.text)
        assert ("added", "+     team: triage") in lines
        assert ("removed", "−     team: customer_service") in lines
        policy = (await client.get("/v1/policy")).json()
        assert policy["version"] == 2
        assert policy["rules"][1]["then"]["team"] == "triage"
        back = await browser.open("/policy/draft?from=1")
        assert "rules of version 1" in back.text
        form = {"policy": text_on(back), **versions_on(back)}
        await browser.follow(await browser.send("/policy/draft", **form))
        policy = (await client.get("/v1/policy")).json()
        assert (policy["version"], policy["rules"][1]["then"]["team"]) == (3, "customer_service")
        assert "no difference" in (await browser.open("/policy/changes/3?with=1")).text


async def test_draft_is_tried_on_the_whole_week(sqlite_house: House) -> None:
    async with client_of(sqlite_house) as client, browser_of(sqlite_house) as browser:
        reference = await receive(client)
        page = await browser.follow(
            await browser.send("/policy/replays", **await draft_of(browser, team="triage"))
        )
        assert "The draft on the inquiries of a week" in page.text
        while 'http-equiv="refresh"' in page.text:
            await sqlite_house.replayer.work_once()
            page = await browser.open(str(page.url))
        assert "All inquiries were tried: 1." in page.text and reference in page.text
        assert "<strong>1</strong><span>would be decided differently" in page.text
        form = {"policy": text_on(page), **versions_on(page)}
        await browser.follow(await browser.send("/policy/draft", **form))
        policy = (await client.get("/v1/policy")).json()
        assert policy["rules"][1]["then"]["team"] == "triage"
        refused = await browser.send("/policy/replays", policy="rules: [", version="0")
        assert refused.status_code == 422
        assert (await browser.open("/policy/replays/nothing")).status_code == 404


async def test_draft_that_breaks_a_golden_sentence_is_refused_with_the_reason(
    sqlite_house: House,
) -> None:
    sentence = {
        "id": "pump",
        "text": "Pompa cieknie, proszę o naprawę.",
        "expect": {"team": "customer_service"},
    }
    async with client_of(sqlite_house) as client, browser_of(sqlite_house) as browser:
        body, headers = {"golden": [sentence]}, {"if-match": "*"}
        assert (await client.put("/v1/policy/golden", json=body, headers=headers)).status_code < 300
        await browser.open("/policy?lang=pl")
        draft = await draft_of(browser, team="triage")
        refused = await browser.send("/policy/draft", **draft)
        assert refused.status_code == 422
        assert "pump: zespół miał być „customer_service”, a jest „triage”" in refused.text
        assert (await client.get("/v1/policy")).json()["version"] == 1


async def test_overtaken_draft_is_kept_and_not_published(sqlite_house: House) -> None:
    async with client_of(sqlite_house) as client, browser_of(sqlite_house) as browser:
        draft = await draft_of(browser, priority="low")
        await browser.send("/policy/draft", **await draft_of(browser, priority="urgent"))
        refused = await browser.send("/policy/draft", **draft)
        assert refused.status_code == 412
        assert "Version 2 was published meanwhile" in refused.text
        assert yaml.safe_load(text_on(refused)) == yaml.safe_load(draft["policy"])
        assert (await client.get("/v1/policy")).json()["rules"][1]["then"]["priority"] == "urgent"


async def test_draft_is_that_of_the_api_and_two_admins_lose_nothing(sqlite_house: House) -> None:
    async with client_of(sqlite_house) as client, browser_of(sqlite_house) as browser:
        first, second = [await draft_of(browser, priority=one) for one in ("low", "urgent")]
        saved = await browser.follow(await browser.send("/policy/draft/saving", note="A", **first))
        assert "The draft is saved" in saved.text and "Draft saved by" in saved.text
        stored = (await client.get("/v1/policy/draft")).json()
        assert stored["policy"]["rules"][1]["then"]["priority"] == "low"
        assert (stored["version"], stored["note"]) == (1, "A") and stored["actor"] in saved.text
        # The second admin opened the page before, and is told; both texts are on the page.
        for path in ("saving", "trial", "dropping"):
            refused = await browser.send(f"/policy/draft/{path}", **second)
            assert refused.status_code == 412 and "Nothing is lost" in refused.text
            assert "priority: low" in refused.text.split("</textarea>")[1]
        refused = await browser.send("/policy/draft", **second)
        assert yaml.safe_load(text_on(refused)) == yaml.safe_load(second["policy"])
        done = {"policy": text_on(refused), **versions_on(refused)}
        await browser.follow(await browser.send("/policy/draft/saving", **done))
        stored = (await client.get("/v1/policy/draft")).json()
        assert stored["policy"]["rules"][1]["then"]["priority"] == "urgent"
        # One that is written by API is on the page, and is published from there.
        policy = {**stored["policy"], "note": "by API"}
        policy["rules"][1]["then"]["priority"] = "normal"
        written = await client.put("/v1/policy/draft", json=policy, headers={"if-match": '"2"'})
        assert written.status_code == 200, written.text
        form = await draft_of(browser)
        assert form["version"] == "3" and "priority: normal" in form["policy"]
        await browser.follow(await browser.send("/policy/draft", note="by API", **form))
        assert (await client.get("/v1/policy")).json()["rules"][1]["then"]["priority"] == "normal"
        assert (await client.get("/v1/policy/draft")).status_code == 404
        await browser.send("/policy/draft/saving", **await draft_of(browser))
        dropped = await browser.follow(await browser.send("/policy/draft/dropping", version="5"))
        assert "thrown away" in dropped.text
        assert (await client.get("/v1/policy/draft")).status_code == 404


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("rules: [", "line 1, column"),
        ("rules: []", "default: is missing"),
        ("[]", "must be an object"),
        ("rules: []\ndefault: {team: nobody, priority: low}", "there is no team"),
    ],
)
async def test_wrong_draft_says_what_to_mend(sqlite_house: House, written: str, said: str) -> None:
    async with client_of(sqlite_house) as client, browser_of(sqlite_house) as browser:
        await browser.open("/policy/draft")
        for path in ("/policy/draft/trial", "/policy/draft"):
            sent = {"policy": written, **versions_on(await browser.open("/policy/draft"))}
            refused = await browser.send(path, **sent)
            assert refused.status_code == 422 and said in html.unescape(refused.text)
        assert (await client.get("/v1/policy")).json()["version"] == 1


async def test_unknown_versions_are_not_found(sqlite_house: House) -> None:
    async with browser_of(sqlite_house) as browser:
        for path in ("changes/7", "changes/x", "changes/0", "changes/1?with=9", "draft?from=5"):
            assert (await browser.open(f"/policy/{path}")).status_code == 404, path


lines = st.lists(st.sampled_from(["a", "b", "c", "  d: 1"]), max_size=12)


@given(lines, lines)
def test_comparison_has_every_line_that_differs(before: list[str], after: list[str]) -> None:
    found = compare("\n".join(before), "\n".join(after))
    assert bool(found) == (before != after)
    added = sum(line.kind == "added" for line in found)
    removed = sum(line.kind == "removed" for line in found)
    assert added - removed == len(after) - len(before)


def test_written_policy_is_read_as_the_same() -> None:
    policy = read_policy("rules: []\ndefault: {team: triage, priority: low}\n")
    assert read_policy(write_policy(policy)) == policy
    assert write_policy(policy.model_dump(mode="json")) == write_policy(policy)
    with pytest.raises(UnreadablePolicy):
        read_policy("!!python/object:os.system {}")
