"""Reasons in the language of the reader, over HTTP."""

import httpx2 as httpx
import pytest

pytestmark = pytest.mark.anyio

GAS = {"channel": "email", "text": "Od rana w kotłowni czuć gaz, proszę o pilny przyjazd serwisu."}


async def reasons(client: httpx.AsyncClient, address: str, **headers: str) -> list[str]:
    answer = await client.get(address, headers=headers)
    assert answer.status_code == 200, answer.text
    found: list[str] = answer.json()["decision"]["reasons"]
    return found


async def test_reasons_are_in_the_language_that_the_reader_asks_for(
    client: httpx.AsyncClient,
) -> None:
    made = await client.post("/v1/inquiries", json=GAS, headers={"accept-language": "pl-PL,en"})
    assert made.headers["content-language"] == "pl"
    assert any("czuć gaz" in one and "reguła" in one for one in made.json()["decision"]["reasons"])
    here = f"/v1/inquiries/{made.json()['id']}"
    english = await reasons(client, here)
    assert any(one.startswith("rule 'danger' applies") for one in english)
    polish = await reasons(client, f"{here}?lang=pl")
    assert polish == made.json()["decision"]["reasons"]
    (rule,) = [one for one in polish if "reguła" in one]
    assert rule.startswith("pasuje reguła „danger”: w treści jest: niebezpieczeństwo; nie: ")
    assert rule.endswith("(w treści: „czuć gaz”)")
    assert any("obsługa klienta" in one for one in polish)
    german = await reasons(client, here, **{"accept-language": "fr, de;q=0.8"})
    assert any(one.startswith("die Regel „danger“ passt") for one in german)
    assert await reasons(client, f"{here}?lang=en", **{"accept-language": "pl"}) == english
    story = (await client.get(f"{here}?lang=pl")).json()["timeline"]
    assert story[0]["details"]["decision"]["reasons"] == polish


async def test_trial_speaks_too_and_an_unknown_language_is_refused(
    client: httpx.AsyncClient,
) -> None:
    tried = await client.post("/v1/classify?lang=de", json=GAS)
    assert tried.json()["decision"]["reasons"][0].startswith("sieht aus wie")
    refused = await client.post("/v1/classify?lang=fr", json=GAS)
    assert refused.status_code == 422 and "'de'" in refused.text


async def test_later_message_says_why_in_the_language_of_the_reader(
    client: httpx.AsyncClient,
) -> None:
    made = (await client.post("/v1/inquiries", json=GAS)).json()
    here = f"/v1/inquiries/{made['id']}/messages"
    thanks = {"channel": "email", "text": "Dziękuję bardzo!"}
    said = (await client.post(f"{here}?lang=pl", json=thanks)).json()
    assert said["joined"]["reasons"] == ["to tylko podziękowanie"]
