"""Headers that every answer has."""

import httpx2 as httpx
import pytest

from inquiry_router.inquiries import listing

pytestmark = pytest.mark.anyio


async def test_answer_has_security_headers(client: httpx.AsyncClient) -> None:
    for path in ("/health/live", "/v1/inquiries", "/nothing", "/docs"):
        headers = (await client.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["cache-control"] == "no-store"
        assert "content-security-policy" in headers
        assert len(headers["x-request-id"]) == 36
        assert "set-cookie" not in headers and "access-control-allow-origin" not in headers


async def test_internal_error_has_security_headers(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("a mistake")

    monkeypatch.setattr(listing, "list_inquiries", fail)
    answer = await client.get("/v1/inquiries")
    assert answer.status_code == 500
    assert answer.headers["x-request-id"] == answer.json()["request_id"]
    assert answer.headers["x-content-type-options"] == "nosniff"
