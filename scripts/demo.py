"""`make demo`: send twenty inquiries through a new service, and show the results."""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx2 as httpx
from rich.console import Console
from rich.table import Table

# The last two are unclear on purpose: people decide them.
INQUIRIES: list[dict[str, Any]] = [
    {
        "channel": "email",
        "subject": "Pompa znowu stoi",
        "text": "Dzień dobry, pompa CX-40 kupiona w marcu od wczoraj nie pompuje i cieknie spod "
        "uszczelki. Proszę o serwis.",
        "contact": {
            "name": "Anna Kowalska",
            "email": "anna@hydro-bud.example",
            "company": "Hydro-Bud",
        },
    },
    {
        "channel": "phone",
        "text": "no dzień dobry yyy bo ten ekspres od państwa dymi się z niego i wywala korki "
        "proszę kogoś przysłać",
    },
    {"channel": "chat", "text": "przyszla paczka i polowa plytek potluczona, co teraz?"},
    {
        "channel": "email",
        "subject": "Faktura FV/1182",
        "text": "Na fakturze jest stary NIP, proszę o korektę i ponowne przesłanie.",
    },
    {"channel": "chat", "text": "gdzie jest moje zamowienie 55812, mialo byc wczoraj"},
    {
        "channel": "phone",
        "text": "dzień dobry chciałam tylko zmienić adres dostawy do zamówienia z poniedziałku "
        "bo się przeprowadziliśmy",
    },
    {
        "channel": "email",
        "text": "Uprzejmie proszę o przesłanie aktualnego cennika oraz katalogu okuć w wersji PDF.",
    },
    {
        "channel": "form",
        "subject": "Pytanie",
        "text": "Gdzie znajdę instrukcję obsługi i deklarację zgodności CE do zgrzewarki Z-20?",
    },
    {
        "channel": "email",
        "text": "Proszę o wycenę 40 okien PCV do hotelu, termin realizacji w kwietniu. Kiedy "
        "mógłby ktoś przyjechać na pomiar?",
    },
    {
        "channel": "phone",
        "text": "dzień dobry potrzebuję kupić dwie takie pompy do szamba ile by to kosztowało i "
        "na kiedy by były",
    },
    {
        "channel": "email",
        "text": "Polecił mi Państwa pan Nowak z Agro-Maxu, podobno dobrze obsługujecie "
        "gospodarstwa. Proszę o kontakt.",
    },
    {
        "channel": "note",
        "text": "Dzw. p. Zieliński, mówi, że szwagier buduje halę pod Płockiem i warto do niego "
        "zadzwonić, tel. 602 111 222.",
    },
    {
        "channel": "email",
        "subject": "Oferta współpracy",
        "text": "Jesteśmy producentem opakowań i chcielibyśmy zaproponować Państwu nasze kartony "
        "w cenach hurtowych.",
    },
    {
        "channel": "email",
        "subject": "Broken on arrival",
        "text": "The compressor we received on Tuesday does not start at all. We need a "
        "replacement or a repair.",
    },
    {
        "channel": "chat",
        "text": "hi, could you send me the datasheet and the price list for the LED panels?",
    },
    {
        "channel": "email",
        "text": "We would like a quote for 12 laser printers including installation. Who can "
        "visit us next week?",
    },
    {
        "channel": "email",
        "text": "Sehr geehrte Damen und Herren, die Kaffeemaschine ist defekt, es läuft Wasser "
        "aus. Bitte um Reparatur.",
    },
    {
        "channel": "email",
        "text": "Guten Tag, könnten Sie uns bitte ein Angebot für 20 Fenster machen? Wir möchten "
        "im Frühjahr bestellen.",
    },
    {"channel": "phone", "text": "halo no ja w tej sprawie co wczoraj no pan wie"},
    {"channel": "chat", "text": "a jak z tym będzie?"},
]


COLUMNS = (
    "#",
    "channel",
    "text",
    "category",
    "conf.",
    "team",
    "priority",
    "due (Warsaw)",
    "reference",
)


