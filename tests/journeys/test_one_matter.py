"""A customer's messages are one matter at one desk."""

from typing import Any

import httpx2 as httpx
import pytest

from inquiry_router.house import House

pytestmark = pytest.mark.anyio

JAN = {"name": "Jan Kowalski", "email": "jan@klient.example"}
LEAK = "Pompa kupiona w marcu cieknie i zalewa piwnicę, proszę o serwis"


async def send(client: httpx.AsyncClient, text: str, **more: Any) -> dict[str, Any]:
    body = {"channel": "email", "text": text, "contact": JAN, **more}
    answered = await client.post("/v1/inquiries", json=body)
    assert answered.status_code == 201, answered.text
    found: dict[str, Any] = answered.json()
    return found


async def add(client: httpx.AsyncClient, reference: str, text: str, **more: Any) -> dict[str, Any]:
    body = {"channel": "chat", "text": text, **more}
    answered = await client.post(f"/v1/inquiries/{reference}/messages", json=body)
    assert answered.status_code == 201, answered.text
    found: dict[str, Any] = answered.json()
    return found


async def look_at(client: httpx.AsyncClient, reference: str) -> dict[str, Any]:
    found: dict[str, Any] = (await client.get(f"/v1/inquiries/{reference}")).json()
    return found


async def test_thanks_and_a_price_question_leave_the_complaint_where_it_is(
    client: httpx.AsyncClient,
) -> None:
    leak = await send(client, LEAK)
    assert (leak["decision"]["team"], leak["decision"]["priority"]) == (
        "customer_service",
        "urgent",
    )
    thanks = await add(client, leak["reference"], "Dziękuję, czekam na serwisanta")
    assert (thanks["reference"], thanks["joined"]["change"]) == (leak["reference"], "kept")
    price = await add(client, leak["reference"], "A po ile macie nowe pompy?")
    assert price["joined"]["change"] == "split"
    assert price["decision"]["team"] == "sales"

    after = await look_at(client, leak["reference"])
    assert after["decision"] == leak["decision"]
    assert [one["text"] for one in after["messages"]] == [LEAK, "Dziękuję, czekam na serwisanta"]
    assert [(one["reference"], one["kind"]) for one in after["links"]] == [
        (price["reference"], "split")
    ]
    back = await look_at(client, price["reference"])
    assert [one["reference"] for one in back["links"]] == [leak["reference"]]
    more = await add(client, leak["reference"], "Interesuje mnie zakup dwóch pomp, ile kosztują?")
    assert more["reference"] == price["reference"]  # not a third inquiry


async def test_price_of_the_repair_stays_with_the_complaint(client: httpx.AsyncClient) -> None:
    boiler = await send(client, "Kocioł nie grzeje, proszę o serwis")
    for text in ("Ile potrwa naprawa kotła?", "Ile będzie kosztować naprawa?"):
        asked = await add(client, boiler["reference"], text)
        assert (asked["reference"], asked["joined"]["change"]) == (boiler["reference"], "kept")


async def test_chat_of_eight_messages_is_one_inquiry(client: httpx.AsyncClient) -> None:
    first = await send(client, "Dzień dobry", channel="chat")
    assert (first["status"], first["decision"]["team"]) == ("new", "triage")
    assert "undecided" in first["decision"]["flags"]
    said = [
        "mam pytanie",
        "pralka którą u was kupiłem nie wiruje i wyskakuje błąd E18",
        "kupiona w maju",
        "mam paragon",
        "adres Lipowa 7 m 3",
        "najlepiej po 16",
        "dziękuję",
    ]
    changes = [(await add(client, first["reference"], text))["joined"]["change"] for text in said]
    assert changes == ["kept", "decided", *["kept"] * 5]
    whole = await look_at(client, first["reference"])
    assert (whole["status"], whole["decision"]["team"]) == ("routed", "customer_service")
    assert len(whole["messages"]) == 8
    page = (await client.get("/v1/inquiries")).json()
    assert [one["reference"] for one in page["items"]] == [first["reference"]]
    found = (await client.get("/v1/inquiries", params={"q": "lipowa 7"})).json()
    assert [one["reference"] for one in found["items"]] == [first["reference"]]


async def test_later_danger_raises_the_priority_and_nothing_lowers_it(
    client: httpx.AsyncClient,
) -> None:
    first = await send(client, "Zmywarka nie odpompowuje wody, proszę o naprawę.")
    assert first["decision"]["priority"] == "high"
    raised = await add(client, first["reference"], "teraz iskrzy i dymi się z tyłu!")
    assert raised["joined"]["change"] == "raised"
    assert raised["decision"]["priority"] == "urgent"
    assert raised["decision"]["team"] == first["decision"]["team"]
    calm = await add(client, first["reference"], "nie spieszy się, może być za tydzień")
    assert calm["decision"]["priority"] == "urgent"


