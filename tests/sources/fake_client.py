"""An HTTP client with prepared answers, by method and path.

An answer is JSON, bytes or a status; None breaks the connection, and ... hangs.
"""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from inquiry_router.outside.client import Answer, Failed


class FakeClient:
    def __init__(self, answers: Mapping[str, Any]) -> None:
        self.answers = dict(answers)
        self.asked: list[str] = []
        self.hung = asyncio.Event()

    async def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        asked = f"{method} {url.partition('.example')[2].partition('?')[0]}"
        self.asked.append(asked)
        answer = self.answers.get(asked, 404)
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if answer is None:
            raise Failed("no connection could be made")
        if answer is ...:
            self.hung.set()
            await asyncio.Event().wait()
        if isinstance(answer, bytes):
            return Answer(200, {}, answer, compressed=False)
        if isinstance(answer, int):
            return Answer(answer, {}, b"nothing", compressed=False)
        return Answer(200, {}, json.dumps(answer).encode(), compressed=False)

    async def aclose(self) -> None:
        self.asked.append("closed")
