"""Whoever mistypes an address gets a page; programs get a problem."""

import pytest

from inquiry_router.house import House
from tests.conftest import client_of

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("path", "accept", "kind"),
    [
        ("/zgloszenia", "text/html,*/*", "text/html"),
        ("/zgloszenia", "application/json", "application/problem+json"),
        ("/v1/nothing", "text/html,*/*", "application/problem+json"),
    ],
)
async def test_unknown_address(sqlite_house: House, path: str, accept: str, kind: str) -> None:
    asked = {"accept": accept, "accept-language": "pl"}
    async with client_of(sqlite_house) as client:
        answer = await client.get(path, headers=asked)
    assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (404, kind)
    assert ("Tu nic nie ma" in answer.text) is (kind == "text/html")