async def reply(client: httpx.AsyncClient, number: int, text: str, subject: str) -> dict[str, Any]:
    mail = {"id": f"<{number}@klient.example>", "replies_to": ["<1@klient.example>"]}
    return await send(client, text, subject=f"Re: {subject}", mail=mail)


async def test_hurry_in_the_subject_of_the_opening_raises_only_once(
    client: httpx.AsyncClient,
) -> None:
    subject, mail = "PILNE: gdzie jest paczka", {"id": "<1@klient.example>"}
    first = await send(client, "Zamówienie 4500111 nie dotarło.", subject=subject, mail=mail)
    assert first["decision"]["priority"] == "high"
    later = await reply(client, 2, "Adres dostawy: Lipowa 7, Kraków", subject)
    assert (later["reference"], later["joined"]["change"]) == (first["reference"], "kept")
    assert later["decision"]["priority"] == "high"
    hurry = await reply(client, 3, "Bardzo proszę o pilną odpowiedź!", subject)
    assert (hurry["joined"]["change"], hurry["decision"]["priority"]) == ("raised", "urgent")


async def test_subject_of_the_opening_makes_no_later_message_another_matter(
    client: httpx.AsyncClient,
) -> None:
    subject, mail = "Zapytanie o cenę pompy", {"id": "<1@klient.example>"}
    first = await send(client, LEAK, subject=subject, mail=mail)
    assert first["decision"]["team"] == "customer_service"
    later = await reply(client, 2, "Najlepiej po 16", subject)
    assert (later["reference"], later["joined"]["change"]) == (first["reference"], "kept")
    price = await reply(client, 3, "A po ile macie nowe pompy?", subject)
    assert (price["joined"]["change"], price["decision"]["team"]) == ("split", "sales")


async def test_what_a_thread_says_of_service_never_stands_with_the_offer_split_off_from_it(
    client: httpx.AsyncClient,
) -> None:
    """Each mail names all before it, those of the offer too."""
    said = [
        "Hydrofor HF-99 kupiony w maju nie trzyma ciśnienia, proszę o naprawę.",
        "Poproszę ofertę na dwa nowe HF-120 z dostawą",
        "Kiedy przyjedzie serwisant?",
        "Nadal nie działa, to skandal",
        "Jednak poproszę ofertę na trzy nowe HF-120",
    ]
    got = []
    for number, text in enumerate(said):
        before = [f"<hf{one}@klient.example>" for one in range(number)]
        mail = {"id": f"<hf{number}@klient.example>", "replies_to": before}
        got.append(await send(client, text, subject="Re: Hydrofor", mail=mail))
    service, sales = got[0]["reference"], got[1]["reference"]
    assert [one["reference"] for one in got] == [service, sales, service, service, sales]
    assert [one["decision"]["team"] for one in got[:2]] == ["customer_service", "sales"]


async def test_answer_customer_resolution_and_reopening(client: httpx.AsyncClient) -> None:
    first = await send(client, LEAK)
    act = f"/v1/inquiries/{first['reference']}"
    said = {"who": "Celina"}
    assert (await client.post(f"{act}/answer", json=said)).json()["status"] == (
        "waiting_for_customer"
    )
    listed = (await client.get("/v1/inquiries")).json()["items"]
    # The promise is kept; what the law gives for a consumer's complaint still runs.
    assert listed[0]["due_at"] > first["decision"]["due_at"]
    again = await add(client, first["reference"], "Serwisant był, ale dalej kapie")
    assert again["status"] == "waiting_for_us"
    assert (await client.post(f"{act}/resolution", json=said)).json()["status"] == "resolved"
    assert (await client.post(f"{act}/answer", json=said)).status_code == 409
    thanks = await add(client, first["reference"], "Dziękuję bardzo!")
    assert thanks["status"] == "resolved"
    reopened = await add(client, first["reference"], "Niestety znowu cieknie")
    assert (reopened["status"], reopened["joined"]["change"]) == ("waiting_for_us", "reopened")
    assert reopened["decision"]["team"] == first["decision"]["team"]
    listed = (await client.get("/v1/inquiries")).json()["items"]
    assert [one["due_at"] for one in listed] == [reopened["decision"]["due_at"]]
    assert (await client.post(f"{act}/resolution", json=said)).json()["status"] == "resolved"
    assert (await client.post(f"{act}/reopening", json=said)).json()["status"] == "waiting_for_us"


async def test_person_places_it_and_the_router_never_moves_it_again(
    client: httpx.AsyncClient,
) -> None:
    first = await send(client, "Dzień dobry", channel="chat")
    placed = {"who": "Celina", "team": "customer_service"}
    await client.post(f"/v1/inquiries/{first['reference']}/correction", json=placed)
    after = await add(client, first["reference"], "Chciałbym kupić 40 pomp, proszę o ofertę")
    whole = await look_at(client, first["reference"])
    assert whole["decision"]["team"] == "customer_service"
    assert after["joined"]["change"] in ("kept", "split")


