"""The text of attached PDF and DOCX files decides, and is stored only if an admin says so."""

import asyncio
import base64
import io
from collections.abc import AsyncIterator
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pytest
from sqlalchemy import select

from inquiry_router.house import House
from inquiry_router.schema import metadata
from tests.conftest import client_of
from tests.documents import docx, pdf, zipped
from tests.documents.test_worker import bomb, locked
from tests.outside.imap_server import ImapServer, running_imap
from tests.sources.test_mailbox import add as add_mailbox
from tests.sources.test_mailbox import has, mailbox, now_there, reading, rooms

__all__ = ["rooms"]

pytestmark = pytest.mark.anyio

# A complaint in the document. Its last word must not be found in the database.
LINES = (
    "Reklamacja. Pompa CX-20 kupiona w marcu cieknie i halasuje.",
    "Prosze o naprawe gwarancyjna. Faktura nr FV/118/2026.",
    "Z powazaniem Genowefa Grzegrzolka",
)
COVER = "Dzień dobry, przesyłam pismo w załączeniu."


@pytest.fixture(autouse=True)
def _patient(request: pytest.FixtureRequest) -> None:
    """On a busy machine a process may need more than 1.5 s to start."""
    for name in ("house", "rooms"):
        if name in request.fixturenames:
            request.getfixturevalue(name).documents.answer_waits_s = 30


def letter(content: bytes, name: str = "pismo.pdf", text: str = COVER, number: int = 1) -> bytes:
    message = EmailMessage()
    message["From"] = "Anna <anna@hydro-bud.example>"
    message["To"] = "serwis@acme.example.com"
    message["Subject"] = f"Pompa {number}"
    message["Message-ID"] = f"<{number}@hydro-bud.example>"
    message.set_content(text)
    message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes(policy=SMTP)


async def add(house: House, kind: str = "mail", **settings: Any) -> str:
    source = {"id": kind, "name": "Mail", "kind": kind, "settings": settings}
    if kind == "mailgun":
        source["secret"] = "key"
    async with client_of(house) as admin:
        made = await admin.post("/v1/sources", json=source)
    assert made.status_code == 201, made.text
    return str(made.json()["url"]).removeprefix("http://router.test")


async def post(house: House, path: str, mail: bytes) -> dict[str, Any]:
    async with client_of(house, None) as sender:
        answered = await sender.post(path, content=mail, headers={"content-type": "message/rfc822"})
    assert answered.status_code == 200, answered.text
    return dict(answered.json())


async def shown(house: House, reference: str = "latest") -> dict[str, Any]:
    async with client_of(house) as admin:
        return dict((await admin.get(f"/v1/inquiries/{reference}")).json())


async def everything(house: House) -> str:
    """All that is stored, as text."""
    rows = await house.database.read(
        lambda c: [str(row) for table in metadata.sorted_tables for row in c.execute(select(table))]
    )
    return "\n".join(rows)


@pytest.mark.parametrize(
    ("content", "name"), [(pdf(*LINES), "pismo.pdf"), (docx(*LINES), "pismo.docx")]
)
async def test_document_decides_and_is_not_stored(house: House, content: bytes, name: str) -> None:
    path = await add(house)
    taken = await post(house, path, letter(content, name))
    assert taken["status"] == "accepted"
    inquiry = await shown(house, taken["reference"])
    assert inquiry["classification"]["category"] == "defect"
    assert inquiry["decision"]["team"] == "customer_service"
    found = {(one["kind"], one["value"], one["field"]) for one in inquiry["entities"]}
    assert ("invoice_number", "FV/118/2026", "attachment") in found
    (file,) = inquiry["passage"]["attachments"]
    assert (file["name"], file["size"], file.get("text")) == (name, len(content), None)
    assert "Grzegrzolka" not in await everything(house)
    assert (await post(house, path, letter(content, name)))["status"] == "duplicate"
    alone = await post(house, path, letter(b"nonsense", name, number=2))
    assert (await shown(house, alone["reference"]))["classification"]["category"] != "defect"


async def test_text_is_stored_if_the_admin_says_so(house: House) -> None:
    path = await add(house, keeps_document_text=True)
    taken = await post(house, path, letter(pdf(*LINES)))
    inquiry = await shown(house, taken["reference"])
    (file,) = inquiry["passage"]["attachments"]
    assert file["text"].splitlines() == list(LINES)
    assert inquiry["text"] == COVER


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (bomb(), "pismo.pdf"),
        (locked("secret"), "pismo.pdf"),
        (pdf(*LINES)[:200], "pismo.pdf"),
        (pdf(*LINES, padding=6 << 20), "pismo.pdf"),
        (zipped("word/document.xml", b"<a>" + b" " * (30 << 20) + b"</a>"), "pismo.docx"),
    ],
    ids=["bomb", "locked", "cut", "large", "bomb in docx"],
)
async def test_bad_file_costs_nothing_but_its_text(house: House, content: bytes, name: str) -> None:
    words = "Pompa kupiona w marcu cieknie, proszę o naprawę gwarancyjną."
    taken = await post(house, await add(house), letter(content, name, words))
    assert taken["status"] == "accepted"
    inquiry = await shown(house, taken["reference"])
    assert inquiry["classification"]["category"] == "defect"
    assert [file["name"] for file in inquiry["passage"]["attachments"]] == [name]


