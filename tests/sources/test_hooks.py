"""Webhooks are authenticated, read, stored before the answer, and recognised when repeated."""

import json
from collections.abc import AsyncIterator
from random import Random
from typing import Any

import httpx2 as httpx
import pytest
from starlette.requests import ClientDisconnect, Request

from inquiry_router.api.doors import hooks
from inquiry_router.house import House
from inquiry_router.inquiry.errors import Overloaded, Unavailable
from inquiry_router.process.clock import utc_now
from inquiry_router.providers.kit.signatures import hmac_hex
from tests.conftest import client_of
from tests.providers.toy import ToySource
from tests.sources.conftest import Add
from tests.switched_model import SwitchedModel

pytestmark = pytest.mark.anyio

TICKET = {
    "id": "48213",
    "subject": "Pompa stoi",
    "text": "Pompa CX-20 cieknie, proszę o naprawę.",
    "from": "Anna@Klient.example",
}


async def send(house: House, url: str, body: Any, **headers: str) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    async with client_of(house, None) as vendor:
        return await vendor.post(
            url.removeprefix("http://router.test"), content=content, headers=headers
        )


async def whole(client: httpx.AsyncClient, reference: str) -> dict[str, Any]:
    return dict((await client.get(f"/v1/inquiries/{reference}")).json())


async def test_ticket_becomes_an_inquiry_of_its_source(
    house: House, client: httpx.AsyncClient, add: Add
) -> None:
    made = await add()
    steps = {language: steps[1:] for language, steps in made["setup"].items()}  # after the warning
    assert steps == {"pl": [f"Wklej {made['url']}."], "en": [f"Paste {made['url']}."]}
    answered = await send(house, made["url"], TICKET)
    assert (answered.status_code, answered.json()["status"]) == (200, "accepted")
    inquiry = await whole(client, answered.json()["reference"])
    assert inquiry["source"] == {"system": "desk", "id": "48213", "url": None}
    assert inquiry["decision"]["team"] == "customer_service"
    assert inquiry["contact"]["email"] == "anna@klient.example"
    assert inquiry["passage"] is None


async def test_ticket_is_accepted_while_the_classifier_is_late(
    house: House, client: httpx.AsyncClient, add: Add
) -> None:
    url = (await add())["url"]
    model = house.classifier._model = SwitchedModel()
    answered = await send(house, url, TICKET)
    assert (answered.status_code, answered.json()["status"]) == (200, "accepted")
    reference = answered.json()["reference"]
    assert (await whole(client, reference))["status"] == "new"
    assert (await send(house, url, TICKET)).json()["status"] == "duplicate"
    model.answers = True
    await house.late.decide_all()
    assert (await whole(client, reference))["decision"]["team"] == "customer_service"