async def test_mail_and_form_with_the_same_words_are_one_inquiry(
    client: httpx.AsyncClient,
) -> None:
    mail = await send(client, LEAK, source={"system": "zammad", "id": "1"})
    form = await send(client, LEAK + "!", channel="form", source={"system": "www", "id": "77"})
    assert form["reference"] == mail["reference"]
    assert form["joined"]["sign"] == "the same person and nearly the same words"
    other = await send(client, LEAK, contact={"email": "ewa@inna.example"})
    assert other["reference"] != mail["reference"]


async def test_reply_and_copy_of_a_mail_join_their_inquiry(client: httpx.AsyncClient) -> None:
    first = await send(client, LEAK, subject="Pompa", mail={"id": "<1@klient.example>"})
    reply = await send(
        client,
        "Adres: Lipowa 7",
        contact={"email": "zona@klient.example"},
        mail={"id": "<2@klient.example>", "replies_to": ["<1@klient.example>"]},
    )
    assert (reply["reference"], reply["joined"]["sign"]) == (
        first["reference"],
        "a reply to a mail of it",
    )
    copy = await send(client, LEAK, subject="Pompa", mail={"id": "<1@klient.example>"})
    assert copy["reference"] == first["reference"]
    assert copy["joined"]["reasons"] == ["it is a copy of a mail that came before"]


async def test_message_after_two_weeks_is_a_new_inquiry_that_continues(
    house: House, client: httpx.AsyncClient
) -> None:
    first = await send(client, LEAK, mail={"id": "<1@klient.example>"})
    await client.post(f"/v1/inquiries/{first['id']}/resolution", json={"who": "Celina"})
    await house.database.write(
        lambda connection: connection.exec_driver_sql(
            "UPDATE inquiries SET resolved_at = '2026-10-01 10:00:00'"
        )
    )
    reply = {"id": "<2@klient.example>", "replies_to": ["<1@klient.example>"]}
    later = await send(client, "Znowu cieknie", mail=reply)
    assert later["joined"] is None and later["reference"] != first["reference"]
    whole = await look_at(client, later["reference"])
    assert [(one["reference"], one["kind"]) for one in whole["links"]] == [
        (first["reference"], "continues")
    ]


async def test_merge_split_and_link_by_hand_and_back(client: httpx.AsyncClient) -> None:
    first = await send(client, LEAK)
    second = await send(client, "Faktura FV/2026/118 ma zły NIP, proszę o korektę")
    stranger = await send(client, LEAK, contact={"name": "Ewa Wilk", "email": "ewa@inna.example"})
    path = f"/v1/inquiries/{second['reference']}"
    into = {"into": first["reference"], "who": "Celina"}
    itself = await client.post(f"/v1/inquiries/{first['id']}/merge", json=into)
    assert itself.status_code == 409
    foreign = await client.post(f"/v1/inquiries/{stranger['id']}/merge", json=into)
    assert (foreign.status_code, "two customers" in foreign.json()["detail"]) == (409, True)

    merged = (await client.post(f"{path}/merge", json=into)).json()
    assert merged["reference"] == first["reference"]
    assert (await look_at(client, second["reference"]))["reference"] == first["reference"]
    circle = {"into": second["reference"], "who": "Celina"}
    assert (await client.post(f"/v1/inquiries/{first['id']}/merge", json=circle)).status_code == 409
    listed = (await client.get("/v1/inquiries")).json()["items"]
    assert second["reference"] not in [one["reference"] for one in listed]
    found = (await client.get("/v1/inquiries", params={"q": "korekt"})).json()["items"]
    assert [one["reference"] for one in found] == [first["reference"]]

    undone = await client.delete(f"{path}/merge", params={"who": "Celina"})
    assert undone.json()["reference"] == second["reference"]
    whole = await look_at(client, first["reference"])
    assert [one["text"] for one in whole["messages"]] == [LEAK]

    added = await add(client, first["reference"], "Proszę też o kopię faktury FV/2026/118")
    message = added["joined"]["message"]
    split = await client.post(
        f"/v1/inquiries/{first['id']}/split", json={"message": message, "who": "Celina"}
    )
    assert split.status_code == 200, split.text
    assert split.json()["reference"] != first["reference"]
    back = {"into": first["reference"], "who": "Celina"}
    await client.post(f"/v1/inquiries/{split.json()['id']}/merge", json=back)
    assert len((await look_at(client, first["reference"]))["messages"]) == 2

    linked = {"to": stranger["reference"], "who": "Celina", "why": "ten sam budynek"}
    await client.post(f"{path}/links", json=linked)
    whole = await look_at(client, second["reference"])
    assert [one["why"] for one in whole["links"]] == ["Celina: ten sam budynek"]
    gone = await client.delete(f"{path}/links/{stranger['reference']}", params={"who": "Celina"})
    assert gone.status_code == 200
    assert (await look_at(client, second["reference"]))["links"] == []
