"""The service has a public address with a path: every address that it gives away has it, and works.

Some proxies send the path on, others cut it off; a health check without a proxy does not know it.
"""

import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import httpx2 as httpx
import pytest

from inquiry_router.house import House
from inquiry_router.process.clock import utc_now
from inquiry_router.providers.kit.signatures import hmac_base64
from tests.conftest import client_of, running_house, settings_for

pytestmark = pytest.mark.anyio

PUBLIC = "https://acme.example/router"


@pytest.fixture
async def house(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[House]:
    path = tmp_path / "inquiries.db"
    shutil.copy(sqlite_template, path)
    settings = settings_for(
        f"sqlite:///{path}", public_url=f"{PUBLIC}/", phone_dir=tmp_path / "phone"
    )
    async with running_house(settings) as rooms:
        yield rooms


@pytest.fixture(params=["/router", ""], ids=["the proxy sends the path", "the proxy cuts it off"])
def prefix(request: pytest.FixtureRequest) -> str:
    """The beginning of the paths that reach the service."""
    return str(request.param)


@pytest.fixture
async def client(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(house) as made:
        yield made


def path_of(address: str) -> str:
    """The path and query of a public address, below the prefix."""
    assert address.startswith(f"{PUBLIC}/")
    return address.removeprefix(PUBLIC)


async def test_docs_and_what_they_load_are_found(client: httpx.AsyncClient, prefix: str) -> None:
    for path in (f"{prefix}/", prefix or "/"):
        assert (await client.get(path)).headers["location"] == "/router/docs"
    page = await client.get(f"{prefix}/docs")
    loaded = re.findall(r'(?:src|href)="(docs/[^"]+)"', page.text)
    assert len(loaded) == 4
    for path in loaded:
        assert (await client.get(f"{prefix}/{path}")).status_code == 200, path
    document = (await client.get(f"{prefix}/openapi.json")).json()
    assert document["servers"][0] == {"url": "/router"}


async def test_health_is_found_with_and_without_the_path(
    client: httpx.AsyncClient, prefix: str
) -> None:
    assert (await client.get(f"{prefix}/health/live")).status_code == 200
    assert (await client.get(f"{prefix}/routers")).status_code == 404


async def test_new_inquiry_is_found_at_the_address_that_the_answer_names(
    client: httpx.AsyncClient, prefix: str
) -> None:
    body = {"channel": "chat", "text": "pompa cieknie"}
    made = await client.post(f"{prefix}/v1/inquiries", json=body)
    location = made.headers["location"]
    assert location == f"/router/v1/inquiries/{made.json()['id']}"
    assert (await client.get(location)).status_code == 200


async def test_source_is_reached_at_the_address_of_its_setup(
    client: httpx.AsyncClient, prefix: str
) -> None:
    entry = {"id": "shop", "name": "Shop", "kind": "console"}
    made = (await client.post(f"{prefix}/v1/sources", json=entry)).json()
    assert "INQUIRY_ROUTER_PUBLIC_URL" not in str(made["setup"])
    sent = await client.post(prefix + path_of(made["url"]), json={"id": "1", "text": "cieknie"})
    assert sent.json()["status"] == "accepted"


async def test_signature_over_the_public_address_holds(
    client: httpx.AsyncClient, prefix: str
) -> None:
    entry = {"id": "line", "name": "Line", "kind": "twilio", "secret": "auth-token"}
    made = (await client.post(f"{prefix}/v1/sources", json=entry)).json()
    url, fields = made["url"], {"CallSid": "CA1", "From": "+48601234567", "To": "+48221234500"}
    message = url + "".join(f"{name}{fields[name]}" for name in sorted(fields))
    signed = {"X-Twilio-Signature": hmac_base64("auth-token", message.encode(), "sha1")}
    answered = await client.post(prefix + path_of(url), data=fields, headers=signed)
    assert answered.status_code == 200
    # The next step of the call goes to the public address too.
    (action,) = {*re.findall(r'action="([^"?]+)', answered.text)}
    assert action == url
    refused = await client.post(
        prefix + path_of(url), data=fields, headers={"X-Twilio-Signature": "AAAA"}
    )
    assert refused.status_code == 403


async def test_correction_link_opens_its_page_and_the_page_sends_to_itself(
    house: House, client: httpx.AsyncClient, prefix: str
) -> None:
    body = {"channel": "chat", "text": "pompa cieknie"}
    made = (await client.post(f"{prefix}/v1/inquiries", json=body)).json()
    link = await house.correction_links.link(made["id"], utc_now())
    assert link is not None
    page = await client.get(prefix + path_of(link))
    (action,) = re.findall(r'action="([^"]*)"', page.text)
    assert dict(parse_qsl(urlsplit(action).query)) == {"lang": "pl"}
    assert urlsplit(action).path == ""  # relative: the browser keeps the path of the page
    chosen = f"category={made['classification']['category']}".encode()
    form = {"content-type": "application/x-www-form-urlencoded"}
    saved = await client.post(prefix + path_of(link), content=chosen, headers=form)
    assert saved.status_code == 200


async def test_setup_warns_where_the_public_address_is_missing(
    sqlite_house: House,
) -> None:
    async with client_of(sqlite_house) as client:
        entry = {"id": "shop", "name": "Shop", "kind": "console"}
        setup = (await client.post("/v1/sources", json=entry)).json()["setup"]
        for steps in setup.values():
            assert "INQUIRY_ROUTER_PUBLIC_URL" in steps[0]
            assert len(steps) > 1
