"""`python -m benchmarks [--full] [--only NAME ...]`: measure and print. Only errors fail."""

import argparse
import contextlib
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import (
    accounts,
    asking,
    assigning,
    bursts,
    checking,
    conversing,
    figures,
    following,
    joining,
    letters,
    relief,
    replaying,
    routes,
    servers,
    watching,
)
from benchmarks.table import Line, written

# A folder for temporary files that is on a disk; /tmp may live in memory, which keeps nothing.
_DISK = "/var/tmp"
# Inquiries of some years.
MANY = 150_000


def main() -> int:
    """Returns the exit status."""
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that everything started is stopped
    count = 1_000_000 if options.full else options.inquiries
    among = 1_000_000 if options.full or "following" in (options.only or ()) else 100_000
    lines: list[Line] = []
    begun = time.monotonic()
    with contextlib.ExitStack() as stack:
        folder = Path(
            stack.enter_context(
                tempfile.TemporaryDirectory(prefix="inquiry-router-bench-", dir=_DISK)
            )
        )
        make = figures.stores(folder, stack.enter_context(servers.postgres()))
        measures: dict[str, Callable[[], Iterator[Line]]] = {
            "intake": lambda: figures.intake(make),
            "model": lambda: figures.with_model(make),
            "delivering": lambda: figures.delivering(make),
            "starting": lambda: figures.starting(make),
            "phone": lambda: figures.phone(make),
            "duplicates": lambda: figures.duplicates(make),
            "pages": lambda: figures.pages(make, count),
            "routes": lambda: routes.routes(make, MANY),
            "following": lambda: following.following(make, among),
            "accounts": lambda: accounts.accounts(make),
            "watching": lambda: watching.watching(make),
            "asking": lambda: asking.asking(make),
            "assigning": lambda: assigning.assigning(make),
            "checking": lambda: checking.checking(make),
            "replaying": lambda: replaying.replaying(make),
            "relief": lambda: relief.relief(make, max(count, MANY)),
            "joining": joining.joining,
            "conversing": conversing.conversing,
            "letters": letters.letters,
            "load": lambda: bursts.under_load(make),
            "burst": lambda: bursts.webhooks_at_once(make),
        }
        sync_ms = servers.sync_ms(folder)
        for name, measure in measures.items():
            if options.only and name not in options.only:
                continue
            print(f"measuring {name} ...", file=sys.stderr, flush=True)
            lines += measure()
        print(written(lines))
    missed = sum(line.met is False for line in lines)
    wanted = sum(line.met is not None for line in lines)
    print(
        f"\n{wanted - missed} of {wanted} figures met, in {time.monotonic() - begun:.0f} s. "
        f"One fdatasync took {sync_ms:.2f} ms."
    )
    print(
        "Ratios compare moments of this run; times and rates hold for this machine and moment only."
    )
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=main.__doc__)
    parser.add_argument(
        "--full",
        action="store_true",
        help="read pages of 1,000,000 inquiries; takes minutes longer",
    )
    parser.add_argument(
        "--inquiries",
        type=int,
        default=100_000,
        help="how many inquiries pages are read of (default 100,000)",
    )
    parser.add_argument(
        "--only",
        nargs="*",
        choices=(
            *("intake", "model", "delivering", "starting", "phone", "duplicates", "pages"),
            *(
                "routes",
                "following",
                "relief",
                "accounts",
                "asking",
                "watching",
                "assigning",
                "checking",
                "conversing",
                "letters",
                "replaying",
                "joining",
                "load",
                "burst",
            ),
        ),
        help="not everything",
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
