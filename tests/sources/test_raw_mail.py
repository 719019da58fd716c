"""Raw mails over HTTP: large ones, repeats, and mails that the helpdesk delivers too."""

import base64
from collections.abc import AsyncIterator
from typing import Any

import httpx2 as httpx
import pytest

from inquiry_router.house import House
from inquiry_router.providers.kit.mime import MAX_TEXT_BYTES
from tests.conftest import client_of

pytestmark = pytest.mark.anyio

HEAD = (
    "From: Anna <anna@hydro-bud.example>\r\nTo: serwis@acme.example.com\r\nSubject: Pompa\r\n"
    "Message-ID: <77@hydro-bud.example>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    "Pompa kupiona w marcu cieknie, proszę o naprawę gwarancyjną.\r\n"
)
FILE = (
    "--b\r\nContent-Type: image/jpeg; name=pompa.jpg\r\nContent-Transfer-Encoding: base64\r\n\r\n"
)
END = "--b--\r\n"
LINE = base64.b64encode(b"x" * 57) + b"\r\n"


async def door(admin: httpx.AsyncClient, kind: str = "mail", **more: Any) -> str:
    made = await admin.post("/v1/sources", json={"id": kind, "name": "Mail", "kind": kind, **more})
    assert made.status_code == 201, made.text
    return str(made.json()["url"]).removeprefix("http://router.test")


async def body(megabytes: int) -> AsyncIterator[bytes]:
    yield (HEAD + FILE).encode()
    for _ in range(megabytes * 18):
        yield LINE * 750
    yield END.encode()


async def post(house: House, path: str, content: Any) -> httpx.Response:
    async with client_of(house, None) as sender:
        return await sender.post(path, content=content, headers={"content-type": "message/rfc822"})


async def test_large_mail_is_taken_once_and_its_file_is_named(house: House) -> None:
    async with client_of(house) as admin:
        path = await door(admin)
        first = await post(house, path, body(30))
        assert (first.status_code, first.json()["status"]) == (200, "accepted"), first.text
        again = await post(house, path, body(30))
        assert again.json() == {**first.json(), "status": "duplicate"}
        (row,) = (await admin.get("/v1/inquiries")).json()["items"]
        shown = (await admin.get(f"/v1/inquiries/{row['id']}")).json()
    (file,) = shown["passage"]["attachments"]
    assert (file["name"], file["type"]) == ("pompa.jpg", "image/jpeg")
    assert file["size"] == 30 * 18 * 750 * 57
    assert shown["contact"]["email"] == "anna@hydro-bud.example"
    assert (shown["classification"]["category"], shown["channel"]) == ("defect", "email")


async def test_too_large_mail_and_what_is_no_mail_are_refused(house: House) -> None:
    async with client_of(house) as admin:
        path = await door(admin)
        assert (await post(house, path, body(51))).status_code == 413
        refused = await post(house, path, b'{"text": "Pompa"}')
        assert (refused.status_code, refused.json()["code"]) == (400, "unreadable_event")
        wrong = await post(house, path.replace("token=", "token=x"), HEAD.encode())
        assert wrong.status_code == 401
        assert (await admin.get("/v1/inquiries")).json()["items"] == []


async def test_mail_that_the_helpdesk_delivers_too_is_one_inquiry(house: House) -> None:
    async with client_of(house) as admin:
        raw, helpdesk = await door(admin), await door(admin, "postmark")
        first = await post(house, raw, (HEAD + END).encode())
        ticket = {
            "RecordType": "Inbound",
            "MessageID": "b7bc2f4a",
            "From": "anna@hydro-bud.example",
            "Subject": "Pompa",
            "TextBody": "Pompa kupiona w marcu cieknie, proszę o naprawę gwarancyjną.",
            "Headers": [{"Name": "Message-ID", "Value": "<77@hydro-bud.example>"}],
        }
        async with client_of(house, None) as sender:
            second = await sender.post(helpdesk, json=ticket)
        assert second.json()["reference"] == first.json()["reference"], second.text
        assert len((await admin.get("/v1/inquiries")).json()["items"]) == 1


async def test_text_beyond_a_megabyte_is_cut_with_a_mark(house: House) -> None:
    mail = (HEAD + "log line of the pump\r\n" * 80_000 + END).encode()
    async with client_of(house) as admin:
        taken = await post(house, await door(admin), mail)
        assert taken.json()["status"] == "accepted", taken.text
        inquiry = (await admin.get("/v1/inquiries/latest")).json()
    assert inquiry["passage"]["shortened"] is True
    assert "shortened" in inquiry["decision"]["flags"]
    assert inquiry["text"].startswith("Pompa kupiona") and len(inquiry["text"]) <= MAX_TEXT_BYTES
