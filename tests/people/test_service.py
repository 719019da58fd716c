"""The provider's keys: fetched once, again for new ones, and kept while it is away."""

import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from shutil import copy

import pytest

from inquiry_router.house import House
from inquiry_router.inquiry.errors import ReadUnavailable, Unauthorised
from inquiry_router.outside.client import Answer, Failed
from inquiry_router.people import service
from inquiry_router.people.service import PeopleService
from inquiry_router.process.clock import utc_now
from inquiry_router.process.settings import WrongSettings, load_settings
from tests.conftest import NOW, client_of, running_house, settings_for
from tests.people.issuer import EXPECTED, ISSUER, Issuer

pytestmark = pytest.mark.anyio

KEYS_URL = f"{ISSUER}/certs"


class Provider:
    """Answers as an identity provider does, and counts."""

    def __init__(self, *issuers: Issuer) -> None:
        self.issuers = list(issuers)
        self.issuer = ISSUER
        self.is_away = False
        self.asked: list[str] = []

    async def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        self.asked.append(url)
        if self.is_away:
            raise Failed("it is away")
        found: object = {"issuer": self.issuer, "jwks_uri": KEYS_URL}
        if url == KEYS_URL:
            found = {"keys": [one.published for one in self.issuers]}
        return Answer(200, {}, json.dumps(found).encode(), compressed=False)

    async def aclose(self) -> None:
        pass


def people_of(provider: Provider, keys_url: str | None = None) -> PeopleService:
    return PeopleService(EXPECTED, keys_url, lambda: provider)


async def test_keys_are_discovered_once() -> None:
    acme = Issuer()
    provider = Provider(acme)
    people = people_of(provider)
    for _ in range(3):
        assert (await people.person_of(acme.token(NOW), NOW)).id == "person:celina"
    assert provider.asked == [f"{ISSUER}/.well-known/openid-configuration", KEYS_URL]


async def test_new_key_is_fetched_and_made_up_ones_ask_only_twice_a_minute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    old, new = Issuer("k1"), Issuer("k2")
    provider = Provider(old)
    people = people_of(provider, KEYS_URL)
    await people.person_of(old.token(NOW), NOW)
    provider.issuers.append(new)
    with pytest.raises(Unauthorised, match="does not publish"):
        await people.person_of(new.token(NOW), NOW)
    for number in range(20):
        with pytest.raises(Unauthorised):
            await people.person_of(old.token(NOW, {"kid": f"x{number}"}), NOW)
    assert len(provider.asked) == 1
    monkeypatch.setattr(service, "_ASK_AGAIN_S", 0.0)
    assert (await people.person_of(new.token(NOW), NOW)).id == "person:celina"
    assert len(provider.asked) == 2


async def test_known_keys_serve_while_the_provider_is_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    acme = Issuer()
    provider = Provider(acme)
    people = people_of(provider, KEYS_URL)
    await people.person_of(acme.token(NOW), NOW)
    provider.is_away = True
    monkeypatch.setattr(service, "_KEEP_S", 0.0)
    monkeypatch.setattr(service, "_ASK_AGAIN_S", 0.0)
    assert (await people.person_of(acme.token(NOW), NOW)).id == "person:celina"


async def test_provider_that_never_answered_is_no_fault_of_the_person() -> None:
    acme = Issuer()
    provider = Provider(acme)
    provider.is_away = True
    with pytest.raises(ReadUnavailable, match="cannot be reached"):
        await people_of(provider).person_of(acme.token(NOW), NOW)


async def test_keys_work_while_the_provider_is_away(with_people: House) -> None:
    provider = Provider()
    provider.is_away = True
    with_people.people = people_of(provider)
    async with client_of(with_people) as client:
        assert (await client.get("/v1/me")).status_code == 200
        client.headers["authorization"] = f"Bearer {Issuer().token(utc_now())}"
        waits = await client.get("/v1/me")
        assert (waits.status_code, "retry-after" in waits.headers) == (503, True)


async def test_discovery_of_another_issuer_is_not_believed() -> None:
    acme = Issuer()
    provider = Provider(acme)
    provider.issuer = "https://evil.example"
    with pytest.raises(ReadUnavailable):
        await people_of(provider).person_of(acme.token(NOW), NOW)
    assert KEYS_URL not in provider.asked


def test_issuer_needs_an_audience() -> None:
    with pytest.raises(WrongSettings, match="OIDC_AUDIENCE"):
        load_settings(_env_file=None, oidc_issuer=ISSUER)


@pytest.fixture
async def with_people(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[House]:
    path = tmp_path / "inquiries.db"
    copy(sqlite_template, path)
    settings = settings_for(
        f"sqlite:///{path}",
        phone_dir=tmp_path / "phone",
        oidc_issuer=ISSUER,
        oidc_audience="inquiry-router",
    )
    async with running_house(settings) as house:
        yield house


async def test_person_acts_by_their_token(with_people: House) -> None:
    acme = Issuer()
    provider = Provider(acme)
    with_people.people = people_of(provider)
    body = {"channel": "email", "text": "Pompa cieknie, proszę o naprawę."}
    async with client_of(with_people) as admin, client_of(with_people, None) as celina:
        await admin.post("/v1/inquiries", json=body)
        celina.headers["authorization"] = f"Bearer {acme.token(utc_now())}"
        me = (await celina.get("/v1/me")).json()
        assert (me["id"], me["roles"]) == ("person:celina", ["agent"])
        done = await celina.post("/v1/inquiries/latest/resolution", json={"who": "Celina"})
        assert done.status_code == 200
        refused = await celina.get("/v1/api-keys")
        assert refused.status_code == 403
        assert "identity provider it is a role there" in refused.json()["hint"]
        (act,) = (await admin.get("/v1/audit", params={"actor": "person:celina"})).json()["items"]
        assert act["operation"] == "resolve_inquiry"
        celina.headers["authorization"] = f"Bearer {acme.token(utc_now(), roles=['boss'])}"
        assert (await celina.get("/v1/me")).status_code == 403
        celina.headers["authorization"] = f"Bearer {acme.token(utc_now(), aud='shop')}"
        wrong = await celina.get("/v1/me")
        assert (wrong.status_code, "audience" in wrong.json()["detail"]) == (401, True)
