"""A real nginx and a real Caddy in front of the router, with TLS, at a name and at a path."""

import re
import time
from collections.abc import Iterator
from email.message import EmailMessage
from itertools import product

import pytest

from tests_real.proxies import CADDY, NGINX, Front, front
from tests_real.running import Router, free_port

MAIL = {"id": "mail", "name": "Mail", "kind": "mail", "secret": "0123456789abcdef" * 2}


@pytest.fixture(
    scope="module",
    params=[*product(("nginx", "caddy"), ("", "/router")), ("nginx, path cut off", "/router")],
    ids=lambda one: f"{one[0]} at {one[1] or 'a name'}",
)
def behind(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Router, Front]]:
    """A router behind a proxy."""
    kind, path = request.param
    program = kind.partition(",")[0]
    if {"nginx": NGINX, "caddy": CADDY}[program] is None:
        pytest.skip(f"{program} is not installed (on Debian: apt-get install {program})")
    port = free_port()
    router = Router(
        tmp_path_factory.mktemp("router"),
        PUBLIC_URL=f"https://localhost:{port}{path}",
        TRUSTED_PROXIES="127.0.0.1",
    )
    router.start()
    try:
        with front(kind, router, path, tmp_path_factory.mktemp("proxy"), port) as made:
            yield router, made
    finally:
        router.kill()
        router.client.close()


def test_docs_health_and_figures(behind: tuple[Router, Front]) -> None:
    _, proxy = behind
    page = proxy.client.get(f"{proxy.url}/", follow_redirects=True)
    assert (page.status_code, page.url) == (200, f"{proxy.url}/docs")
    loaded = re.findall(r'(?:src|href)="(docs/[^"]+)"', page.text)
    assert len(loaded) == 4
    assert all(proxy.client.get(f"{proxy.url}/{one}").status_code == 200 for one in loaded)
    assert proxy.client.get(f"{proxy.url}/health/ready").status_code == 200
    assert proxy.client.get(f"{proxy.url}/metrics").status_code == 404


def test_plain_http_leads_to_tls(behind: tuple[Router, Front]) -> None:
    _, proxy = behind
    if proxy.plain is None:
        pytest.skip("Caddy does that by itself, on the ports 80 and 443 only")
    sent = proxy.client.get(f"{proxy.plain}/health/live")
    assert sent.status_code == 301
    assert sent.headers["location"].startswith("https://localhost/")


def test_mail_of_25_mb_arrives_and_one_of_60_mb_is_refused(
    behind: tuple[Router, Front],
) -> None:
    router, proxy = behind
    made = router.client.post("/v1/sources", json=MAIL).raise_for_status().json()
    assert made["url"].startswith(f"{proxy.url}/")
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "Jan <jan@hurt.example>", "Pompa"
    mail["Message-ID"] = "<large@hurt.example>"
    mail.set_content("Pompa CX-40 cieknie od wczoraj, proszę o serwis.")
    mail.add_attachment(b"\0" * 18_000_000, maintype="video", subtype="mp4", filename="a.mp4")
    body = mail.as_bytes()
    assert 24_000_000 < len(body) < 26_000_000
    headers = {"content-type": "message/rfc822", "authorization": f"Bearer {MAIL['secret']}"}
    begun = time.monotonic()
    sent = proxy.client.post(made["url"], content=body, headers=headers)
    print(f"{len(body):,} bytes in {time.monotonic() - begun:.1f} s")
    assert sent.status_code in (200, 202), sent.text
    (inquiry,) = [one for one in router.inquiries() if "CX-40" in one["text"]]
    assert inquiry["category"] == "defect"
    refused = proxy.client.post(made["url"], content=b"\0" * 60_000_000, headers=headers)
    assert refused.status_code == 413


def test_person_signs_in_and_corrects(behind: tuple[Router, Front]) -> None:
    router, proxy = behind
    body = {"channel": "chat", "text": "Proszę o wycenę 40 okien."}
    made = router.client.post("/v1/inquiries", json=body).raise_for_status().json()
    door = proxy.client.get(f"{proxy.url}/inquiries", follow_redirects=True)
    assert "/in" in str(door.url)
    key = str(router.client.headers["authorization"]).removeprefix("Bearer ")
    (token,) = re.findall(r'name="form_token" value="([^"]+)"', door.text)
    form = {"form_token": token, "key": key, "next": "/inquiries"}
    entered = proxy.client.post(door.url, data=form)
    assert entered.status_code == 303, entered.text
    path = str(proxy.client.base_url.path).rstrip("/") or "/"
    for cookie in entered.headers.get_list("set-cookie"):
        assert "Secure" in cookie and "HttpOnly" in cookie, cookie
        assert f"Path={path};" in f"{cookie};", cookie
    shown = proxy.client.get(f"{proxy.url}/inquiries/{made['reference']}")
    assert shown.status_code == 200
    assert "40 okien" in shown.text


def test_client_cannot_claim_another_address(behind: tuple[Router, Front]) -> None:
    """Wrong keys are counted by the address that the proxy tells, not by the one claimed."""
    _, proxy = behind
    codes = [
        proxy.client.get(
            f"{proxy.url}/v1/inquiries",
            headers={
                "authorization": "Bearer wrong",
                "x-forwarded-for": f"203.0.113.{number}",
            },
        ).status_code
        for number in range(25)
    ]
    assert codes[0] == 401
    assert codes[-1] == 429
