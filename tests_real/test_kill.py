"""A real django-helpdesk, and a router that is killed between message, decision and delivery."""

import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any
from uuid import uuid4

import httpx2 as httpx
import pytest

from tests_real.running import Desk, Router, story, until

WITHIN_S = 0.2
DEFECT = "Zmywarka nie odpompowuje wody, proszę o naprawę."
DANGER = "Teraz iskrzy i dymi się z tyłu!"
ADDRESS = "Adres: Lipowa 7 m. 3, Kraków."
SALES = 2


@pytest.fixture(scope="module")
def joined(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Router, Desk]]:
    with story(tmp_path_factory.mktemp("story")) as both:
        yield both


class Round:
    """One customer, and a router that is killed while it has to do with them."""

    def __init__(self, router: Router, desk: Desk, number: int) -> None:
        self.router, self.desk = router, desk
        self.email = f"klient@dom{number}.example"
        self._chance = random.Random()

    def kill_while(self, action: Callable[[], Any]) -> None:
        """Kill the router at any moment after the action has begun, and start it again."""
        moment = self._chance.uniform(0, WITHIN_S)
        print(f"killed after {moment:.3f} s")
        with ThreadPoolExecutor(1) as pool:
            doing = pool.submit(action)
            time.sleep(moment)
            self.router.kill()
            with suppress(httpx.HTTPError):  # the helpdesk answers 500 if its webhook fails
                doing.result()
        self.router.start()

    def write(self) -> None:
        self.kill_while(lambda: self.desk.write("Zmywarka", DEFECT, self.email))
        until("the ticket did not come in", self.inquiries)

    def mail(self, text: str) -> None:
        """Answer by mail. As cron does, the helpdesk reads it again if its webhook failed."""
        self.kill_while(lambda: self.desk.mail(self.ticket, text, self.email))
        until("the follow-up did not come in", lambda: text in self.said())
        # django-helpdesk writes the whole ticket with each follow-up, so a mail that is read while
        # the ticket is moved would undo the move.
        self.settle()
        until("the mail was not read", self.desk.read_mails)

    def chat(self, text: str) -> None:
        """Say more in a chat, whose program sends it again until it gets an answer."""
        path = f"/v1/inquiries/{self.inquiries()[0]['id']}/messages"
        body = {"channel": "chat", "text": text}
        headers = {"Idempotency-Key": uuid4().hex}
        post = partial(self.router.client.post, path, json=body, headers=headers)
        self.kill_while(post)
        post().raise_for_status()

    def correct(self) -> None:
        """Correct the team; a person whose page did not load tries it again."""
        said = {"who": "Ewa", "team": "sales"}
        path = f"/v1/inquiries/{self.inquiries()[0]['id']}/correction"
        self.kill_while(lambda: self.router.client.post(path, json=said))
        if self.inquiries()[0]["team"] != "sales":
            self.router.client.post(path, json=said).raise_for_status()

    @property
    def ticket(self) -> int:
        (ticket,) = self.desk.tickets_of(self.email)
        return ticket

    def inquiries(self) -> list[dict[str, Any]]:
        found = self.router.client.get("/v1/inquiries", params={"contact": self.email})
        return list(found.raise_for_status().json()["items"])

    def said(self) -> list[str]:
        """Everything that the only inquiry holds."""
        (inquiry,) = self.inquiries()
        whole = self.router.client.get(f"/v1/inquiries/{inquiry['id']}").raise_for_status().json()
        return [one["text"] for one in whole["messages"]]

    def told(self) -> list[str]:
        """The second line of each note."""
        return [note.splitlines()[1] for note in self.desk.notes(self.ticket)]

    def settle(self) -> None:
        until(
            "the deliveries were not finished",
            lambda: not self.router.client.get("/v1/deliveries?state=pending").json()["items"],
            90,
        )


@pytest.mark.parametrize("number", range(3))
def test_nothing_is_lost_or_done_twice_and_the_order_is_kept(
    joined: tuple[Router, Desk], number: int
) -> None:
    round_ = Round(*joined, number)
    round_.write()
    round_.settle()
    assert [line.startswith("Wygląda na: ") for line in round_.told()] == [True]
    round_.mail(DANGER)
    round_.settle()
    round_.mail(ADDRESS)
    round_.settle()
    round_.correct()
    round_.settle()
    assert round_.said() == [DEFECT, DANGER, ADDRESS]
    decided, raised, corrected = round_.told()
    assert decided.startswith("Wygląda na: ") and corrected
    assert raised.startswith("Priorytet zmieniony z „wysoki” na „pilny”")
    assert "Poprawione przez: Ewa" in round_.desk.notes(round_.ticket)[2]
    ticket = round_.desk.ticket(round_.ticket)
    assert (int(ticket["queue"]), int(ticket["priority"])) == (SALES, 1)


@pytest.mark.parametrize("number", range(3, 6))
def test_ticket_ends_with_the_newest_decision(joined: tuple[Router, Desk], number: int) -> None:
    """Nobody waits for deliveries, so some are pending when the next message comes."""
    round_ = Round(*joined, number)
    round_.write()
    round_.chat(DANGER)
    round_.correct()
    round_.chat(ADDRESS)
    round_.settle()
    assert round_.said() == [DEFECT, DANGER, ADDRESS]
    *first, raised, corrected, address = round_.told()
    assert len(first) <= 1 and all(line.startswith("Wygląda na: ") for line in first)
    assert raised.startswith("Priorytet zmieniony z „wysoki” na „pilny”")
    assert corrected
    assert "Poprawione przez: Ewa" in round_.desk.notes(round_.ticket)[-2]
    assert address.startswith("Klient odezwał się ponownie (czat, ")
    assert round_.desk.notes(round_.ticket)[-1].endswith(ADDRESS)
    ticket = round_.desk.ticket(round_.ticket)
    assert (int(ticket["queue"]), int(ticket["priority"])) == (SALES, 1)
