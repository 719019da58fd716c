"""Nothing personal is in logs, metrics and error answers, whatever is sent and whatever fails."""

import io
import json
import re
from typing import Any
from urllib.parse import quote

import httpx2 as httpx
import pytest

from inquiry_router.classification.service import ClassifierService
from inquiry_router.house import House
from inquiry_router.inquiry.errors import Unavailable
from inquiry_router.sources.kinds import SOURCES
from tests.conftest import client_of, shared_app
from tests.delivery.doubles import delivering, idle
from tests.delivery.test_dispatcher import fill
from tests.faulty_server import answer, faulty_server
from tests.privacy.canary import EMAIL, NAME, PHONE_NUMBER, WORDS
from tests.process.test_logs import logged
from tests.providers.samples import TICKET_KINDS

pytestmark = pytest.mark.anyio
PESEL = "44051401359"
EVERYTHING = f"{WORDS} {NAME} {EMAIL} {PHONE_NUMBER} {PESEL}"
TRACES = (WORDS, "Żółtodziób", "kanarek.zolty", "605123987", PESEL)
FREE = ("text", "subject", "note", "why", "who", "name", "speech", "company")
__all__ = ["logged"]

Operation = tuple[str, str, Any, bool]
# Who sets something wrong is told which value it was. It is no customer's.
SETTINGS = {"admin", "accounts"}


def operations() -> list[Operation]:
    """Method, path and example of a body of every operation; and if it is about settings."""
    document = shared_app().openapi()
    return [
        (method, path, _example(document, operation), _is_of_settings(operation))
        for path, item in document["paths"].items()
        for method, operation in item.items()
    ]


def _is_of_settings(operation: Any) -> bool:
    return operation.get("x-required-scope") in SETTINGS


def _example(document: Any, operation: Any) -> Any:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    if "example" in content:
        return content["example"]
    name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
    examples = document["components"]["schemas"].get(name, {}).get("examples", [])
    return examples[0] if examples else {}


def poisoned(value: Any, *, only: tuple[str, ...] | None = None, name: str = "") -> Any:
    """Put the canary into all texts of a body, or into those with some names."""
    if isinstance(value, dict):
        return {key: poisoned(one, only=only, name=key) for key, one in value.items()}
    if isinstance(value, list):
        return [poisoned(one, only=only, name=name) for one in value]
    if isinstance(value, str) and (only is None or name in only):
        return EVERYTHING
    return value


def address(path: str, value: str) -> str:
    return re.sub(r"\{\w+\}", quote(value, safe=""), path)


class Ear:
    """Everything that the service says while it is used."""

    def __init__(self, lines: io.StringIO) -> None:
        self._lines = lines
        self._refusals: list[str] = []

    def hear(self, answered: httpx.Response) -> None:
        """Keep an error answer: other answers show data on purpose.

        It may name the thing in the address that does not exist: that is the sender's own.
        """
        if answered.status_code >= 400 and EMAIL not in answered.request.url.path:
            self._refusals += [answered.text, str(answered.headers)]

    def overhear(self, answered: httpx.Response) -> None:
        """Keep nothing of an answer: only what is logged meanwhile counts."""

    def traces(self) -> list[str]:
        """The text before each trace."""
        said = [*self._lines.getvalue().splitlines(), *self._refusals]
        found = [_around(line, trace) for line in said for trace in TRACES if trace in line]
        return sorted(set(found))


def _around(line: str, trace: str) -> str:
    place = line.index(trace)
    return line[max(0, place - 100) : place]


@pytest.fixture
def ear(logged: io.StringIO) -> Ear:
    return Ear(logged)


async def send_everything(house: House, ear: Ear) -> None:
    """Send the canary to every operation: in the address, the query, the header and the body."""
    async with client_of(house) as admin, client_of(house, None) as nobody:
        for method, path, example, is_setting in operations():
            hear = ear.overhear if is_setting else ear.hear
            headers = {"Idempotency-Key": EMAIL, "If-Match": EMAIL}
            if method in ("post", "put", "patch"):
                for body in (poisoned(example, only=FREE), poisoned(example)):
                    url = address(path, "latest")
                    hear(await admin.request(method, url, headers=headers, json=body))
                hear(await admin.request(method, url, content=b'{"text": "' + _BYTES))
            url = address(path, EVERYTHING)
            hear(await admin.request(method, url, headers=headers))
            query = {"q": EVERYTHING, "team": EVERYTHING, "unknown": EMAIL}
            hear(await admin.request(method, address(path, "latest"), params=query))
            wrong = {"Authorization": f"Bearer irk_{EMAIL}_{PESEL}"}
            hear(await nobody.request(method, address(path, EMAIL), headers=wrong))


