"""A real Request Tracker: tickets arrive by the pasted scrip, are moved and noted."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx2 as httpx
import pytest

from tests_real.running import Router, until
from tests_real.tracker import SERVER, Tracker, story

PURCHASE = "Dzień dobry, proszę o wycenę 500 sztuk łożysk 6204 z dostawą do Krakowa."
DEFECT = "Pompa kupiona w marcu od wczoraj cieknie, proszę o naprawę gwarancyjną."
BROKEN = "Kocioł kupiony w maju nie grzeje i pokazuje błąd E18, proszę o serwis."

pytestmark = pytest.mark.skipif(
    not SERVER.exists(),
    reason="Request Tracker 5 is missing: run `make test-real` as root on Debian to install it",
)


@pytest.fixture(scope="module")
def joined(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Router, Tracker]]:
    with story(tmp_path_factory.mktemp("story")) as both:
        yield both


def came_in(router: Router, subject: str) -> list[dict[str, Any]]:
    return [one for one in router.inquiries() if one["subject"] == subject]


def noted(tracker: Tracker, number: int) -> str:
    (note,) = until("the ticket got no note", lambda: tracker.notes(number))
    return str(note)


def test_ticket_by_rest_is_moved_and_noted_once(joined: tuple[Router, Tracker]) -> None:
    router, tracker = joined
    number = tracker.write("Wycena łożysk", PURCHASE)
    note = noted(tracker, number)
    assert tracker.moves(number) == [tracker.sales]
    assert tracker.ticket(number)["Priority"] == "100"
    (inquiry,) = came_in(router, "Wycena łożysk")
    assert inquiry["channel"] == "api"
    assert note.startswith(f"[inquiry-router {inquiry['reference']}]")
    assert "(zakup: pewne)" in note
    whole = router.client.get(f"/v1/inquiries/{inquiry['id']}").json()
    assert (whole["text"], whole["contact"]["email"]) == (PURCHASE, "anna@klient.example")
    assert whole["source"]["url"] == f"{tracker.url}/Ticket/Display.html?id={number}"


def test_files_are_named(joined: tuple[Router, Tracker]) -> None:
    router, tracker = joined
    tracker.write("Reklamacja pompy", DEFECT, file="protokol.pdf")
    (inquiry,) = until("it did not come", lambda: came_in(router, "Reklamacja pompy"))
    whole = router.client.get(f"/v1/inquiries/{inquiry['id']}").json()
    assert whole["passage"]["attachments"] == [
        {"name": "protokol.pdf", "type": "application/pdf", "size": 4}
    ]


def test_html_of_the_customers_form_is_read(
    joined: tuple[Router, Tracker],
) -> None:
    router, tracker = joined
    tracker.write_by_form("Pompa cieknie", DEFECT)
    (number,) = tracker.tickets("Pompa cieknie")
    noted(tracker, number)
    assert tracker.queue(number) == tracker.service
    (inquiry,) = came_in(router, "Pompa cieknie")
    assert inquiry["channel"] == "form"
    whole = router.client.get(f"/v1/inquiries/{inquiry['id']}").json()
    contact = {name: whole["contact"][name] for name in ("name", "email", "phone")}
    assert whole["text"] == DEFECT
    assert contact == {
        "name": "Jan Kowalski",
        "email": "jan@hurtownia.example",
        "phone": "+48601234567",
    }


def test_customers_reply_is_a_later_message_and_agents_tell_the_state(
    joined: tuple[Router, Tracker],
) -> None:
    router, tracker = joined
    tracker.write_by_form("Serwis kotła", BROKEN)
    (number,) = tracker.tickets("Serwis kotła")
    noted(tracker, number)
    (first,) = came_in(router, "Serwis kotła")

    def inquiry() -> dict[str, Any]:
        return dict(router.client.get(f"/v1/inquiries/{first['id']}").json())

    said = {"Content": "Proszę sprawdzić w magazynie.", "ContentType": "text/plain"}
    tracker.agent.post(f"/REST/2.0/ticket/{number}/comment", json=said).raise_for_status()
    assert inquiry()["status"] == "routed"
    said = {"Content": "Oddzwonimy.", "ContentType": "text/plain"}
    tracker.agent.post(f"/REST/2.0/ticket/{number}/correspond", json=said).raise_for_status()
    until("the answer was not told", lambda: inquiry()["status"] == "waiting_for_customer")
    tracker.answer_by_form(number, "Czy naprawa jest na gwarancji?")
    until("the reply did not come in", lambda: inquiry()["status"] == "waiting_for_us")
    assert [one["text"] for one in inquiry()["messages"]] == [
        BROKEN,
        "Czy naprawa jest na gwarancji?",
    ]
    assert len(came_in(router, "Serwis kotła")) == 1
    assert tracker.moves(number) == []
    closed = {"Status": "resolved"}
    tracker.agent.put(f"/REST/2.0/ticket/{number}", json=closed).raise_for_status()
    until("the closing was not told", lambda: inquiry()["status"] == "resolved")
    tracker.answer_by_form(number, "Niestety kocioł znowu nie grzeje.")
    until("the inquiry was not reopened", lambda: inquiry()["status"] == "waiting_for_us")
    assert len(inquiry()["messages"]) == 3


def test_ticket_with_subject_only_becomes_an_inquiry(joined: tuple[Router, Tracker]) -> None:
    router, tracker = joined
    noted(tracker, tracker.write("Proszę o cennik zaworów", None))
    (inquiry,) = came_in(router, "Proszę o cennik zaworów")
    assert router.client.get(f"/v1/inquiries/{inquiry['id']}").json()["text"] == ""


def test_own_tickets_and_notes_make_no_loop(
    joined: tuple[Router, Tracker],
) -> None:
    router, tracker = joined
    call = {
        "channel": "phone",
        "text": PURCHASE,
        "subject": "Telefon",
        "contact": {"email": "ewa@klient.example"},
    }
    reference = (
        router.client.post("/v1/inquiries", json=call).raise_for_status().json()["reference"]
    )
    (number,) = until(
        "the call became no ticket", lambda: tracker.tickets(f"Telefon ({reference})")
    )
    noted(tracker, number)
    assert tracker.queue(number) == tracker.sales
    # A later ticket has arrived, so a loop would have been seen by now.
    noted(tracker, tracker.write("Katalog zaworów", "Poproszę aktualny katalog zaworów i cennik."))
    assert [one["subject"] for one in router.inquiries()[:2]] == ["Katalog zaworów", "Telefon"]
    assert len(tracker.notes(number)) == 1
    assert tracker.log == ""


def test_kill_during_delivery_leaves_one_move_and_one_note(
    joined: tuple[Router, Tracker],
) -> None:
    router, tracker = joined
    number = tracker.write("Zapytanie o cenę", PURCHASE, "piotr@hotel.example")
    until("the ticket did not come in", lambda: came_in(router, "Zapytanie o cenę"))
    router.kill()
    assert tracker.notes(number) == []
    router.start()
    noted(tracker, number)
    until(
        "the delivery was not finished",
        lambda: not router.client.get("/v1/deliveries?state=pending").json()["items"],
    )
    assert tracker.moves(number) == [tracker.sales]
    assert len(tracker.notes(number)) == 1
    assert len(came_in(router, "Zapytanie o cenę")) == 1


def test_correction_link_moves_the_ticket_back(
    joined: tuple[Router, Tracker],
) -> None:
    _, tracker = joined
    number = tracker.write("Pytanie o łożyska", PURCHASE, "olga@sklep.example")
    link = re.search(r"http://\S+/c/\S+", noted(tracker, number))
    assert link is not None
    httpx.post(
        link[0], data={"category": "order_support", "who": "Ewa"}, trust_env=False
    ).raise_for_status()
    until("the second note was not added", lambda: len(tracker.notes(number)) == 2)
    assert tracker.moves(number) == [tracker.sales, tracker.service]


def test_check_lists_queues_and_reports_a_wrong_token(
    joined: tuple[Router, Tracker],
) -> None:
    router, tracker = joined
    checked = router.client.post("/v1/destinations/rt/check").json()
    groups = {group["id"]: group["name"] for group in checked["groups"]}
    assert checked["ok"]
    assert groups == {
        tracker.service: "Obsługa klienta",
        tracker.sales: "Sprzedaż",
        tracker.closed: "Zarząd",
    }
    settings = {"url": tracker.url, "api_token": "1-1-wrong"}
    entry = {
        "id": "wrong",
        "name": "Wrong",
        "kind": "request_tracker",
        "settings": settings,
        "enabled": False,
    }
    router.client.post("/v1/destinations", json=entry).raise_for_status()
    wrong = router.client.post("/v1/destinations/wrong/check").json()
    assert not wrong["ok"]
    assert "credentials are wrong" in wrong["problem"]


@contextmanager
def sales_at(router: Router, queue: str) -> Iterator[None]:
    """The destination with another queue for sales."""
    shown = router.client.get("/v1/destinations/rt").raise_for_status()
    kept = {
        name: shown.json()[name]
        for name in ("name", "kind", "settings", "events", "teams", "enabled")
    }
    groups = {**kept["settings"]["groups"], "sales": queue}
    changed = {**kept, "settings": {**kept["settings"], "groups": groups}}
    answer = router.client.put(
        "/v1/destinations/rt", json=changed, headers={"If-Match": shown.headers["etag"]}
    ).raise_for_status()
    yield
    router.client.put(
        "/v1/destinations/rt", json=kept, headers={"If-Match": answer.headers["etag"]}
    ).raise_for_status()


@pytest.mark.parametrize(
    ("queue", "reason"),
    [("Zarząd", "Permission Denied"), ("Nie ma takiej", "Queue Nie ma takiej does not exist")],
)
def test_refusal_inside_a_200_becomes_a_dead_letter_with_its_reason(
    joined: tuple[Router, Tracker], queue: str, reason: str
) -> None:
    router, tracker = joined
    with sales_at(router, queue):
        requestor = f"adam@firma{len(queue)}.example"
        number = tracker.write(f"Do kolejki {queue}", PURCHASE, requestor)
        (inquiry,) = until(
            "the ticket did not come in", lambda: came_in(router, f"Do kolejki {queue}")
        )
        (dead,) = until(
            "the delivery did not die",
            lambda: [
                one
                for one in router.client.get("/v1/deliveries?state=dead").json()["items"]
                if one["inquiry_id"] == inquiry["id"]
            ],
        )
    assert reason in dead["last_error"]
    assert (tracker.queue(number), tracker.notes(number)) == (tracker.service, [])


def test_scrip_calls_after_the_ticket_is_committed(
    joined: tuple[Router, Tracker],
) -> None:
    _, tracker = joined
    told: list[tuple[str, bool]] = []

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            told.append((body["subject"], tracker.is_committed(int(body["id"]))))
            self.send_response(200)
            self.end_headers()

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Listener) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        tracker.paste_scrip(f"http://127.0.0.1:{server.server_port}/")
        tracker.write("Już zapisane?", DEFECT)
        until("the scrip said nothing", lambda: told)
        server.shutdown()
    assert told == [("Już zapisane?", True)]
