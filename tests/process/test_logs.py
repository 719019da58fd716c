"""No customer's word, name, address, phone or key is logged: canaries through every door."""

import ast
import asyncio
import io
import json
import logging
import re
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
import structlog

from inquiry_router.house import House
from inquiry_router.process.logs import ALLOWED, configure
from tests.conftest import KEYS, Role, client_of, settings_for

pytestmark = pytest.mark.anyio

CANARIES = [
    "kanarek-tekst",
    "kanarek-temat",
    "Kanarkowski",
    "kanarek@firma.example",
    "777888999",
    "44051401359",
    "Kanarex",
    KEYS[Role.ADMIN][10:],
    "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
]
INQUIRY = {
    "channel": "email",
    "subject": "kanarek-temat",
    "text": "kanarek-tekst 44051401359\nkolejna linia \u001b[31m",
    "contact": {
        "name": "Kanarkowski",
        "email": "kanarek@firma.example",
        "phone": "+48777888999",
        "company": "Kanarex",
    },
    "source": {"system": "zammad", "id": "kanarek-tekst-1"},
}


@pytest.fixture
def logged() -> io.StringIO:
    lines = io.StringIO()
    with redirect_stderr(lines), redirect_stdout(lines):
        configure(settings_for("sqlite:///x.db", log_format="json", log_level="debug"))
        yield lines
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


async def test_log_lines_hold_no_words_of_customers(
    logged: io.StringIO, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with client_of(house) as client:
        await client.post(
            "/v1/inquiries", json=INQUIRY, headers={"Idempotency-Key": "kanarek-tekst"}
        )
        await client.post("/v1/inquiries", json={**INQUIRY, "text": "kanarek-tekst inny"})
        await client.post("/v1/inquiries", json={**INQUIRY, "channel": "kanarek-tekst"})
        await client.post(
            "/v1/inquiries",
            content=b'{"kanarek-tekst":1,"kanarek-tekst":2}',
            headers={"Content-Type": "application/json"},
        )
        await client.post("/v1/classify", json=INQUIRY)
        await client.get("/v1/inquiries", params={"q": "kanarek-tekst"})
        await client.get("/v1/inquiries/kanarek-tekst")
        await client.get("/kanarek-tekst")
        await client.post(
            "/v1/inquiries/latest/correction",
            json={"category": "defect", "who": "Kanarkowski", "why": "kanarek-tekst"},
        )
        await client.post(
            "/v1/inquiries/latest/resolution", json={"who": "Kanarkowski", "note": "kanarek-tekst"}
        )
        entry = {
            "id": "erp",
            "name": "Kanarex",
            "kind": "webhook",
            "settings": {
                "url": "https://kanarek-tekst.example.com",
                "secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
            },
        }
        await client.post("/v1/destinations", json=entry)
        await client.get("/v1/teams", headers={"Authorization": "Bearer kanarek-tekst"})

        def fail(*_: object) -> None:
            raise ValueError("kanarek-tekst kanarek@firma.example 777888999")

        monkeypatch.setattr(house.journey, "preview", fail)
        assert (await client.post("/v1/classify", json=INQUIRY)).status_code == 500
        monkeypatch.setattr(house.journey, "receive", fail)
        assert (await client.post("/v1/inquiries", json=INQUIRY)).status_code == 500
    await asyncio.sleep(0)  # lines are written when the loop has turned
    text = logged.getvalue()
    assert text.count('"event": "request"') >= 14
    for canary in CANARIES:
        assert canary not in text, canary
    for line in text.splitlines():
        json.loads(line)
    failures = [json.loads(line) for line in text.splitlines() if "request.failed" in line]
    assert failures and failures[0]["exception"].startswith("ValueError < ")


async def test_event_is_one_line(logged: io.StringIO) -> None:
    log = structlog.get_logger()
    log.info(
        "test",
        error="first\r\nsecond \u001b[31m kanarek@firma.example irk_admin_0123456789abcdef "
        "+48 777 888 999",
        secret="x",
        text="y",
    )
    (line,) = logged.getvalue().splitlines()
    event = json.loads(line)
    assert set(event) == {"event", "level", "timestamp", "error"}
    assert not re.search(r"kanarek|0123456789|777", event["error"])


async def test_request_id_is_answered_and_logged(logged: io.StringIO, sqlite_house: House) -> None:
    async with client_of(sqlite_house) as client:
        answer = await client.get("/v1/nothing", headers={"X-Request-ID": "abc-123"})
    assert answer.headers["x-request-id"] == answer.json()["request_id"] == "abc-123"
    assert '"request_id": "abc-123"' in logged.getvalue()
    async with client_of(sqlite_house) as client:
        answer = await client.get("/v1/nothing", headers={"X-Request-ID": "a\x7f b" * 100})
    assert len(answer.headers["x-request-id"]) == 36


def test_warnings_of_libraries_are_logged_without_arguments(logged: io.StringIO) -> None:
    library = logging.getLogger("uvicorn.error")
    library.warning("Unsupported %s request.\nkanarek-temat", "kanarek-tekst")
    try:
        raise ValueError("kanarek-tekst")
    except ValueError:
        library.exception("Exception in ASGI application\n")
    library.info("too quiet to be heard")
    warned, failed = (json.loads(line) for line in logged.getvalue().splitlines())
    assert (warned["event"], warned["level"], warned["kind"]) == (
        "library",
        "warning",
        "uvicorn.error",
    )
    assert warned["reason"] == "Unsupported %s request."
    assert (failed["level"], failed["reason"]) == ("error", "Exception in ASGI application")
    assert failed["exception"].startswith("ValueError < test_logs.py:")
    assert "kanarek" not in logged.getvalue()


def test_repeated_setup_logs_libraries_once(logged: io.StringIO) -> None:
    with redirect_stderr(logged):
        configure(settings_for("sqlite:///x.db", log_format="json"))
    logging.getLogger("asyncio").error("once")
    assert logged.getvalue().count("once") == 1


def test_logged_fields_are_listed() -> None:
    """An unlisted field would be dropped silently, and its line would lose its meaning."""
    calls = (
        node
        for path in Path("src").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
    )
    named = {
        keyword.arg
        for call in calls
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and ast.unparse(call.func.value) == "log"
        for keyword in call.keywords
        if keyword.arg is not None
    }
    assert "source_id" in named
    assert named - ALLOWED - {"exc_info"} == set()


class Failing(io.StringIO):
    """A log file on a disk that is full for a moment."""

    failures = 1

    def write(self, text: str) -> int:
        if self.failures:
            self.failures -= 1
            raise OSError(28, "No space left on device")
        return super().write(text)


def test_full_disk_drops_only_the_line() -> None:
    output = Failing()
    with redirect_stderr(output):
        configure(settings_for("sqlite:///x.db", log_format="json"))
    structlog.get_logger().error("one")
    structlog.get_logger().error("two")
    assert [json.loads(line)["event"] for line in output.getvalue().splitlines() if line] == ["two"]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
