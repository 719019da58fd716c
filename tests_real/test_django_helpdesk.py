"""A real django-helpdesk: tickets arrive, are moved and noted, survive a kill, and do not loop."""

import itertools
import re
import time
from collections.abc import Iterator

import httpx2 as httpx
import pytest

from tests_real.running import Desk, Router, story, until

PURCHASE = "Dzień dobry, proszę o wycenę 500 sztuk łożysk 6204 z dostawą do Krakowa."
DEFECT = "Pompa kupiona w marcu od wczoraj cieknie, proszę o naprawę gwarancyjną."

COMPANIES = itertools.count()


@pytest.fixture(scope="module")
def joined(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Router, Desk]]:
    with story(tmp_path_factory.mktemp("story")) as both:
        yield both


def by_api(desk: Desk, title: str, text: str) -> int:
    """A ticket of a new customer: with the same words of the same one it would be one inquiry."""
    return desk.write(title, text, f"klient@firma{next(COMPANIES)}.example")


def moved(desk: Desk, number: int, queue: int) -> bool:
    return int(desk.ticket(number)["queue"]) == queue and len(desk.notes(number)) == 1


def test_ticket_by_api_is_moved_and_noted(joined: tuple[Router, Desk]) -> None:
    router, desk = joined
    number = by_api(desk, "Wycena łożysk", PURCHASE)
    until("the ticket was not moved to sales", lambda: moved(desk, number, 2))
    (note,) = desk.notes(number)
    (inquiry,) = [one for one in router.inquiries() if one["subject"] == "Wycena łożysk"]
    assert note.startswith(f"[inquiry-router {inquiry['reference']}]")
    assert "(zakup: pewne)" in note and f"{router.url}/c/" in note
    assert int(desk.ticket(number)["priority"]) == 2


def test_ticket_by_web_form_is_moved(joined: tuple[Router, Desk]) -> None:
    router, desk = joined
    desk.write_by_form("Pompa cieknie", DEFECT)
    (inquiry,) = until(
        "the form's ticket did not come in",
        lambda: [one for one in router.inquiries() if one["subject"] == "Pompa cieknie"],
    )
    assert inquiry["channel"] == "form"
    number = int(router.client.get(f"/v1/inquiries/{inquiry['id']}").json()["source"]["id"])
    until("the note was not added", lambda: len(desk.notes(number)) == 1)
    assert int(desk.ticket(number)["queue"]) == 1


def test_own_notes_make_no_loop(joined: tuple[Router, Desk]) -> None:
    router, desk = joined
    number = by_api(desk, "Katalog zaworów", "Poproszę aktualny katalog zaworów i cennik.")
    until("the note was not added", lambda: len(desk.notes(number)) == 1)
    before = len(router.inquiries())
    time.sleep(3)  # a loop would have run several times by now
    assert len(router.inquiries()) == before
    assert len(desk.notes(number)) == 1


def test_waiting_delivery_survives_a_kill(
    joined: tuple[Router, Desk],
) -> None:
    router, desk = joined
    number = by_api(desk, "Zapytanie o cenę", PURCHASE)
    router.kill()
    router.start()
    until("the ticket was not moved after the restart", lambda: moved(desk, number, 2))
    assert len([one for one in router.inquiries() if one["subject"] == "Zapytanie o cenę"]) == 1


def test_ticket_missed_while_down_is_found(
    joined: tuple[Router, Desk],
) -> None:
    router, desk = joined
    router.kill()
    body = {
        "queue": 1,
        "title": "Gdy nikogo nie było",
        "description": PURCHASE,
        "submitter_email": "a@b.example",
        "priority": 3,
    }
    assert (
        desk.agent.post("/api/tickets/", json=body).status_code == 500
    )  # the helpdesk's own way with a refused connection
    router.start()
    tickets = desk.agent.get("/api/tickets/?page_size=100").json()["results"]
    (number,) = [ticket["id"] for ticket in tickets if ticket["title"] == "Gdy nikogo nie było"]
    until("the ticket was not moved", lambda: moved(desk, number, 2))
    again = router.client.post("/v1/sources/desk/reconciliation").json()
    assert (again["taken_in"], again["problem"]) == (0, None)
    assert again["looked_at"] > 0


def test_check_lists_queues_and_reports_a_wrong_token(joined: tuple[Router, Desk]) -> None:
    router, _ = joined
    checked = router.client.post("/v1/destinations/desk/check").json()
    assert checked["ok"] and {"1", "2"} == {group["id"] for group in checked["groups"]}
    url = router.client.get("/v1/destinations/desk").json()["settings"]["url"]
    settings = {"url": url, "password": "wrong", "source": "desk"}
    entry = {
        "id": "wrong",
        "name": "Wrong",
        "kind": "django_helpdesk",
        "settings": settings,
        "enabled": False,
    }
    router.client.post("/v1/destinations", json=entry).raise_for_status()
    wrong = router.client.post("/v1/destinations/wrong/check").json()
    assert not wrong["ok"]
    assert "credentials are wrong" in wrong["problem"]


def test_correction_link_moves_the_ticket(
    joined: tuple[Router, Desk],
) -> None:
    _, desk = joined
    number = by_api(desk, "Pytanie o łożyska", PURCHASE)
    until("the ticket was not moved to sales", lambda: moved(desk, number, 2))
    link = re.search(r"http://\S+/c/\S+", desk.notes(number)[0])
    assert link is not None
    httpx.post(
        link[0], data={"category": "order_support", "who": "Ewa"}, trust_env=False
    ).raise_for_status()
    until("the ticket was not moved back", lambda: int(desk.ticket(number)["queue"]) == 1)
    until("the second note was not added", lambda: len(desk.notes(number)) == 2)
