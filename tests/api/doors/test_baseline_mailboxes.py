"""Mailboxes over the API: taken at once, read behind the inquiries, deleted when they were."""

import asyncio
import base64
from pathlib import Path

import httpx2 as httpx
import pytest

from inquiry_router.api.doors import baseline_mailboxes
from inquiry_router.house import House
from inquiry_router.relief.mailbox_reader import MailboxReader

pytestmark = pytest.mark.anyio
MBOX = Path("docs/samples/skrzynka-jan.mbox").read_bytes()


@pytest.fixture(autouse=True)
def _by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let only the tests begin a reading, also if one takes longer than the reader sleeps."""

    async def rest(_: MailboxReader) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(MailboxReader, "run", rest)


async def send(
    client: httpx.AsyncClient, content: bytes = MBOX, kind: str = "mbox", **query: str
) -> httpx.Response:
    given = {"own_domains": "pompex.example", "name": "jan.mbox", "person": "Jan Nowak", **query}
    headers = {"Content-Type": f"application/{kind}"}
    return await client.post("/v1/baselines", params=given, content=content, headers=headers)


def files(house: House) -> list[Path]:
    return list((house.settings.phone_dir / "mailboxes").glob("*"))


async def test_mailbox_is_read_in_the_background(client: httpx.AsyncClient, house: House) -> None:
    made = await send(client)
    assert made.status_code == 202, made.text
    found = made.json()
    assert (found["state"], found["done"], found["mails"]) == ("reading", 0, None)
    (kept,) = files(house)
    assert kept.stat().st_mode & 0o777 == 0o600 and kept.parent.stat().st_mode & 0o777 == 0o700
    assert (await client.get(made.headers["location"])).json() == found
    assert (await client.get("/v1/baselines/latest")).status_code == 404
    assert (await send(client)).json()["id"] == found["id"], "sent twice, read once"
    assert files(house) == [kept]

    assert await house.mailbox_reader.work_once()
    done = (await client.get(made.headers["location"])).json()
    assert done["state"] == "done" and done["known"]["mails"] == 48
    assert done["known"]["service"] >= 25
    assert done["by_category"] and done["by_person"] == []
    assert files(house) == []
    assert [one["state"] for one in (await client.get("/v1/baselines")).json()["items"]] == ["done"]


async def test_broken_mailbox_says_why(client: httpx.AsyncClient, house: House) -> None:
    made = (await send(client, b"PK\x03\x04broken", "zip")).json()
    assert await house.mailbox_reader.work_once()
    found = (await client.get(f"/v1/baselines/{made['id']}")).json()
    assert found["state"] == "failed" and "jan.mbox: the zip cannot be read" in found["problem"]
    assert files(house) == []
    assert (await client.delete(f"/v1/baselines/{made['id']}")).status_code == 204


async def test_mailbox_that_waits_can_be_removed(client: httpx.AsyncClient, house: House) -> None:
    made = (await send(client)).json()
    assert (await client.delete(f"/v1/baselines/{made['id']}")).status_code == 204
    assert files(house) == [] and not await house.mailbox_reader.work_once()


async def test_mailbox_of_an_erased_person_is_not_read(
    client: httpx.AsyncClient, house: House
) -> None:
    body = "Proszę dzwonić: 601 234 567.".encode()
    told = b"From - Mon\nFrom: ola@x.example\nContent-Transfer-Encoding: base64\n\n"
    theirs = [(await send(client)).json()["id"]]
    theirs += [(await send(client, told + base64.b64encode(body) + b"\n")).json()["id"]]
    other = (await send(client, b"From - Mon\nFrom: ola@x.example\n\n601 234 568\n")).json()["id"]
    (house.settings.phone_dir / "mailboxes" / f".{theirs[0]}.mbox.counts").write_text("{}")
    person = {"emails": ["BIURO6@klient6.example"], "phones": ["601234567"]}
    preview = await client.post("/v1/privacy/erasures/preview", json=person)
    assert preview.json()["counts"]["mailboxes"] == 2 and len(files(house)) == 4
    export = (await client.post("/v1/privacy/export", json=person)).json()
    senders = {(one["mailbox"], one["sender"]) for one in export["waiting_mails"]}
    assert senders == {(theirs[0], "biuro6@klient6.example")}
    assert all(one["subject"] and one["text"] and one["at"] for one in export["waiting_mails"])
    assert export["mentioned_by_others"] == {"waiting_mails": 1} and len(files(house)) == 4
    table = await client.post("/v1/privacy/export?format=csv", json=person)
    assert f"waiting_mails,1,mailbox,{theirs[0]}" in table.text
    assert (await client.post("/v1/privacy/erasures", json=person)).is_success
    assert [path.stem for path in files(house)] == [other]
    for one in theirs:
        found = (await client.get(f"/v1/baselines/{one}")).json()
        assert found["state"] == "failed" and "was erased" in found["problem"]
    assert (await client.get(f"/v1/baselines/{other}")).json()["state"] == "reading"


async def test_bad_mailboxes_leave_nothing(
    client: httpx.AsyncClient, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for answer, sentence in (
        (await send(client, b"kto;kiedy\n"), "no mailbox"),
        (await send(client, b""), "no mailbox"),
        (await send(client, own_domains=""), "needs own_domains"),
        (await send(client, own_domains="pompex"), "no mail domain"),
        (await send(client, timezone="Mars/Base"), "no time zone"),
    ):
        assert answer.status_code == 422 and sentence in answer.json()["detail"]
    monkeypatch.setattr(baseline_mailboxes, "MAX_BYTES", 1000)
    large = await send(client)
    assert large.status_code == 413 and "cut the mailbox by year" in large.json()["hint"]
    monkeypatch.undo()
    monkeypatch.setattr("inquiry_router.relief.mailbox_folder.RESERVE", 1 << 60)
    full = await send(client)
    assert full.status_code == 503 and "no room" in full.json()["detail"]
    assert files(house) == []
    assert (await client.get("/v1/baselines")).json()["items"] == []
