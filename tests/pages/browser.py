"""A browser of a person, as far as pages without scripts need one: cookies and forms."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2 as httpx

from inquiry_router.access.roles import Role
from inquiry_router.api.web.access import COOKIE
from inquiry_router.house import House
from inquiry_router.pages.session import FORM_FIELD
from tests.conftest import KEYS, client_of


class Browser:
    """Opens pages, and sends their forms."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.token = ""

    async def open(self, path: str, **headers: str) -> httpx.Response:
        """Open a page, and remember the token of its forms."""
        page = await self.client.get(path, headers=headers)
        found = re.search(rf'name="{FORM_FIELD}" value="([0-9a-f]+)"', page.text)
        self.token = found[1] if found else self.token
        return page

    async def send(self, path: str, **fields: str) -> httpx.Response:
        """Send a form of the page that was opened last."""
        return await self.client.post(path, data={FORM_FIELD: self.token, **fields})

    async def follow(self, answer: httpx.Response) -> httpx.Response:
        """Open the page that an answer leads to."""
        assert answer.status_code == 303, (answer.status_code, answer.text)
        return await self.open(answer.headers["location"])


@asynccontextmanager
async def browser_of(
    house: House, role: Role | None = Role.ADMIN, language: str = "en", key: str | None = None
) -> AsyncIterator[Browser]:
    """A browser in which a person has signed in."""
    async with client_of(house, None) as client:
        client.headers["accept-language"] = language
        client.headers["accept"] = "text/html"
        written = key or (KEYS[role] if role is not None else None)
        if written is not None:
            client.cookies.set(COOKIE, written, domain="router.test")
        yield Browser(client)
