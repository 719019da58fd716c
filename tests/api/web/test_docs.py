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


async def test_search_looks_at_operations_and_the_key_is_kept_for_the_session(
    client: httpx.AsyncClient,
) -> None:
    script = (await client.get("/docs/start.js")).text
    assert "opsFilter" in script and '"summary", "description", "operationId"' in script
    assert "sessionStorage" in script and "localStorage" not in script
    assert "persistAuthorization: false" in script
    key = (await client.get("/openapi.json")).json()["components"]["securitySchemes"]["key"]
    for word in ("without *Bearer*", "var/admin.key", "keys create", "until you close its tab"):
        assert word in key["description"]
