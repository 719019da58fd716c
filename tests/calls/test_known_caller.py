"""Known callers are greeted in their language and come back to their inquiry by its reference."""

from typing import Any

import httpx2 as httpx
import pytest

from inquiry_router.phone import dictation
from tests.calls.conftest import Ring
from tests.calls.test_service import (
    BROKEN,
    BUY,
    FREE,
    events,
    inquiries,
    let_escalate_to,
    unanswered,
)
from tests.phone.people import ANNA, BARTEK, CELINA

pytestmark = pytest.mark.anyio
DAWID = "+48602222222"


async def write(phone: httpx.AsyncClient, text: str, **contact: str) -> dict[str, Any]:
    """Make an inquiry by another channel, from a customer with Anna's number."""
    made = await phone.post(
        "/v1/inquiries",
        json={"channel": "form", "text": text, "contact": {"phone": ANNA, **contact}},
    )
    assert made.status_code == 201, made.text
    return dict(made.json())


def spoken(reference: str, language: str, which: int) -> str:
    """Dictate a reference by the names of its letters (0) or by a spelling alphabet (-1)."""
    letters, digits = dictation.LETTERS[language], dictation.DIGITS[language].split()
    characters = reference.replace("-", "")
    return " ".join(
        digits[int(one)] if one.isdigit() else letters[one].split()[which] for one in characters
    )


def keyed(reference: str) -> str:
    """Type a reference on a telephone's keypad."""
    return reference.translate(dictation.KEYPAD)


async def test_caller_is_greeted_in_the_language_of_the_last_call(
    phone: httpx.AsyncClient, ring: Ring
) -> None:
    await ring(call_id="call-1")
    assert (await ring(call_id="call-1", step="1", digits="8"))["language"] == "en"
    await ring(
        call_id="call-1",
        step="2",
        speech="good morning the pump that I bought from you is leaking and does not work",
    )
    await ring(call_id="call-1", step="3", ended=True)
    greeted = await ring(call_id="call-2")
    assert (
        greeted["language"] == "en"
        and greeted["say"].startswith("Hello. ")
        and "press 4" in greeted["say"]
    )
    assert (await ring(call_id="call-3", **{"from": DAWID}))["language"] == "pl"


async def test_caller_is_greeted_in_the_language_of_a_written_inquiry(
    phone: httpx.AsyncClient, ring: Ring
) -> None:
    text = (
        "Guten Tag, die Pumpe, die wir bei Ihnen gekauft haben, ist undicht und pumpt kein Wasser "
        "mehr."
    )
    await write(phone, text, name="Anna Nowak", email="anna@kunde.example")
    assert (await ring())["language"] == "de"


async def test_shared_number_identifies_no_caller(phone: httpx.AsyncClient, ring: Ring) -> None:
    text = "Good morning, the pump that we bought from you is leaking and does not pump any water."
    mine = await write(phone, text, name="Anna Nowak", email="anna@klient.example")
    assert (await ring(call_id="call-1"))["language"] == "en"
    await write(
        phone, text.replace("pump", "valve"), name="Marek Wilk", email="marek@klient.example"
    )
    greeted = await ring(call_id="call-2")
    assert greeted["language"] == "pl" and "proszę nacisnąć 4" not in greeted["say"]
    asked = await ring(call_id="call-2", step="1", digits="4")
    assert (asked["action"], asked["keys"], asked["reference"]) == ("ask", 8, None)
    resumed = await ring(call_id="call-2", step="2", digits=keyed(mine["reference"]))
    assert (resumed["action"], resumed["reference"], resumed["number"]) == (
        "transfer",
        mine["reference"],
        CELINA,
    )
    assert len(await inquiries(phone)) == 2


async def test_mail_and_calls_of_a_customer_are_one_history(
    phone: httpx.AsyncClient, ring: Ring
) -> None:
    mine = await write(phone, BROKEN, name="Anna Nowak", email="anna@klient.example")
    greeted = await ring()
    assert "proszę nacisnąć 4" in greeted["say"]
    assert (await ring(step="1", digits="4"))["reference"] == mine["reference"]
    assert len(await inquiries(phone)) == 1


async def two_open(ring: Ring) -> tuple[str, str]:
    """Open two inquiries of Anna: a broken pump and a purchase."""
    broken, purchase = (
        await unanswered(ring, "call-1", speech=BROKEN),
        await unanswered(ring, "call-2", speech=BUY),
    )
    assert broken["reference"] != purchase["reference"]
    return broken["reference"], purchase["reference"]


