"""Accounts: importing them, and recognising one among 100,000 contact points."""

import asyncio
import time
from collections.abc import Iterator
from functools import partial
from statistics import median
from typing import Final

from benchmarks.figures import NewStore, Stores
from benchmarks.servers import settings_of
from benchmarks.table import Line, at_most
from inquiry_router.accounts.finding import find_account
from inquiry_router.accounts.importing import ImportOptions, import_accounts
from inquiry_router.accounts.matching import LookedFor
from inquiry_router.database.opening import open_database
from inquiry_router.process.clock import utc_now

# Three contact points each.
IMPORTED: Final = 5_000
AMONG: Final = 33_400
LOOKUPS: Final = 300
MAX_IMPORT_S: Final = 10.0
MAX_LOOKUP_MS: Final = 2.0


def accounts(make: Stores) -> Iterator[Line]:
    """Import 5,000 accounts; recognise one among 33,400, sure and not at all."""
    for new_store in make:
        yield from _of(new_store)


def _of(new_store: NewStore) -> Iterator[Line]:
    with new_store("accounts") as store:
        seconds, sure, nobody = asyncio.run(_measure(store.url))
        where = store.kind
        yield at_most("import of 5,000 accounts", where, seconds, MAX_IMPORT_S, " s")
        what = "recognising an account among 100,000 contact points"
        yield at_most(f"{what}, a sure one", where, sure, MAX_LOOKUP_MS, " ms")
        yield at_most(f"{what}, a stranger", where, nobody, MAX_LOOKUP_MS, " ms")


async def _measure(url: str) -> tuple[float, float, float]:
    database = open_database(settings_of(url))
    await database.start()
    now, options = utc_now(), ImportOptions()
    begun = time.perf_counter()
    await import_accounts(database, _file(0, IMPORTED), options, now)
    seconds = time.perf_counter() - begun
    await import_accounts(database, _file(IMPORTED, AMONG), options, now)
    took: dict[str, list[float]] = {"firma": [], "other": []}
    for number in range(LOOKUPS):
        for name, times in took.items():
            looked_for = LookedFor(
                contact=(f"biuro@{name}{number * 97 % AMONG}.example",),
                domains=(f"{name}{number}.example",),
                company=f"{name} {number}",
            )
            begun = time.perf_counter()
            await database.look_up(partial(find_account, looked_for=looked_for, now=now))
            times.append(1000 * (time.perf_counter() - begun))
    await database.stop()
    return seconds, median(took["firma"]), median(took["other"])


def _file(begin: int, end: int) -> bytes:
    lines = ["Kod;Nazwa;E-mail;Telefon 1;Telefon 2;Opiekun"]
    for n in range(begin, end):
        phones = f"+48 60{n:07d};+48 22 {n:07d}"
        lines.append(f"K{n};Firma {n} sp. z o.o.;biuro@firma{n}.example;{phones};Ewa Lis")
    return "\r\n".join(lines).encode("cp1250")
