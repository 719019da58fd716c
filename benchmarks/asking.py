"""Hints and the board for 30 salespeople and 5,000 accounts.

`python -m benchmarks.asking URL` prints the figures of one database, measured in a process of its
own.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from statistics import median
from typing import Any, Final

from sqlalchemy import Connection, insert

from benchmarks.figures import NewStore, Stores
from benchmarks.servers import settings_of
from benchmarks.table import Line, at_most
from inquiry_router.accounts.tables import account_roles, accounts
from inquiry_router.configuration.referral_rules import ReferralRules
from inquiry_router.database.opening import open_database
from inquiry_router.inquiry.referral import ReferralParty, party_json
from inquiry_router.process.clock import utc_now
from inquiry_router.process.ids import new_id
from inquiry_router.referrals import board_store, hint_store
from inquiry_router.referrals.board import make_board
from inquiry_router.referrals.tables import asks, referral_credits, referrals
from inquiry_router.staff.model import Roster

PEOPLE: Final = 30
ACCOUNTS: Final = 5_000
REFERRALS: Final = 500
MAX_MS: Final = 200.0
ROUNDS: Final = 5


def asking(make: Stores) -> Iterator[Line]:
    """Measure on both databases."""
    for new_store in make:
        yield from _of(new_store)


def _of(new_store: NewStore) -> Iterator[Line]:
    with new_store("asking") as store:
        command = [sys.executable, "-m", "benchmarks.asking", store.url]
        seen = json.loads(subprocess.check_output(command))
        what = "hints and board, 30 salespeople, 5,000 accounts: median of 5"
        yield at_most(what, store.kind, median(seen), MAX_MS, " ms")


async def _measure(url: str) -> list[float]:
    database = open_database(settings_of(url))
    await database.start()
    try:
        await database.write(partial(_fill, now=utc_now()))
        taken = []
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            await database.scan(partial(_work, now=utc_now()))
            taken.append(1000 * (time.perf_counter() - begun))
        return taken
    finally:
        await database.stop()


def _work(connection: Connection, now: datetime) -> None:
    """Everything that the board and everybody's hints need."""
    deeds = board_store.read_deeds(connection, now - timedelta(days=90), now)
    make_board(deeds, board_store.read_people(connection, Roster()))
    board_store.read_coaching(connection, now, "PLN")
    hint_store.hintable(connection, ReferralRules(), now)
    hint_store.list_hints(connection, None, "open")


def _fill(connection: Connection, now: datetime) -> None:
    ids = [new_id() for _ in range(ACCOUNTS)]
    connection.execute(
        insert(accounts),
        [
            {
                "id": one,
                "name": f"Company {place}",
                "search": f"company {place}",
                "provisional": False,
                "version": 1,
                "created_at": now,
                "changed_at": now,
            }
            for place, one in enumerate(ids)
        ],
    )
    owned = [(one, f"Person {place % PEOPLE}") for place, one in enumerate(ids)]
    connection.execute(
        insert(account_roles),
        [
            {"account_id": one, "role": "owner", "person": who, "person_key": who.lower()}
            for one, who in owned
        ],
    )
    connection.execute(insert(asks), [_ask(one, who, now) for one, who in owned[::3]])
    made = [_referral(one, now) for one in ids[:REFERRALS]]
    connection.execute(insert(referrals), made)
    connection.execute(
        insert(referral_credits),
        [
            {
                "referral_id": row["id"],
                "person": who,
                "person_key": who.lower(),
                "share": 10_000,
                "why": "",
            }
            for row, (_, who) in zip(made, owned, strict=False)
        ],
    )


def _ask(account: str, who: str, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "account_id": account,
        "person": who,
        "person_key": who.lower(),
        "at": now - timedelta(days=30),
        "way": "phone",
        "result": "named",
    }


def _referral(account: str, now: datetime) -> dict[str, Any]:
    nobody = party_json(ReferralParty())
    return {
        "id": new_id(),
        "state": "won",
        "candidate": False,
        "origin": "api",
        "speaker": "colleague",
        "language": "pl",
        "recommender": nobody,
        "prospect": nobody,
        "recommender_account_id": account,
        "reasons": [],
        "amount_minor": 1_000_000,
        "received_at": now - timedelta(days=20),
        "changed_at": now,
        "expires_at": now + timedelta(days=70),
        "version": 1,
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_measure(sys.argv[1]))))