async def test_unreadable_request_is_stored_raw_and_recognised_again(
    house: House, client: httpx.AsyncClient, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = (await add())["url"]

    def fail(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr(ToySource, "read", fail)
    answered = await send(house, url, TICKET)
    assert (answered.status_code, answered.json()["status"]) == (200, "accepted")
    inquiry = await whole(client, answered.json()["reference"])
    assert (inquiry["decision"]["team"], inquiry["decision"]["flags"]) == ("triage", ["unread"])
    assert json.loads(inquiry["text"]) == TICKET
    assert (await send(house, url, TICKET)).json()["status"] == "duplicate"
    assert (await send(house, url.replace("token=", "token=x"), TICKET)).status_code == 401


async def test_ticket_with_unreadable_text_is_stored_as_it_came(
    house: House, client: httpx.AsyncClient, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = (await add())["url"]

    def fail(*_: object) -> None:
        raise TimeoutError

    monkeypatch.setattr("inquiry_router.sources.service.make_draft", fail)
    answered = await send(house, url, TICKET)
    inquiry = await whole(client, answered.json()["reference"])
    assert (inquiry["text"], inquiry["decision"]["flags"]) == (TICKET["text"], ["unread"])
    assert inquiry["source"] == {"system": "desk", "id": "48213", "url": None}
    assert (await send(house, url, TICKET)).json()["status"] == "duplicate"


async def test_trailing_slash_is_accepted_without_a_redirect(house: House, add: Add) -> None:
    url, _, token = (await add())["url"].partition("?")
    assert (await send(house, f"{url}/?{token}", TICKET)).json()["status"] == "accepted"
    assert (await send(house, f"{url}?{token}", TICKET)).json()["status"] == "duplicate"


@pytest.mark.parametrize("header", ["x-router-token", "authorization"])
async def test_token_may_come_in_a_header(house: House, add: Add, header: str) -> None:
    made = await add()
    value = made["token"] if header == "x-router-token" else f"Bearer {made['token']}"
    assert (await send(house, "/v1/hooks/desk", TICKET, **{header: value})).json()[
        "status"
    ] == "accepted"


async def test_unauthenticated_request_is_refused_and_not_stored(
    house: House, client: httpx.AsyncClient, add: Add
) -> None:
    await add()
    for url in ("/v1/hooks/desk", "/v1/hooks/desk?token=", "/v1/hooks/desk?token=wrong"):
        refused = await send(house, url, TICKET)
        assert (refused.status_code, refused.json()["code"]) == (401, "not_proven")
    assert (await client.get("/v1/inquiries")).json()["items"] == []


async def test_both_secrets_are_valid_during_a_rotation(
    house: House, client: httpx.AsyncClient, add: Add
) -> None:
    await add(secret="old")
    entry = {"name": "Desk", "kind": "toy"}
    changed = await client.put(
        "/v1/sources/desk", json={**entry, "secret": "new"}, headers={"If-Match": '"1"'}
    )
    assert (changed.json()["signed"], changed.json()["rotating"]) == (True, True)

    async def signed(secret: str, ticket_id: str) -> int:
        body = json.dumps({**TICKET, "id": ticket_id}).encode()
        return (
            await send(house, "/v1/hooks/desk", body, **{"x-toy-signature": hmac_hex(secret, body)})
        ).status_code

    assert [await signed("old", "1"), await signed("new", "2"), await signed("other", "3")] == [
        200,
        200,
        401,
    ]
    ended = await client.put(
        "/v1/sources/desk", json={**entry, "end_rotation": True}, headers={"If-Match": '"2"'}
    )
    assert not ended.json()["rotating"]
    assert [await signed("old", "4"), await signed("new", "5")] == [401, 200]


async def test_signature_is_required_where_a_secret_is_set(
    house: House, client: httpx.AsyncClient, add: Add
) -> None:
    token = (await add())["token"]
    entry = {"name": "Desk", "kind": "toy", "secret": "s"}
    await client.put("/v1/sources/desk", json=entry, headers={"If-Match": '"1"'})
    assert (await send(house, f"/v1/hooks/desk?token={token}", TICKET)).status_code == 401


async def test_old_signature_is_refused(house: House, add: Add) -> None:
    await add(secret="s")
    body = json.dumps(TICKET).encode()
    now = int(utc_now().timestamp())
    for age, status in ((0, 200), (240, 200), (302, 401), (-330, 401)):
        headers = {"x-toy-signature": hmac_hex("s", body), "x-toy-time": str(now - age)}
        assert (await send(house, "/v1/hooks/desk", body, **headers)).status_code == status, age


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"{", "not JSON"),
        (b"[]", "no object"),
        (b'{"text":"x"}', "no 'id'"),
        (b"\xff", "not JSON"),
        (b"", "not JSON"),
    ],
)
async def test_unreadable_request_tells_the_admin_what_to_change(
    house: House, add: Add, body: bytes, says: str
) -> None:
    answered = await send(house, (await add())["url"], body)
    assert (answered.status_code, answered.json()["code"]) == (400, "unreadable_event")
    assert says in answered.json()["detail"]


async def test_irrelevant_event_is_ignored_with_the_reason(
    house: House, client: httpx.AsyncClient, add: Add
) -> None:
    answered = await send(house, (await add())["url"], {"event": "note"})
    assert answered.json() == {
        "status": "ignored",
        "reference": None,
        "reason": "it is a note",
        "events": 1,
    }
    assert (await client.get("/v1/inquiries")).json()["items"] == []


