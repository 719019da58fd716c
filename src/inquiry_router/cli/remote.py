"""A running service, asked by a command over HTTP with an admin's key."""

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from inquiry_router.outside.addresses import Reach
from inquiry_router.outside.client import Answer, Clients, Failed
from inquiry_router.process.settings import WrongSettings

TIME_LIMIT_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Remote:
    """A service at an address. Its own host is trusted, also without TLS: the operator named it."""

    url: str
    key: str

    def call(
        self, method: str, path: str, body: Any = None, if_match: str | None = None
    ) -> tuple[Any, str | None]:
        """Return the JSON of the answer, and its ETag.

        Raises `WrongSettings` with the reason of a refusal.
        """
        headers = {"authorization": f"Bearer {self.key}", "accept": "application/json"}
        content = b""
        if body is not None:
            headers["content-type"] = "application/json"
            content = json.dumps(body).encode()
        if if_match is not None:
            headers["if-match"] = if_match
        answered = asyncio.run(self._send(method, path, headers, content))
        said = _read(answered)
        if not 200 <= answered.status < 300:
            raise WrongSettings(f"{self.url} answered {answered.status}: {_reason(said)}")
        return said, answered.headers.get("etag")

    async def _send(
        self, method: str, path: str, headers: dict[str, str], content: bytes
    ) -> Answer:
        clients = Clients(reach=Reach.of(True, urlsplit(self.url).hostname or ""))
        try:
            async with asyncio.timeout(TIME_LIMIT_S):
                return await clients.send(method, self.url.rstrip("/") + path, headers, content)
        except TimeoutError:
            raise WrongSettings(
                f"--url {self.url}: no answer came within {TIME_LIMIT_S:g} s"
            ) from None
        except Failed as error:
            raise WrongSettings(f"--url {self.url}: {error}") from None
        finally:
            await clients.aclose()


def remote_at(url: str, key_file: Path) -> Remote:
    """Return the service at an address, with the key in a file. Raises `WrongSettings`."""
    try:
        key = key_file.read_text("ascii").strip()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it holds no key"
        raise WrongSettings(f"--key-file {key_file}: {reason}") from None
    return Remote(url, key)


def _read(answered: Answer) -> Any:
    try:
        return json.loads(answered.body)
    except ValueError:
        return None


def _reason(said: Any) -> str:
    if not isinstance(said, dict):
        return "is this address the one of inquiry-router?"
    errors = said.get("errors") or []
    wrong = [f"{one.get('field')}: {one.get('message')}" for one in errors]
    return "\n".join(wrong) or f"{said.get('detail')} {said.get('hint') or ''}".strip()
