"""Options of the server."""

import pytest
from starlette.types import Message, Receive, Scope, Send
from uvicorn import Config

from inquiry_router.api.web.server import SERVER_OPTIONS
from inquiry_router.cli.serving import _server_options
from tests.conftest import settings_for, shared_app


def test_process_that_starts_slowly_is_not_taken_for_hung() -> None:
    """Its supervisor kills what does not answer; importing takes seconds on a busy machine."""
    config = Config(shared_app(), **SERVER_OPTIONS)
    assert config.timeout_worker_healthcheck >= 30
    assert config.timeout_graceful_shutdown == 8


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("peer", "trusted", "believed"),
    [
        ("10.0.0.7", "10.0.0.0/8", "203.0.113.9"),
        ("10.0.0.7", "127.0.0.1", "10.0.0.7"),
        ("198.51.100.4", "10.0.0.0/8,127.0.0.1", "198.51.100.4"),
    ],
)
async def test_forwarded_headers_are_believed_from_trusted_proxies_only(
    peer: str, trusted: str, believed: str
) -> None:
    """Wrong keys are counted by address, so a stranger must not choose it."""
    seen: list[tuple[str, int]] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["client"])

    settings = settings_for("sqlite:///x.db", trusted_proxies=trusted)
    allowed = _server_options(settings)["forwarded_allow_ips"]
    config = Config(app, **{**SERVER_OPTIONS, "forwarded_allow_ips": allowed})
    config.load()
    scope = {
        "type": "http",
        "client": (peer, 5000),
        "headers": [(b"x-forwarded-for", b"203.0.113.9"), (b"x-forwarded-proto", b"https")],
        "scheme": "http",
    }

    async def nothing() -> Message:
        raise AssertionError

    async def ignore(message: Message) -> None: ...

    await config.loaded_app(scope, nothing, ignore)
    assert seen[0][0] == believed