async def test_dangers_in_a_manual_are_none(house: House) -> None:
    manual = pdf("Instrukcja. Uwaga: ryzyko pozaru!", "Pozar, wyciek gazu, porazenie pradem.")
    words = (
        "Dzień dobry, proszę o przesłanie aktualnego cennika pomp z serii CX oraz katalogu "
        "części zamiennych do tych pomp. Chodzi nam o cennik na przyszły rok, najlepiej w pliku "
        "PDF, bo drukujemy go dla naszych serwisantów. W załączeniu instrukcja, którą mamy dzisiaj."
    )
    path = await add(house)
    taken = await post(house, path, letter(manual, text=words))
    inquiry = await shown(house, taken["reference"])
    assert inquiry["decision"]["priority"] != "urgent"
    assert "danger" not in {one["kind"] for one in inquiry["entities"]}
    # The same words alone are a letter.
    taken = await post(house, path, letter(pdf("Pilne: wyciek gazu w kotlowni!"), number=2))
    assert (await shown(house, taken["reference"]))["decision"]["priority"] == "urgent"


async def test_late_text_joins_and_decides_what_nobody_could(house: House) -> None:
    path = await add(house)
    house.documents.answer_waits_s = 0
    taken = await post(house, path, letter(docx(*LINES), "pismo.docx"))
    assert taken["status"] == "accepted"

    async with asyncio.timeout(30):
        while (inquiry := await shown(house, taken["reference"]))["decision"]["team"] == "triage":
            await asyncio.sleep(0.05)
    assert inquiry["classification"]["category"] == "defect"
    assert inquiry["text"] == COVER
    assert "pismo.docx" in [one["text"] for one in await messages(house)]
    assert inquiry["passage"]["files_unread"] is True
    assert [one["passage"]["files_unread"] for one in inquiry["messages"]] == [True, False]
    assert "Grzegrzolka" not in await everything(house)
    async with client_of(house) as admin:
        assert len((await admin.get("/v1/inquiries")).json()["items"]) == 1


async def test_late_text_keeps_a_matter_at_its_desk(house: House) -> None:
    path = await add(house)
    house.documents.answer_waits_s = 0
    words = "Pompa kupiona w marcu cieknie, proszę o naprawę gwarancyjną."
    order = docx("Zamówienie: proszę o ofertę na 20 nowych pomp CX-40 i termin dostawy.")
    taken = await post(house, path, letter(order, "zamowienie.docx", words))
    async with asyncio.timeout(30):
        while "zamowienie.docx" not in [one["text"] for one in await messages(house)]:
            await asyncio.sleep(0.05)
    inquiry = await shown(house, taken["reference"])
    assert inquiry["decision"]["team"] == "customer_service"
    assert inquiry["classification"]["category"] == "defect"


async def messages(house: House) -> list[dict[str, Any]]:
    table = metadata.tables["messages"]
    rows = await house.database.read(lambda c: c.execute(select(table)).all())
    return [dict(row._mapping) for row in rows]


async def test_house_closes_while_documents_are_read(house: House, tmp_path: Any) -> None:
    worker = tmp_path / "worker.py"
    worker.write_text("import time; time.sleep(60)")
    house.documents._worker = worker
    house.documents.answer_waits_s = 0
    taken = await post(house, await add(house), letter(pdf(*LINES)))
    assert taken["status"] == "accepted"
    async with asyncio.timeout(10):
        await house.sources.close()
    inquiry = await shown(house, taken["reference"])
    assert inquiry["passage"]["files_unread"] is True
    entry = inquiry["timeline"][-1]
    assert (entry["kind"], entry["details"]) == (
        "files_unread",
        {"files": 1, "why": "the service stopped while they were read"},
    )


async def test_timeline_says_that_a_late_file_has_no_text(house: House) -> None:
    path = await add(house)
    house.documents.answer_waits_s = 0
    taken = await post(house, path, letter(b"%PDF-1.7 no pages"))
    async with asyncio.timeout(30):
        while (await shown(house, taken["reference"]))["timeline"][-1]["kind"] != "files_unread":
            await asyncio.sleep(0.05)


async def test_documents_of_postmark_and_in_forms(house: House) -> None:
    content = pdf(*LINES, padding=9_000)
    encoded = base64.b64encode(content).decode()
    sent = {
        "RecordType": "Inbound",
        "MessageID": "b7bc2f4a",
        "From": "anna@hydro-bud.example",
        "Subject": "Pismo",
        "TextBody": COVER,
        "Attachments": [
            {"Name": "pismo.pdf", "ContentType": "application/pdf", "Content": encoded},
            {"Name": "arkusz.xlsx", "ContentType": "application/zip", "Content": "UEsDB" + encoded},
        ],
    }
    path = await add(house, "postmark")
    async with client_of(house, None) as sender:
        answered = await sender.post(path, json=sent)
        inquiry = await shown(house, answered.json()["reference"])
        assert inquiry["classification"]["category"] == "defect"
        assert len(inquiry["passage"]["attachments"]) == 2
        fields = {
            "headers": "Message-ID: <2@a.example>",
            "from": "Ola <o@a.example>",
            "text": COVER,
        }
        files = {"attachment1": ("pismo.pdf", io.BytesIO(content), "application/pdf")}
        answered = await sender.post(await add(house, "sendgrid"), data=fields, files=files)
    inquiry = await shown(house, answered.json()["reference"])
    assert inquiry["classification"]["category"] == "defect"
    assert "Grzegrzolka" not in await everything(house)


@pytest.fixture
async def server() -> AsyncIterator[ImapServer]:
    async with running_imap() as made:
        yield made


async def test_documents_in_a_mailbox(rooms: House, server: ImapServer) -> None:
    await add_mailbox(rooms, server)
    async with reading(mailbox(rooms)):
        server.deliver(letter(pdf(*LINES)), now_there())
        await has(rooms, 1)
        inquiry = await shown(rooms)
    assert inquiry["classification"]["category"] == "defect"
    assert "Grzegrzolka" not in await everything(rooms)
