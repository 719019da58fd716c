"""Assigning: its share of an intake with the model, and of the throughput of 64 at once.

`python -m benchmarks.assigning URL` prints the figures of one database, measured in a process of
its own: 200 rules, 60 people, 5,000 accounts.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from statistics import median
from typing import Any, Final

from sqlalchemy import Connection

from benchmarks.bodies import inquiry
from benchmarks.figures import NewStore, Stores
from benchmarks.servers import settings_of
from benchmarks.table import Line, at_least, at_most, told
from inquiry_router.accounts.finding import find_account
from inquiry_router.accounts.importing import ImportOptions, import_accounts
from inquiry_router.accounts.matching import LookedFor
from inquiry_router.assignment.desk import open_desk
from inquiry_router.classification.service import ClassifierService
from inquiry_router.configuration.documents import POLICY
from inquiry_router.database.opening import open_database
from inquiry_router.house import House
from inquiry_router.inquiry.model import Channel, Contact, Draft, Receipt, Sending
from inquiry_router.process.clock import utc_now
from inquiry_router.process.memory import spare_loaded_objects
from inquiry_router.routing.assigning import Assign
from inquiry_router.routing.decide import decide
from inquiry_router.routing.fields import DAYS
from inquiry_router.routing.policy import Policy
from inquiry_router.staff.store import MemberData, add_member

RULES: Final = 200
PEOPLE: Final = 60
ACCOUNTS: Final = 5_000
AT_ONCE: Final = 64
ROUNDS: Final = 7
MAX_SHARE: Final = 0.25
MIN_RATE: Final = 0.85
_ALONE: Final = 40
_WISH: Final = Assign(to="least_loaded", skill="prefer", language="prefer", sticky=True)


@dataclass(frozen=True, slots=True)
class Figures:
    """CPU of an intake and of deciding alone, in milliseconds; rates by turns, a second."""

    intake_ms: float
    deciding_ms: float
    plain: list[float]
    assigned: list[float]


def assigning(make: Stores) -> Iterator[Line]:
    """Measure on both databases."""
    for new_store in make:
        yield from _of(new_store)


def _of(new_store: NewStore) -> Iterator[Line]:
    with new_store("assigning") as store:
        seen = run(store.url)
    share = seen.deciding_ms / seen.intake_ms
    note = f" ({seen.deciding_ms:.2f} of {seen.intake_ms:.1f} ms)"
    what = "deciding with 200 rules, 60 people, 5,000 accounts, of an intake's CPU"
    yield at_most(what, store.kind, share, MAX_SHARE, note)
    ratios = [one / other for one, other in zip(seen.assigned, seen.plain, strict=True)]
    what = "64 at once with the model: assigned beside unassigned"
    yield at_least(what, store.kind, median(ratios), MIN_RATE)
    yield told("64 at once, assigned", store.kind, f"{median(seen.assigned):.0f}/s")


def run(url: str) -> Figures:
    """Measure in another process, on the database at this address."""
    command = [sys.executable, "-m", "benchmarks.assigning", url]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"assigning failed: {done.stderr.strip()[-400:]}")
    return Figures(**json.loads(done.stdout.splitlines()[-1]))


async def _measure(url: str) -> dict[str, Any]:
    idle = {"dispatch": False, "fetch": False, "remind": False, "hand_out": False, "tell": False}
    settings = settings_of(url).model_copy(update={**idle, "synthetic_every_minutes": 0})
    model = ClassifierService.from_folder(
        settings.model_dir, settings.classifier_timeout_s, settings.threads
    )
    house = House(settings, open_database(settings), model)
    async with house.open():
        spare_loaded_objects()
        now = utc_now()
        await house.staff.change(partial(_enter_people, now=now))
        await import_accounts(house.database, _file(), ImportOptions(), now)
        await _set_policy(house, None)
        await _rate(house, 10_000)  # warm
        intake_ms = await _intake_ms(house)
        receipt, draft = await _one(house, 20_000)
        deciding_ms = await _deciding_ms(house, receipt, draft)
        plain, assigned = [], []
        for turn in range(ROUNDS):
            await _set_policy(house, None)
            plain.append(await _rate(house, 30_000 + 2 * turn * AT_ONCE * 2))
            await _set_policy(house, _WISH)
            assigned.append(await _rate(house, 30_000 + (2 * turn + 1) * AT_ONCE * 2))
    return {
        "intake_ms": intake_ms,
        "deciding_ms": deciding_ms,
        "plain": plain,
        "assigned": assigned,
    }


async def _set_policy(house: House, wish: Assign | None) -> None:
    """Two hundred rules, of which the last ones are those of the default."""
    documents = house.configuration.current.documents
    policy = documents[POLICY]
    rules = [one for one in policy.rules if not one.id.startswith("odd-")]
    rules = [replace_then(one, wish) for one in rules]
    odd = [
        type(rules[0]).model_validate(
            {
                "id": f"odd-{number}",
                "when": {"words": [f"rzadkie{number} slowo"], "tier": [f"tier{number}"]},
                "then": {"team": "customer_service", "priority": "normal"},
            }
        )
        for number in range(RULES - len(rules))
    ]
    changed = Policy(rules=[*odd, *rules], default=policy.default)
    await house.configuration.replace_document(
        POLICY, changed, documents.version(POLICY), "bench", None, utc_now()
    )


def replace_then(rule: Any, wish: Assign | None) -> Any:
    """The rule with this assignment."""
    if rule.then.team == "triage":
        return rule
    return rule.model_copy(update={"then": rule.then.model_copy(update={"assign": wish})})


def _enter_people(connection: Connection, now: datetime) -> None:
    always: dict[str, list[str]] = {day: ["00:00-24:00"] for day in DAYS}
    for number in range(PEOPLE):
        data = MemberData(
            name=f"Osoba {number}",
            kind="salesperson" if number % 2 else "agent",
            email=None,
            phone=None,
            helpdesk_user=None,
            language="pl",
            teams=("sales",) if number % 2 else ("customer_service",),
            languages=("pl", "en"),
            skills=("defect", f"slowo{number}*"),
            capacity=None,
            limit_an_hour=None,
            timezone="Europe/Warsaw",
            holidays=None,
            hours=always,
            substitute=None,
            buffer_days=3,
            absences=(),
        )
        add_member(connection, data, now)


def _file() -> bytes:
    lines = ["Kod;Nazwa;E-mail;Opiekun"]
    lines += [f"K{n};Firma {n};biuro@firma{n}.example;Osoba {n % PEOPLE}" for n in range(ACCOUNTS)]
    return "\r\n".join(lines).encode("cp1250")


def _draft(number: int) -> Draft:
    body = json.loads(inquiry(number))
    contact = Contact(name=f"Klient {number}", email=f"biuro@firma{number % ACCOUNTS}.example")
    return Draft(Channel.EMAIL, body["text"], f"Sprawa {number}", contact=contact)


async def _one(house: House, number: int) -> tuple[Receipt, Draft]:
    draft = _draft(number)
    return await house.journey.receive(draft, Sending("bench", ()), utc_now()), draft


async def _intake_ms(house: House) -> float:
    begun = time.process_time()
    for number in range(_ALONE):
        await _one(house, number)
    return 1000 * (time.process_time() - begun) / _ALONE


async def _deciding_ms(house: House, receipt: Receipt, draft: Draft) -> float:
    """CPU of recognising the account, applying 200 rules and choosing among 60 people."""
    rulebook, now = house.configuration.current.rulebook, utc_now()
    known = house.staff.roster
    draft = replace(draft, account=receipt.account)
    looked_for = LookedFor(contact=(draft.contact.email or "",))

    def work(connection: Connection, number: int) -> None:
        decision = decide(draft, receipt.classification, receipt.entities, rulebook, now)
        desk = open_desk(connection, now, known)
        placed = desk.place(replace(receipt, decision=decision), draft, _WISH, rulebook)
        assert placed.decision.assignee is not None, number

    begun = time.process_time()
    for number in range(_ALONE):
        await house.database.look_up(partial(find_account, looked_for=looked_for, now=now))
        await house.database.write(partial(work, number=number))
    return 1000 * (time.process_time() - begun) / _ALONE


async def _rate(house: House, first: int) -> float:
    begun = time.perf_counter()
    await asyncio.gather(*(_one(house, first + each) for each in range(AT_ONCE)))
    return AT_ONCE / (time.perf_counter() - begun)


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_measure(sys.argv[1]))))
