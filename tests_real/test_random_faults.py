"""Faults at random moments under load, and the whole history checked afterwards.

`SEEDS=20 FAULTS=30` makes it long; as it stands it takes a minute or two.
"""

import os
import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

import httpx2 as httpx
import pytest

from tests_real.running import Router, until

SIZES = {"SEEDS": "2", "FAULTS": "6"}

SEEDS, FAULTS = (int(os.environ.get(name, default)) for name, default in SIZES.items())
TEXTS = ("Pompa cieknie.", "Proszę o wycenę 40 okien.", "Gdzie jest moja paczka?", "Dziękuję!")


@dataclass
class Customer:
    """A client that sends each request until it is answered, and now and then once more."""

    router: Router
    number: int
    chance: random.Random
    said: dict[str, list[str]] = field(default_factory=dict)  # messages by inquiry
    corrected: dict[str, str] = field(default_factory=dict)
    bodies: list[tuple[str, dict[str, Any], dict[str, Any]]] = field(default_factory=list)

    def speak(self, over: Event) -> None:
        count = 0
        while not over.is_set():
            count += 1
            acts = [self.open, self.open, self.add, self.repeat, self.correct]
            self.chance.choice(acts)(count)

    def open(self, count: int) -> None:
        text = f"{self.chance.choice(TEXTS)} (klient {self.number}, sprawa {count})"
        made = self.send("/v1/inquiries", {"channel": "chat", "text": text})
        self.said[made["id"]] = [text]

    def add(self, count: int) -> None:
        if self.said:
            inquiry = self.chance.choice(sorted(self.said))
            text = f"Dopisuję coś jeszcze: numer {self.number}-{count}."
            self.send(f"/v1/inquiries/{inquiry}/messages", {"channel": "chat", "text": text})
            self.said[inquiry].append(text)

    def repeat(self, _: int) -> None:
        if self.bodies:
            path, body, answer = self.chance.choice(self.bodies)
            again = self.post(path, body, f"{self.number}-{body['text']}")
            assert again["id"] == answer["id"]

    def correct(self, _: int) -> None:
        if self.said:
            inquiry = self.chance.choice(sorted(self.said))
            # Not sales: by the law what is no sale never reaches them.
            team = self.chance.choice(["triage", "customer_service"])
            path = f"/v1/inquiries/{inquiry}/correction"
            self.post(path, {"who": "Ewa", "team": team}, None)
            self.corrected[inquiry] = team

    def send(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self.post(path, body, f"{self.number}-{body['text']}")
        self.bodies.append((path, body, answer))
        return answer

    def post(self, path: str, body: dict[str, Any], key: str | None) -> dict[str, Any]:
        headers = dict(self.router.client.headers)
        if key is not None:
            headers["idempotency-key"] = key.encode("ascii", "ignore").decode()[:200]
        end = time.monotonic() + 120
        while time.monotonic() < end:
            try:
                answer = httpx.post(
                    self.router.url + path, json=body, headers=headers, timeout=10, trust_env=False
                )
            except httpx.HTTPError:
                time.sleep(0.1)
                continue
            if answer.is_success:
                return dict(answer.json())
            assert answer.status_code in (409, 429, 503), answer.text
            time.sleep(0.2)
        raise AssertionError(f"{path} was never answered")


def disturb(router: Router, chance: random.Random) -> None:
    """Kill, pause or end the router again and again, under load."""
    for _ in range(FAULTS):
        time.sleep(chance.uniform(0.2, 2))
        if chance.random() < 0.3:
            router.pause()
            time.sleep(chance.uniform(0.1, 2))
            router.go_on()
        else:
            router.kill() if chance.random() < 0.7 else router.end()
            router.start()
    time.sleep(2)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_history_has_no_anomaly(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    router = Router(tmp_path)
    router.start()
    try:
        customers = [Customer(router, n, random.Random(seed * 100 + n)) for n in range(3)]
        over = Event()
        with ThreadPoolExecutor(3) as pool:
            speaking = [pool.submit(one.speak, over) for one in customers]
            try:
                disturb(router, chance)
            finally:
                over.set()
            for one in speaking:
                one.result()
        check(router, customers)
        counts = [sum(len(said) for said in one.said.values()) for one in customers]
        print(f"seed {seed}: {FAULTS} faults, {sum(counts)} messages, 0 anomalies")
    finally:
        router.kill()
        router.client.close()


def check(router: Router, customers: list[Customer]) -> None:
    """Everything that was answered is there once, and nothing else."""
    until("all were decided", lambda: not waiting(router), 60)
    stored: list[dict[str, Any]] = []
    cursor = None
    while True:
        page = router.client.get(
            "/v1/inquiries", params={"limit": 100} | ({"cursor": cursor} if cursor else {})
        )
        stored += page.raise_for_status().json()["items"]
        cursor = page.json().get("next_cursor")
        if not cursor:
            break
    known = {inquiry: said for one in customers for inquiry, said in one.said.items()}
    assert {one["id"] for one in stored} == set(known)
    assert len(stored) == len(known)
    teams = {inquiry: team for one in customers for inquiry, team in one.corrected.items()}
    for inquiry, said in known.items():
        whole = router.client.get(f"/v1/inquiries/{inquiry}").raise_for_status().json()
        assert sorted(one["text"] for one in whole["messages"]) == sorted(said)
        assert whole["decision"] is not None
        if inquiry in teams:
            assert whole["decision"]["team"] == teams[inquiry]


def waiting(router: Router) -> bool:
    return any(one["category"] is None for one in router.inquiries())