_BYTES = EVERYTHING.encode()


async def test_every_operation_keeps_quiet(ear: Ear, sqlite_house: House) -> None:
    await send_everything(sqlite_house, ear)
    assert ear.traces() == []
    async with client_of(sqlite_house) as admin:
        metrics = await admin.get("/metrics")
    assert "http_request_seconds" in metrics.text
    assert [trace for trace in TRACES if trace in metrics.text] == []


@pytest.mark.parametrize("error", [RuntimeError(EVERYTHING), Unavailable()])
async def test_database_that_fails_keeps_quiet(
    ear: Ear, sqlite_house: House, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    async def fail(*_: object) -> None:
        raise error

    for name in ("read", "write", "scan", "look_up", "check", "record"):
        monkeypatch.setattr(sqlite_house.database, name, fail)
    await send_everything(sqlite_house, ear)
    assert ear.traces() == []


async def test_classifier_that_fails_keeps_quiet(
    ear: Ear, sqlite_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise RuntimeError(EVERYTHING)

    monkeypatch.setattr(ClassifierService, "classify", fail)
    async with client_of(sqlite_house) as admin:
        body = {"channel": "email", "text": EVERYTHING, "contact": {"email": EMAIL}}
        for path in ("/v1/inquiries", "/v1/classify", "/v1/inquiries/latest/messages"):
            ear.hear(await admin.post(path, json=body))
        call = {"call_id": "1", "from": PHONE_NUMBER, "speech": EVERYTHING}
        ear.hear(await admin.post("/v1/phone/decide", json=call))
    assert ear.traces() == []


@pytest.mark.parametrize("kind", TICKET_KINDS)
async def test_webhooks_keep_quiet(ear: Ear, sqlite_house: House, kind: str) -> None:
    model = SOURCES[kind].settings_model
    api = {"api_url": "https://desk.example.com", "api_token": "key-of-the-api"}
    entry = {
        "id": "door",
        "name": "Door",
        "kind": kind,
        "settings": {name: value for name, value in api.items() if name in model.model_fields},
    }
    async with client_of(sqlite_house) as admin, client_of(sqlite_house, None) as vendor:
        made = await admin.post("/v1/sources", json=entry)
        url = made.json().get("url", "/v1/hooks/door").removeprefix("http://router.test")
        form = "application/x-www-form-urlencoded"
        for content, kind_of_body in (
            (json.dumps({"text": EVERYTHING, "from": EMAIL}).encode(), "application/json"),
            (json.dumps([EVERYTHING]).encode(), "application/json"),
            (f"subject={quote(EVERYTHING)}&from={quote(EMAIL)}".encode(), form),
            (f"From: {EMAIL}\r\nSubject: {WORDS}\r\n\r\n{EVERYTHING}".encode(), "message/rfc822"),
            (b"{" + _BYTES, "application/json"),
        ):
            for target in (url, f"{url.partition('?')[0]}?token={quote(EMAIL)}"):
                headers = {"content-type": kind_of_body, "x-signature": WORDS.encode()}
                ear.hear(await vendor.post(target, content=content, headers=headers))
    assert ear.traces() == []


async def test_destination_that_quotes_the_person_keeps_the_log_quiet(
    logged: io.StringIO, sqlite_house: House
) -> None:
    """What it said is shown to admins with the delivery, as the timeline is."""
    database = sqlite_house.database
    async with faulty_server() as server, client_of(sqlite_house) as admin:
        url = server.behave("/in", answer(422, body=_BYTES))
        (delivery_id,) = await fill(database, "erp", 1, url)
        async with delivering(database):
            await idle(database)
        shown = await admin.get(f"/v1/deliveries/{delivery_id}")
    assert WORDS in shown.text
    assert "delivery." in logged.getvalue()
    assert Ear(logged).traces() == []