def main() -> int:
    console = Console(width=max(Console().width, 160))
    with tempfile.TemporaryDirectory() as folder, _service(Path(folder)) as (client, log):
        rows = [_send(client, inquiry) for inquiry in INQUIRIES]
        console.print(_table(rows))
        unsure = sum(row[2].endswith("?") for row in rows)
        console.print(
            f"{unsure} of them are unclear (marked with ?): people in triage decide, "
            "and no salesperson's phone rings."
        )
        console.print(
            f"{_delivered(client)} of {len(INQUIRIES)} decisions were handed over to the "
            "destination 'console', for example:"
        )
        lines = log.read_text(encoding="utf-8").splitlines()
        for line in [line for line in lines if "inquiry.routed" in line][:5]:
            console.print("  " + line, highlight=False, markup=False)
    return 0


def _send(client: httpx.Client, inquiry: dict[str, Any]) -> tuple[str, ...]:
    answer = client.post("/v1/inquiries", json=inquiry)
    return _row(inquiry, answer.raise_for_status().json())


def _table(rows: list[tuple[str, ...]]) -> Table:
    table = Table(title="What became of twenty inquiries")
    for column in COLUMNS:
        table.add_column(column, no_wrap=True)
    for number, row in enumerate(rows, start=1):
        table.add_row(str(number), *row)
    return table


@contextlib.contextmanager
def _service(folder: Path) -> Iterator[tuple[httpx.Client, Path]]:
    """Migrate and run a service; its output goes to a file."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    key_file, log = folder / "admin.key", folder / "service.log"
    environment = {
        **os.environ,
        "INQUIRY_ROUTER_DATABASE_URL": f"sqlite:///{folder / 'demo.db'}",
        "INQUIRY_ROUTER_ADMIN_KEY_FILE": str(key_file),
        "INQUIRY_ROUTER_HOST": "127.0.0.1",
        "INQUIRY_ROUTER_PORT": str(port),
        "INQUIRY_ROUTER_LOG_LEVEL": "error",
    }
    command = [sys.executable, "-m", "inquiry_router"]
    subprocess.run([*command, "migrate"], env=environment, check=True, stdout=subprocess.DEVNULL)
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen([*command, "serve"], env=environment, stdout=output)
    headers = {"Authorization": f"Bearer {key_file.read_text().strip()}"}
    try:
        with httpx.Client(
            base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=10, trust_env=False
        ) as client:
            _wait(client)
            yield client, log
    finally:
        process.terminate()
        process.wait(10)


def _wait(client: httpx.Client) -> None:
    for _ in range(200):
        with contextlib.suppress(httpx.TransportError):
            if client.get("/health/live").status_code == 200:
                return
        time.sleep(0.1)
    raise SystemExit("the service did not start")


def _row(inquiry: dict[str, Any], answer: dict[str, Any]) -> tuple[str, ...]:
    classification, decision = answer["classification"], answer["decision"]
    text = " ".join(filter(None, (inquiry.get("subject"), inquiry["text"])))
    return (
        inquiry["channel"],
        text if len(text) <= 44 else text[:43] + "…",
        classification["category"] + (" ?" if decision["flags"] else ""),
        f"{classification['confidence']:.2f}",
        decision["team"],
        decision["priority"],
        _local(decision["due_at"]),
        answer["reference"],
    )


def _local(time: str | None) -> str:
    if time is None:
        return ""
    return f"{datetime.fromisoformat(time).astimezone(ZoneInfo('Europe/Warsaw')):%a %d.%m. %H:%M}"


def _delivered(client: httpx.Client) -> int:
    """Wait up to five seconds for all deliveries. Return the number of those that arrived."""
    delivered = 0
    wanted = {"state": "delivered", "limit": "200"}
    for _ in range(50):
        delivered = len(client.get("/v1/deliveries", params=wanted).json()["items"])
        if delivered == len(INQUIRIES):
            break
        time.sleep(0.1)
    return delivered


if __name__ == "__main__":
    sys.exit(main())
