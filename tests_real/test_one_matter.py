"""One matter at a real django-helpdesk, from the first word to the last: one inquiry, one desk."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests_real.running import Desk, Router, free_port, number_on, story, until

LEAK = "Pompa kupiona w marcu od wczoraj cieknie, proszę o naprawę gwarancyjną."
THANKS = "Dziękuję, czekam na serwisanta."
CUSTOMERS = itertools.count()
SERVICE, SALES = 1, 2
OPEN, REOPENED, RESOLVED = 1, 2, 3


@pytest.fixture(scope="module")
def joined(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Router, Desk]]:
    with story(tmp_path_factory.mktemp("story"), create=True) as both:
        yield both


class Customer:
    """A customer who has opened a ticket with the web form, and answers by mail."""

    def __init__(self, router: Router, desk: Desk, text: str = LEAK) -> None:
        self.email = f"klient@dom{next(CUSTOMERS)}.example"
        self._router, self._desk = router, desk
        self.ticket = number_on(desk.write_by_form("Pompa", text, self.email))
        until("the ticket was not noted", lambda: len(desk.notes(self.ticket)) == 1)

    def say(self, text: str) -> None:
        """Answer by mail, and wait until the helpdesk knows what the router made of it."""
        assert self._desk.mail(self.ticket, text, self.email)
        settle(self._router)

    def inquiries(self) -> list[dict[str, Any]]:
        """All inquiries of this customer, the oldest first, with their messages."""
        shown = self._router.client.get("/v1/inquiries", params={"contact": self.email})
        ids = [one["id"] for one in shown.raise_for_status().json()["items"]]
        return [self._router.client.get(f"/v1/inquiries/{one}").json() for one in reversed(ids)]

    def inquiry(self) -> dict[str, Any]:
        """The only inquiry."""
        (inquiry,) = self.inquiries()
        return inquiry


def settle(router: Router) -> None:
    pending = "/v1/deliveries?state=pending"
    until(
        "the deliveries were not finished",
        lambda: not router.client.get(pending).raise_for_status().json()["items"],
    )


def place(desk: Desk, ticket: int) -> tuple[int, int, int]:
    """Queue, priority and status of a ticket."""
    shown = desk.ticket(ticket)
    return int(shown["queue"]), int(shown["priority"]), int(shown["status"])


def said(inquiry: dict[str, Any]) -> list[str]:
    return [one["text"] for one in inquiry["messages"]]


def test_thanks_join_the_inquiry_and_leave_the_ticket_alone(
    joined: tuple[Router, Desk],
) -> None:
    router, desk = joined
    anna = Customer(router, desk)
    before = place(desk, anna.ticket)
    anna.say(THANKS)
    inquiry = anna.inquiry()
    assert said(inquiry) == [LEAK, THANKS]
    assert (inquiry["status"], inquiry["decision"]["team"]) == ("routed", "customer_service")
    assert place(desk, anna.ticket) == before
    assert len(desk.notes(anna.ticket)) == 1


def test_danger_raises_the_priority_and_a_note_says_so(joined: tuple[Router, Desk]) -> None:
    router, desk = joined
    anna = Customer(router, desk)
    assert place(desk, anna.ticket)[1] > 1
    anna.say("Teraz iskrzy i dymi się z obudowy!")
    assert place(desk, anna.ticket) == (SERVICE, 1, OPEN)
    _, raised = desk.notes(anna.ticket)
    assert raised.startswith(f"[inquiry-router {anna.inquiry()['reference']}]")
    assert "Priorytet zmieniony z „wysoki” na „pilny”" in raised and "„iskrzy”" in raised
    anna.say("Już nie trzeba się spieszyć, może być za tydzień.")
    assert place(desk, anna.ticket) == (SERVICE, 1, OPEN)
    assert len(desk.notes(anna.ticket)) == 2


def test_status_is_that_of_the_ticket(joined: tuple[Router, Desk]) -> None:
    router, desk = joined
    anna = Customer(router, desk)
    desk.follow_up(anna.ticket, "Proszę sprawdzić w magazynie.", public=False)
    assert anna.inquiry()["status"] == "routed"
    desk.follow_up(anna.ticket, "Serwisant przyjedzie w piątek, czy to odpowiada?")
    assert anna.inquiry()["status"] == "waiting_for_customer"
    anna.say("Tak, piątek odpowiada, proszę przyjechać po 16.")
    assert anna.inquiry()["status"] == "waiting_for_us"
    desk.follow_up(anna.ticket, "Wymieniono uszczelkę.", status=RESOLVED)
    assert anna.inquiry()["status"] == "resolved"
    anna.say("Dziękuję bardzo!")
    assert anna.inquiry()["status"] == "resolved"
    assert place(desk, anna.ticket)[2] == RESOLVED
    anna.say("Niestety pompa znowu cieknie.")
    inquiry = anna.inquiry()
    assert (inquiry["status"], inquiry["decision"]["team"]) == (
        "waiting_for_us",
        "customer_service",
    )
    assert place(desk, anna.ticket)[::2] == (SERVICE, REOPENED)
    _, _, reopened = desk.notes(anna.ticket)
    assert "Sprawa otwarta na nowo" in reopened
    desk.follow_up(anna.ticket, "Wymieniono pompę.", status=RESOLVED)
    assert anna.inquiry()["status"] == "resolved"
    desk.follow_up(anna.ticket, "Jednak do poprawy.", public=False, status=REOPENED)
    assert anna.inquiry()["status"] == "waiting_for_us"
    assert len(anna.inquiry()["messages"]) == 4


def test_price_question_under_a_complaint_becomes_a_linked_ticket(
    joined: tuple[Router, Desk],
) -> None:
    router, desk = joined
    anna = Customer(router, desk)
    before = place(desk, anna.ticket)
    anna.say("A po ile macie nowe pompy?")
    leak, price = anna.inquiries()
    assert (leak["decision"]["team"], price["decision"]["team"]) == ("customer_service", "sales")
    assert [(one["reference"], one["kind"]) for one in leak["links"]] == [
        (price["reference"], "split")
    ]
    assert place(desk, anna.ticket) == before
    _, note = desk.notes(anna.ticket)
    assert price["reference"] in note
    own = [
        ticket
        for ticket in desk.agent.get("/api/tickets/?page_size=100").json()["results"]
        if ticket["description"].startswith(f"[inquiry-router {price['reference']}]")
    ]
    assert [ticket["queue"] for ticket in own] == [SALES]
    assert any(leak["reference"] in one for one in desk.notes(own[0]["id"]))


def test_what_a_person_placed_stays_there(joined: tuple[Router, Desk]) -> None:
    router, desk = joined
    anna = Customer(router, desk)
    desk.agent.patch(f"/api/tickets/{anna.ticket}/", json={"queue": SALES}).raise_for_status()
    # A change by PATCH fires no webhook: the next follow-up tells it.
    desk.follow_up(anna.ticket, "Przekazuję do sprzedaży.", public=False)
    assert anna.inquiry()["decision"]["team"] == "sales"
    anna.say("Pompa dalej cieknie.")
    assert anna.inquiry()["decision"]["team"] == "sales"
    assert place(desk, anna.ticket)[0] == SALES
    anna.say("Teraz iskrzy i dymi się z obudowy!")
    assert place(desk, anna.ticket) == (SALES, 1, OPEN)
    assert anna.inquiry()["decision"]["team"] == "sales"


@contextmanager
def out_of_reach(router: Router, desk: Desk) -> Iterator[None]:
    """Nobody answers at the address of the helpdesk."""
    place_at(router, desk, f"http://127.0.0.1:{free_port()}")
    yield
    place_at(router, desk, desk.url)


def place_at(router: Router, desk: Desk, url: str) -> None:
    shown = router.client.get("/v1/destinations/desk").raise_for_status()
    names = ("name", "kind", "settings", "events", "teams", "enabled")
    kept = {name: shown.json()[name] for name in names}
    kept["settings"] |= {"url": url, "password": desk.token}
    router.client.put(
        "/v1/destinations/desk", json=kept, headers={"If-Match": shown.headers["etag"]}
    ).raise_for_status()


def test_correction_while_the_helpdesk_is_down_is_what_the_ticket_ends_with(
    joined: tuple[Router, Desk],
) -> None:
    router, desk = joined
    email = f"klient@dom{next(CUSTOMERS)}.example"
    with out_of_reach(router, desk):
        ticket = desk.write("Wycena", "Proszę o wycenę 500 sztuk łożysk 6204.", email)
        shown = router.client.get("/v1/inquiries", params={"contact": email}).json()
        (inquiry,) = shown["items"]
        assert inquiry["team"] == "sales"
        tried = f"/v1/deliveries?destination_id=desk&inquiry_id={inquiry['id']}"
        until(
            "the decision was not tried",
            lambda: router.client.get(tried).json()["items"][0]["attempts"],
        )
        said_right = {"who": "Ewa", "category": "order_support"}
        path = f"/v1/inquiries/{inquiry['id']}/correction"
        router.client.post(path, json=said_right).raise_for_status()
    settle(router)
    assert place(desk, ticket)[0] == SERVICE
    (note,) = desk.notes(ticket)
    assert "Poprawione przez: Ewa" in note
    shown = router.client.get(tried).json()["items"]
    assert {one["event"]: one["state"] for one in shown} == {
        "inquiry.routed": "superseded",
        "inquiry.corrected": "delivered",
    }
