"""Messages that FreeSWITCH records and sends as a file."""

import os
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import httpx2 as httpx
import pytest

from inquiry_router.api.doors.phone import MAX_RECORDING_BYTES
from inquiry_router.calls.recordings import Recordings
from inquiry_router.house import House
from tests.calls.test_lines import FORM, add, send
from tests.conftest import client_of
from tests.phone.people import ANNA, LINE

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
# Bytes of every kind, with line ends and dashes as in the boundary; three minutes are this long.
SOUND = b"RIFF\r\n--sound\n\r" + random.Random(1).randbytes(2_900_000)
WHO = {"session_id": "s-1", "Caller-Caller-ID-Number": ANNA, "Caller-Destination-Number": LINE}


def multipart(fields: dict[str, str], sound: bytes | None) -> tuple[bytes, str]:
    """A form as libcurl writes it."""
    parts = [
        f'--sound9\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    if sound is not None:
        disposition = 'Content-Disposition: form-data; name="message"; filename="message.wav"'
        kind = "Content-Type: audio/wav"
        parts.append(f"--sound9\r\n{disposition}\r\n{kind}\r\n\r\n".encode() + sound + b"\r\n")
    return b"".join([*parts, b"--sound9--\r\n"]), "multipart/form-data; boundary=sound9"


async def come_to_the_message(house: House, phone: httpx.AsyncClient) -> str:
    """Ring where nobody can be dialled; return the address for the message."""
    settings = await phone.get("/v1/phone/settings")
    body = {"callbacks": {"count": 0}}
    tag = {"If-Match": settings.headers["ETag"]}
    assert (await phone.put("/v1/phone/settings", json=body, headers=tag)).status_code == 200
    url = (await add(phone, "freeswitch"))["url"]
    form = {**WHO, "exiting": "false"}
    answer = await send(house, url, httpx_form(form), **{"content-type": FORM})
    url = action_of(answer.text, "speak")
    form |= {"input": "1", "input_type": "dtmf"}
    answer = await send(house, url, httpx_form(form), **{"content-type": FORM})
    return action_of(answer.text, "record")


def httpx_form(fields: dict[str, str]) -> bytes:
    return str(httpx.QueryParams(fields)).encode()


def action_of(document: str, tag: str) -> str:
    found = (one.get("action") for one in ElementTree.fromstring(document).iter(tag))
    return next(action for action in found if action)


async def voicemails(phone: httpx.AsyncClient) -> list[dict[str, Any]]:
    (listed,) = (await phone.get("/v1/inquiries")).json()["items"]
    inquiry = (await phone.get(f"/v1/inquiries/{listed['reference']}")).json()
    return [one["details"] for one in inquiry["timeline"] if one["kind"] == "voicemail"]


async def test_recorded_message_is_taken_and_thanked_for_and_can_be_heard(
    house: House, phone: httpx.AsyncClient
) -> None:
    url = await come_to_the_message(house, phone)
    body, kind = multipart({**WHO, "exiting": "false"}, SOUND)
    answer = await send(house, url, body, **{"content-type": kind})
    assert "Dziękujemy, odezwiemy się." in answer.text
    (voicemail,) = await voicemails(phone)
    async with client_of(house, None) as anybody:
        heard = await anybody.get(urlsplit(voicemail["url"]).path)
        assert (heard.status_code, heard.content) == (200, SOUND)
        assert heard.headers["content-type"] == "audio/wav"
        for name in ("20261116-" + "A" * 32 + ".wav", "..%2Fcall.json", "x"):
            assert (await anybody.get(f"/v1/phone/recordings/{name}")).status_code == 404


async def test_recording_without_the_token_is_refused_and_not_stored(
    house: House, phone: httpx.AsyncClient
) -> None:
    url = await come_to_the_message(house, phone)
    body, kind = multipart(WHO, SOUND)
    forged = url.replace("token=", "token=x")
    assert (await send(house, forged, body, **{"content-type": kind})).status_code == 403
    assert await voicemails(phone) == []


@pytest.mark.parametrize("sound", [None, b""])
async def test_form_without_a_recording_is_answered_like_any_other(
    house: House, phone: httpx.AsyncClient, sound: bytes | None
) -> None:
    url = await come_to_the_message(house, phone)
    body, kind = multipart(WHO, sound)
    for sent in (body, body[:-40], b"", b"-" * (MAX_RECORDING_BYTES + 1)):
        answer = await send(house, url, sent, **{"content-type": kind})
        assert answer.status_code == 200 and "hangup" in answer.text
    assert await voicemails(phone) == []


async def test_recordings_of_earlier_days_are_deleted(tmp_path: Path) -> None:
    recordings, tomorrow = Recordings(tmp_path / "recordings"), NOW + timedelta(days=1)
    old, new = await recordings.add(b"old", NOW), await recordings.add(b"new", tomorrow)
    assert old is not None and new is not None and await recordings.find(old) == b"old"
    assert recordings.count_before(tomorrow) == 1
    assert recordings.delete_before(tomorrow, tomorrow) == 1
    assert await recordings.find(old) is None and await recordings.find(new) == b"new"


async def test_what_a_kill_left_of_a_recording_is_removed(tmp_path: Path) -> None:
    recordings, folder = Recordings(tmp_path / "recordings"), tmp_path / "recordings"
    name = await recordings.add(b"sound", NOW)
    written, left = folder / "20261116-now.part", folder / "20261116-left.part"
    for path, age in ((written, timedelta(minutes=1)), (left, timedelta(hours=2))):
        path.write_bytes(b"RIFF")
        os.utime(path, ((NOW - age).timestamp(),) * 2)
    assert recordings.delete_before(NOW, NOW) == 1
    assert {path.name for path in folder.iterdir()} == {name, written.name}


async def test_recordings_are_counted_and_deleted_by_name(tmp_path: Path) -> None:
    recordings = Recordings(tmp_path / "recordings")
    name = await recordings.add(b"sound", NOW)
    assert name is not None
    outside = tmp_path / "secret"
    outside.write_text("not a recording")
    names = [name, "../secret", "20261116-unknown.wav"]
    assert recordings.count(names) == recordings.delete(names) == 1
    assert recordings.count(names) == 0 and outside.exists()


async def test_disk_that_refuses_a_recording_does_not_stop_the_call(tmp_path: Path) -> None:
    (tmp_path / "recordings").write_text("a file in the place of the folder")
    assert await Recordings(tmp_path / "recordings").add(b"sound", NOW) is None
