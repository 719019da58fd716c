"""The docs page."""

import re

import httpx2 as httpx
import pytest

pytestmark = pytest.mark.anyio


async def test_front_page_leads_to_docs_without_foreign_hosts(
    client: httpx.AsyncClient,
) -> None:
    home = await client.get("/")
    assert (home.status_code, home.headers["location"]) == (307, "/docs")
    page = await client.get("/docs")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert not re.search(r"(src|href)=\"https?:", page.text)
    for path in re.findall(r'(?:src|href)="(docs/[^"]+)"', page.text):
        assert (await client.get(f"/{path}")).status_code == 200, path
    assert (await client.get("/openapi.json")).json()["openapi"].startswith("3.1")
