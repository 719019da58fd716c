"""The page of a sign-in link hands a key over once, and the cookie counts only for our pages."""

import httpx2 as httpx
import pytest

from inquiry_router.api.web.access import COOKIE
from inquiry_router.house import House
from inquiry_router.process.wrong_keys import MAX_WRONG_KEYS_A_MINUTE
from tests.conftest import client_of

pytestmark = pytest.mark.anyio

CELINA = {"id": "celina", "name": "Celina <b>", "roles": ["agent"], "teams": ["customer_service"]}
OURS = {"sec-fetch-site": "same-origin"}


async def invite(client: httpx.AsyncClient, **body: object) -> str:
    """The path of a link for Celina."""
    await client.post("/v1/api-keys", json=CELINA)
    made = await client.post("/v1/api-keys/celina/sign-in-link", json=body)
    assert made.status_code == 201, made.text
    url: str = made.json()["url"]
    return url.removeprefix("http://router.test")


async def test_link_signs_in_once(house: House, client: httpx.AsyncClient) -> None:
    path = await invite(client)
    async with client_of(house, None) as browser:
        for _ in range(3):  # a mail scanner looks
            page = await browser.get(path, headers={"accept-language": "pl"})
            assert page.status_code == 200 and "Celina &lt;b&gt;" in page.text
            assert page.headers["referrer-policy"] == "no-referrer"
            assert "set-cookie" not in page.headers
        signed_in = await browser.post(f"{path}?lang=en")
        assert "Signed in as Celina" in signed_in.text
        cookie = signed_in.headers["set-cookie"]
        assert "HttpOnly" in cookie and "SameSite=strict" in cookie and "Path=/" in cookie
        me = await browser.get("/v1/me", headers=OURS)
        assert (me.json()["id"], me.json()["teams"]) == ("celina", ["customer_service"])
        again = await browser.post(path)
        assert again.status_code == 404
        assert (await browser.get(path)).status_code == 404
        assert (await browser.get("/v1/me", headers=OURS)).status_code == 200


async def test_no_other_site_signs_somebody_in(house: House, client: httpx.AsyncClient) -> None:
    path = await invite(client)
    async with client_of(house, None) as browser:
        for site in ("cross-site", "same-site"):
            refused = await browser.post(path, headers={"sec-fetch-site": site})
            assert refused.status_code == 403 and COOKIE not in browser.cookies
        assert "Celina" in (await browser.post(path, headers=OURS)).text
        assert COOKIE in browser.cookies


async def test_other_sites_cannot_make_a_person_act(
    house: House, client: httpx.AsyncClient
) -> None:
    path = await invite(client)
    body = {"channel": "email", "text": "Pompa cieknie."}
    async with client_of(house, None) as browser:
        await browser.post(path)
        tried = {
            site: (
                await browser.post(
                    "/v1/classify", json=body, headers={"sec-fetch-site": site} if site else {}
                )
            ).status_code
            for site in ("same-origin", "same-site", "cross-site", "none", "")
        }
        assert tried.pop("same-origin") == 200
        assert set(tried.values()) == {401}
        looked = await browser.get("/v1/me", headers={"sec-fetch-site": "none"})
        assert looked.status_code == 200
        assert (await browser.get("/v1/me")).status_code == 401


async def test_new_link_replaces_the_old_one_and_signs_out(
    house: House, client: httpx.AsyncClient
) -> None:
    first = await invite(client)
    async with client_of(house, None) as laptop, client_of(house, None) as phone:
        second = await invite(client)
        assert (await laptop.post(first)).status_code == 404
        assert (await laptop.post(second)).status_code == 200
        third = await invite(client)
        assert (await laptop.get("/v1/me", headers=OURS)).status_code == 200
        assert (await phone.post(third)).status_code == 200
        assert (await laptop.get("/v1/me", headers=OURS)).status_code == 401
        assert (await phone.get("/v1/me", headers=OURS)).status_code == 200
        await client.delete("/v1/api-keys/celina")
        assert (await phone.get("/v1/me", headers=OURS)).status_code == 401


async def test_token_of_a_link_is_no_key(house: House, client: httpx.AsyncClient) -> None:
    token = (await invite(client)).removeprefix("/in/")
    async with client_of(house, None) as other:
        bearer = {"Authorization": f"Bearer {token}"}
        assert (await other.get("/v1/me", headers=bearer)).status_code == 401
        other.cookies.set(COOKIE, token)
        assert (await other.get("/v1/me", headers=OURS)).status_code == 401


async def test_sign_in_is_an_act_without_secrets(house: House, client: httpx.AsyncClient) -> None:
    path = await invite(client)
    async with client_of(house, None) as browser:
        key = (await browser.post(path)).cookies[COOKIE]
    acts = (await client.get("/v1/audit")).json()["items"]
    assert (acts[0]["actor"], acts[0]["operation"], acts[0]["object"]) == (
        "celina",
        "sign_in",
        "key:celina",
    )
    for secret in (key, path.removeprefix("/in/")):
        assert max(secret.split("_"), key=len) not in str(acts)


async def test_guessed_links_are_limited(house: House) -> None:
    async with client_of(house, None) as guesser:
        statuses = [
            (await guesser.post(f"/in/irk_admin_{number}")).status_code
            for number in range(MAX_WRONG_KEYS_A_MINUTE + 1)
        ]
    assert statuses == [404] * MAX_WRONG_KEYS_A_MINUTE + [429]