async def test_changed_ticket_is_received_once(house: House, add: Add) -> None:
    url = (await add())["url"]
    first = (await send(house, url, TICKET)).json()
    again = (
        await send(house, url, {**TICKET, "subject": "Pompa dalej stoi", "delivery": "d2"})
    ).json()
    assert (again["status"], again["reference"]) == ("duplicate", first["reference"])


@pytest.mark.parametrize("event", ["new", "thin"])
async def test_ticket_with_any_id_is_received_once(house: House, add: Add, event: str) -> None:
    random = Random(20261121)
    odd = "\x00\ud800ż" + "".join(chr(random.randrange(0x20, 0x2FFF)) for _ in range(20_000))
    url = (await add())["url"]
    sent = {**TICKET, "id": odd, "delivery": odd, "message": odd, "event": event}
    assert (await send(house, url, sent)).json()["status"] in ("accepted", "stored")
    assert (await send(house, url, sent)).json()["status"] == "duplicate"
    assert (
        await send(house, url, {**sent, "id": f"{odd}7", "delivery": "7", "message": "7"})
    ).json()["status"] != "duplicate"


async def test_later_message_of_a_ticket_joins_its_inquiry(
    house: House, client: httpx.AsyncClient, add: Add
) -> None:
    url = (await add())["url"]
    first = (await send(house, url, TICKET)).json()["reference"]
    reply = {**TICKET, "message": "7", "text": "Adres: ul. Lipowa 7, drugie piętro."}
    answered = (await send(house, url, reply)).json()
    assert (answered["status"], answered["reference"]) == ("joined", first)
    inquiry = await whole(client, first)
    assert [one["text"] for one in inquiry["messages"]] == [TICKET["text"], reply["text"]]
    assert (await send(house, url, reply)).json() == {**answered, "status": "duplicate"}


async def test_later_message_about_another_matter_is_a_linked_inquiry(
    house: House, client: httpx.AsyncClient, add: Add
) -> None:
    url = (await add())["url"]
    first = (await send(house, url, TICKET)).json()["reference"]
    price = {**TICKET, "message": "7", "text": "Proszę jeszcze o wycenę 40 sztuk pompy CX-20."}
    second = (await send(house, url, price)).json()["reference"]
    assert second != first
    inquiry = await whole(client, second)
    assert inquiry["classification"]["category"] == "new_purchase"
    assert inquiry["source"] is None  # the ticket stays with the first one
    assert [one["reference"] for one in inquiry["links"]] == [first]
    assert (await send(house, url, price)).json()["status"] == "duplicate"


async def test_two_sources_of_one_vendor_have_separate_tickets(house: House, add: Add) -> None:
    for name, writer in (("a", "anna@a.example"), ("b", "jan@b.example")):
        url = (await add(id=name))["url"]
        ticket = {**TICKET, "from": writer}
        assert (await send(house, url, ticket)).json()["status"] == "accepted"


async def test_vendor_may_check_the_url(house: House, add: Add) -> None:
    url = (await add())["url"]
    assert (await send(house, url, {"event": "sync", "challenge": "c7"})).text == "c7"
    async with client_of(house, None) as vendor:
        greeted = await vendor.request("OPTIONS", "/v1/hooks/desk")
    assert (greeted.status_code, greeted.headers["x-toy"], greeted.text) == (200, "here", "hello")


async def test_forwarding_loop_ends(house: House, add: Add) -> None:
    url = (await add())["url"]
    assert (await send(house, url, {**TICKET, "hops": 3})).json()["status"] == "accepted"
    assert (await send(house, url, {**TICKET, "id": "2", "hops": 4})).json()["status"] == "ignored"


async def test_automatic_reply_is_other_and_never_acknowledged(
    house: House, client: httpx.AsyncClient, add: Add
) -> None:
    url = (await add())["url"]
    answered = (await send(house, url, {**TICKET, "auto": "auto-replied"})).json()
    inquiry = await whole(client, answered["reference"])
    assert inquiry["classification"]["category"] == "other"
    assert inquiry["classification"]["method"] == "automatic"
    assert inquiry["acknowledgement"] is None
    assert inquiry["passage"]["automatic"] == "auto_reply"
    assert inquiry["decision"]["team"] == "triage"


