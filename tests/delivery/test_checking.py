"""The credentials of a destination are checked, and every problem is a sentence for the admin."""

from collections.abc import Mapping
from typing import Any

import pytest
from standardwebhooks import Webhook

from inquiry_router.delivery import checking
from inquiry_router.delivery.checking import Checker, CheckResult, SentTest
from inquiry_router.outside.addresses import PUBLIC
from inquiry_router.outside.client import Answer
from inquiry_router.process.clock import utc_now
from tests.conftest import NOW
from tests.delivery.doubles import LOOPBACK
from tests.delivery.rows import SECRET
from tests.faulty_server import answer as answering
from tests.faulty_server import faulty_server
from tests.sources.fake_client import FakeClient

pytestmark = pytest.mark.anyio


class Client(FakeClient):
    """A client with one answer to everything."""

    def __init__(self, answer: Any) -> None:
        super().__init__({})
        self.answer = answer

    async def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        self.answers = {f"{method} {url.partition('.example')[2].partition('?')[0]}": self.answer}
        return await super().send(method, url, headers, body)


ZAMMAD = {"url": "https://desk.example", "token": "t", "groups": {}}


async def check(answer: Any, kind: str = "zammad", stored: Any = None) -> CheckResult:
    client = Client(answer)
    checker = Checker(reach=PUBLIC, open_client=lambda: client)
    result = await checker.check(kind, ZAMMAD if stored is None else stored)
    assert client.asked[-1] == "closed"
    return result


async def test_groups_of_the_helpdesk_are_listed() -> None:
    result = await check([[{"id": 1, "name": "Sales", "active": True}]])
    assert result.problem is None
    assert [group.name for group in result.groups] == ["Sales"]


async def test_destination_without_a_check_is_not_tried() -> None:
    assert await check(200, "console", {}) == CheckResult(tried=False)
    webhook = {"url": "https://hooks.example/in", "secret": SECRET}
    assert await check(200, "webhook", webhook) == CheckResult(tried=False)


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (401, "the credentials are wrong; it answered 401: nothing"),
        (403, "the user of these credentials may not do that; it answered 403: nothing"),
        (500, "the helpdesk refused; it answered 500: nothing"),
        (None, "no connection could be made"),
    ],
)
async def test_refusal_is_explained(answer: Any, problem: str) -> None:
    assert (await check(answer)).problem == problem


async def test_unusable_settings_are_explained() -> None:
    problem = (await check(200, "zammad", {"url": "https://10.0.0.1"})).problem
    assert problem is not None
    assert "url: Use a public address" in problem


async def test_hanging_helpdesk_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "TIME_LIMIT_S", 0.01)
    problem = (await check(...)).problem
    assert problem is not None
    assert problem.startswith("No complete answer came within 0.01 s")


async def test_test_event_is_signed_and_about_no_inquiry() -> None:
    async with faulty_server() as server:
        stored = {"url": server.url("/in"), "secret": SECRET}
        result = await Checker(reach=LOOPBACK).test("webhook", stored, "t1", utc_now())
        assert result == SentTest("t1", 204)
        (sent,) = server.requests
        assert sent.headers["webhook-id"] == "t1"
        assert Webhook(SECRET).verify(sent.body, sent.headers)["type"] == "destination.test"


async def test_failed_test_event_says_why_and_is_not_repeated() -> None:
    async with faulty_server() as server:
        refusing = server.behave("/in", answering(401, body=b"who are you"))
        stored = {"url": refusing, "secret": SECRET}
        result = await Checker(reach=LOOPBACK).test("webhook", stored, "t1", NOW)
        assert result == SentTest("t1", 401, "it answered 401: who are you")
        assert len(server.requests) == 1


async def test_console_prints_the_test_event() -> None:
    lines: list[str] = []
    result = await Checker(reach=PUBLIC, write_line=lines.append).test("console", {}, "t1", NOW)
    assert result == SentTest("t1")
    assert "destination.test" in lines[0]


async def test_helpdesk_gets_no_test_event() -> None:
    assert await Checker(reach=PUBLIC).test("zammad", ZAMMAD, "t1", NOW) is None