async def test_caller_with_two_open_inquiries_types_the_reference(
    phone: httpx.AsyncClient, ring: Ring
) -> None:
    broken, purchase = await two_open(ring)
    for call_id, reference, number in (("call-3", broken, CELINA), ("call-4", purchase, BARTEK)):
        await ring(call_id=call_id)
        assert (await ring(call_id=call_id, step="1", digits="4"))["keys"] == 8
        resumed = await ring(call_id=call_id, step="2", digits=f"{keyed(reference)}#")
        assert (resumed["reference"], resumed["number"]) == (reference, number)
        assert [kind for kind, _ in await events(phone, reference)].count("called") == 2
    assert len(await inquiries(phone)) == 2


async def test_reference_of_another_customer_leads_to_a_person_and_reveals_nothing(
    phone: httpx.AsyncClient, ring: Ring
) -> None:
    await two_open(ring)
    await ring(call_id="call-3")
    await ring(call_id="call-3", step="1", digits="4")
    person = await ring(call_id="call-3", step="2", digits="22222222")
    assert (person["action"], person["team"], person["number"]) == ("transfer", "triage", CELINA)


@pytest.mark.parametrize("which", [0, -1], ids=["letters", "words"])
@pytest.mark.parametrize(
    ("language", "key", "begin"),
    [
        ("pl", None, "chodzi o numer"),
        ("en", "8", "my reference is"),
        ("de", "9", "meine Nummer ist"),
    ],
)
async def test_dictated_reference_is_understood(
    phone: httpx.AsyncClient, ring: Ring, language: str, key: str | None, begin: str, which: int
) -> None:
    broken, purchase = await two_open(ring)
    step = (await ring(call_id="call-3"))["step"]
    if key is not None:
        chosen = await ring(call_id="call-3", step=step, digits=key)
        assert chosen["language"] == language
        step = chosen["step"]
    asked = await ring(call_id="call-3", step=step, digits="4")
    resumed = await ring(
        call_id="call-3", step=asked["step"], speech=f"{begin} {spoken(broken, language, which)}"
    )
    assert (resumed["action"], resumed["reference"], resumed["number"]) == (
        "transfer",
        broken,
        CELINA,
    )
    assert [kind for kind, _ in await events(phone, broken)].count("called") == 2
    assert [kind for kind, _ in await events(phone, purchase)].count("called") == 1
    assert len(await inquiries(phone)) == 2


async def test_inquiry_is_continued_from_another_telephone(
    phone: httpx.AsyncClient, ring: Ring
) -> None:
    first = await unanswered(ring, "call-1", speech=BROKEN)
    other = {"from": DAWID}
    await ring(call_id="call-2", **other)
    said = f"chodzi o numer {spoken(first['reference'], 'pl', -1)}"
    resumed = await ring(call_id="call-2", step="1", speech=said, **other)
    assert (resumed["reference"], resumed["number"]) == (first["reference"], CELINA)
    assert len(await inquiries(phone)) == 1
    assert [
        details["attempt"]
        for kind, details in await events(phone, first["reference"])
        if kind == "called"
    ] == [1, 2]


async def test_resolved_inquiry_is_not_offered_and_reopened_by_its_reference(
    phone: httpx.AsyncClient, ring: Ring
) -> None:
    first = await unanswered(ring, "call-1", speech=BROKEN)
    done = await phone.post(
        f"/v1/inquiries/{first['reference']}/resolution", json={"who": "Celina"}
    )
    assert done.status_code == 200, done.text
    assert "proszę nacisnąć 4" not in (await ring(call_id="call-2"))["say"]
    again = await ring(
        call_id="call-2", step="1", speech=f"chodzi o numer {spoken(first['reference'], 'pl', -1)}"
    )
    assert (again["reference"], again["number"]) == (first["reference"], CELINA)
    whole = (await phone.get(f"/v1/inquiries/{first['reference']}")).json()
    assert whole["status"] == "waiting_for_us"


async def test_reference_in_untrusted_words_is_ignored(
    phone: httpx.AsyncClient, ring: Ring
) -> None:
    """Otherwise a misheard caller would reach the team of another customer's inquiry."""
    await let_escalate_to(phone, FREE)
    first = await unanswered(ring, "call-1", speech=BROKEN)
    for number in (2, 3):
        await unanswered(ring, f"call-{number}", digits="0")
    words = {
        "speech": f"chodzi o numer {spoken(first['reference'], 'pl', -1)}",
        "speech_confidence": 0.05,
    }
    stranger = {"call_id": "call-9", "from": DAWID}
    await ring(**stranger)
    asked = await ring(**stranger, step="1", **words)
    assert asked["action"] == "ask"
    put_through = await ring(**stranger, step="2", **words)
    assert (put_through["action"], put_through["number"]) == ("transfer", CELINA)
    assert put_through["reference"] != first["reference"]