FORWARDED = """Celina, zobacz proszę, to chyba do Was.

---------- Forwarded message ---------
From: Jan Tokarski <jan@hurtownia.example>
Date: czw., 19 lis 2026 o 09:12
Subject: wycena
To: Marek <marek@acme.example>

Dzień dobry, proszę o wycenę 500 łożysk 6204.
"""


async def test_forwarded_mail_is_the_customers(
    house: House, client: httpx.AsyncClient, add: Add
) -> None:
    url = (await add(settings={"own_domains": ["acme.example"]}))["url"]
    sent = {"id": "1", "subject": "Fwd: wycena", "text": FORWARDED, "from": "marek@acme.example"}
    inquiry = await whole(client, (await send(house, url, sent)).json()["reference"])
    assert inquiry["contact"] == {
        "name": "Jan Tokarski",
        "email": "jan@hurtownia.example",
        "phone": None,
        "company": None,
    }
    assert inquiry["passage"]["forwarded_by"]["email"] == "marek@acme.example"
    assert inquiry["classification"]["category"] == "new_purchase"
    assert {"forward_header"} == {piece["kind"] for piece in inquiry["cut"]}


async def test_customer_who_forwards_our_mail_stays_the_customer(
    house: House, client: httpx.AsyncClient, add: Add
) -> None:
    url = (await add(settings={"own_domains": ["acme.example"]}))["url"]
    said = FORWARDED.replace("jan@hurtownia.example", "marek@acme.example")
    sent = {"id": "1", "subject": "Fwd: wycena", "text": said, "from": "jan@hurtownia.example"}
    inquiry = await whole(client, (await send(house, url, sent)).json()["reference"])
    assert inquiry["contact"]["email"] == "jan@hurtownia.example"
    assert inquiry["passage"] is None


async def test_html_is_read_as_text(house: House, client: httpx.AsyncClient, add: Add) -> None:
    url = (await add())["url"]
    html = "<style>p{}</style><p>Proszę o&nbsp;katalog <b>zaworów</b></p>"
    answered = (await send(house, url, {"id": "1", "html": html})).json()
    assert (await whole(client, answered["reference"]))["text"] == "Proszę o katalog zaworów"


async def test_shadow_source_delivers_nothing(
    house: House, client: httpx.AsyncClient, add: Add
) -> None:
    url = (await add(shadow=True))["url"]
    answered = (await send(house, url, TICKET)).json()
    assert (await whole(client, answered["reference"]))["passage"]["shadow"]
    assert (await client.get("/v1/deliveries")).json()["items"] == []


@pytest.mark.parametrize(
    "error", [Unavailable(), Overloaded(retry_after=2), RuntimeError("a mistake of ours")]
)
async def test_request_during_an_outage_is_answered_so_that_the_vendor_repeats_it(
    house: House, add: Add, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    url = (await add())["url"]

    async def fail(_: object) -> None:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(house.database, "record", fail)
        answered = await send(house, url, TICKET)
    assert (answered.status_code, answered.headers["retry-after"]) == (503, "17")
    assert (await send(house, url, TICKET)).json()["status"] == "accepted"


async def test_unknown_source_is_not_found(house: House, add: Add) -> None:
    await add()
    assert (await send(house, "/v1/hooks/other", TICKET)).status_code == 404


async def test_too_large_body_is_refused(house: House, add: Add) -> None:
    url = (await add())["url"]
    answered = await send(house, url, {**TICKET, "text": "x " * 512 * 1024})
    assert (answered.status_code, answered.json()["code"]) == (413, "body_too_large")


async def test_sender_who_disconnects_is_no_error(
    house: House, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = (await add())["url"]
    logged: list[str] = []
    monkeypatch.setattr(hooks.log, "error", lambda event, **_: logged.append(event))

    async def half() -> AsyncIterator[bytes]:
        yield b'{"id":'
        raise ClientDisconnect

    monkeypatch.setattr(Request, "stream", lambda _: half())
    assert (await send(house, url, TICKET)).status_code == 400
    assert logged == []
