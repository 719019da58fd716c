"""Journeys of people through the pages, in a real Chromium."""

import base64
import io
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pypdf
import pytest
import yaml
from scripts.install_real import AXE, AXE_PACKAGE

from tests_real.browsing import NARROW, WIDE, chromium, look_like, needs_chromium
from tests_real.running import Router, until

pytestmark = needs_chromium

ANNA = {"name": "Anna Kowalska", "email": "anna@hydro-bud.example", "company": "Hydro-Bud"}
TEXTS = [
    ("Pompa znowu stoi", "Pompa CX-40 od wczoraj cieknie, proszę o serwis."),
    (None, "Proszę o wycenę 40 okien PCV do hotelu."),
    ("Faktura", "Na fakturze FV/1182 jest stary NIP, proszę o korektę."),
]
UNCLEAR = ["a jak z tym będzie?", "no i co teraz z tym zrobimy?", "to jak w końcu?"]
MENU = ("inquiries", "triage", "callbacks", "policy", "quality", "doors", "deliveries", "report")
AXE_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture(scope="module")
def router(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Router]:
    """A router with some inquiries, clear and unclear ones."""
    running = Router(tmp_path_factory.mktemp("router"))
    try:
        running.start()
        fill(running)
        yield running
    finally:
        running.kill()
        running.client.close()


def fill(running: Router) -> None:
    """Send inquiries, say of one that it was right, and add a source."""
    bodies: list[dict[str, Any]] = [
        {"channel": "email", "subject": subject, "text": text, "contact": ANNA}
        for subject, text in TEXTS
    ]
    bodies += [
        {"channel": "chat", "text": text, "contact": {"email": f"a{number}@b.example"}}
        for number, text in enumerate(UNCLEAR)
    ]
    for body in bodies:
        running.client.post("/v1/inquiries", json=body).raise_for_status()
    reference = reference_of(running, "CX-40")
    said = {"who": "Celina", "category": "defect"}
    path = f"/v1/inquiries/{reference}/correction"
    running.client.post(path, json=said).raise_for_status()
    zammad = {"id": "zammad", "name": "Zammad", "kind": "zammad", "settings": {}}
    zammad["secret"] = "0123456789abcdef0123456789abcdef"
    running.client.post("/v1/sources", json=zammad).raise_for_status()


@pytest.fixture
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with chromium(tmp_path_factory.mktemp("profile")) as driver:
        yield driver


@pytest.fixture
def signed_in(router: Router, browser: Any) -> Any:
    sign_in(browser, router, "/inquiries")
    return browser


def find(driver: Any, selector: str) -> Any:
    return driver.find_element("css selector", selector)


def key_of(router: Router) -> str:
    return str(router.client.headers["authorization"]).removeprefix("Bearer ")


def sign_in(driver: Any, router: Router, path: str) -> None:
    driver.get(router.url + path)
    find(driver, "#key").send_keys(key_of(router))
    find(driver, "main form button").click()
    until("the page did not come", lambda: driver.current_url.startswith(router.url + path))


def reference_of(router: Router, text: str) -> str:
    (found,) = [one for one in router.inquiries() if text in one["text"]]
    return str(found["reference"])


def test_person_signs_in_corrects_and_signs_out(router: Router, browser: Any) -> None:
    reference = reference_of(router, "40 okien")
    sign_in(browser, router, f"/inquiries/{reference}")
    assert "Rozmowa" in find(browser, "main").text
    assert find(browser, "mark").text.lower() in "proszę o wycenę 40 okien pcv do hotelu."
    find(browser, "#correct summary").click()
    find(browser, "input[value=order_support]").click()
    find(browser, "#correct button").click()
    assert "Zapisano poprawkę." in find(browser, "[role=status]").text
    inquiry = router.client.get(f"/v1/inquiries/{reference}").json()
    assert inquiry["classification"]["category"] == "order_support"
    find(browser, "footer button").click()
    until("nobody was signed out", lambda: browser.current_url.endswith("/in"))
    browser.get(f"{router.url}/inquiries")
    assert "/in?next=" in browser.current_url


def test_triage_is_decided_by_single_keys(router: Router, signed_in: Any) -> None:
    signed_in.get(f"{router.url}/triage")
    first = find(signed_in, ".tag.number").text
    body = find(signed_in, "body")
    body.send_keys("s")
    until("nothing was skipped", lambda: find(signed_in, ".tag.number").text != first)
    second = find(signed_in, ".tag.number").text
    find(signed_in, "body").send_keys("3")
    until("nothing was decided", lambda: "was=" in signed_in.current_url)
    inquiry = router.client.get(f"/v1/inquiries/{second}").json()
    assert inquiry["classification"]["category"] == "catalog_request"
    find(signed_in, "#keys").click()
    shown = find(signed_in, ".tag.number").text
    find(signed_in, "body").send_keys("1")
    assert router.client.get(f"/v1/inquiries/{shown}").json()["decision"]["flags"]
    find(signed_in, "#keys").click()


def test_triage_works_without_scripts(router: Router, signed_in: Any) -> None:
    signed_in.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    signed_in.get(f"{router.url}/triage")
    reference = find(signed_in, ".tag.number").text
    find(signed_in, "button[value=other]").click()
    until("nothing was decided", lambda: "was=" in signed_in.current_url)
    inquiry = router.client.get(f"/v1/inquiries/{reference}").json()
    assert inquiry["classification"]["category"] == "other"


def test_policy_is_tried_and_published(router: Router, signed_in: Any) -> None:
    signed_in.get(f"{router.url}/policy")
    find(signed_in, "main a.button").click()
    policy = yaml.safe_load(find(signed_in, "#policy").get_attribute("value"))
    policy["rules"][2]["then"]["priority"] = "urgent"
    box = find(signed_in, "#policy")
    box.clear()
    box.send_keys(yaml.safe_dump(policy, allow_unicode=True))
    find(signed_in, "button.second").click()
    assert "Inaczej trafi" in find(signed_in, "#moves").text
    find(signed_in, "#note").send_keys("Zamówienia są pilne")
    find(signed_in, ".actions button:not(.second)").click()
    assert "Opublikowano." in find(signed_in, "[role=status]").text
    assert "urgent" in find(signed_in, ".diff .added").text
    published = router.client.get("/v1/policy").json()
    assert published["rules"][2]["then"]["priority"] == "urgent"


def test_page_is_printed_without_menu_and_forms(router: Router, signed_in: Any) -> None:
    reference = reference_of(router, "CX-40")
    signed_in.get(f"{router.url}/inquiries/{reference}")
    printed = signed_in.execute_cdp_cmd("Page.printToPDF", {"printBackground": True})
    pages = pypdf.PdfReader(io.BytesIO(base64.b64decode(printed["data"]))).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert len(pages) <= 3
    for word in (reference, "Pompa znowu stoi", "Dlaczego tak"):
        assert word in text
    for word in ("Wyloguj", "Popraw decyzję", "Do rozstrzygnięcia"):
        assert word not in text


def test_keyboard_reaches_the_content_first(router: Router, signed_in: Any) -> None:
    signed_in.get(f"{router.url}/inquiries")
    find(signed_in, "body").send_keys("\ue004")  # Tab
    skip = signed_in.switch_to.active_element
    assert skip.get_attribute("href").endswith("#main")
    outline = signed_in.execute_script(
        "return getComputedStyle(document.activeElement).outlineWidth"
    )
    assert outline == "3px"
    skip.send_keys("\ue007")  # Enter
    assert signed_in.switch_to.active_element.get_attribute("id") == "main"


class _Helpdesk(BaseHTTPRequestHandler):
    """A page of another site with a link to an inquiry."""

    target = ""

    def do_GET(self) -> None:
        body = f'<a id="there" href="{self.target}">inquiry</a>'.encode()
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_link_in_a_helpdesk_leads_a_signed_in_person_to_the_page(
    router: Router, signed_in: Any
) -> None:
    """Chromium keeps the strict cookie back at first."""
    reference = reference_of(router, "CX-40")
    _Helpdesk.target = f"{router.url}/inquiries/{reference}"
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Helpdesk)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        signed_in.get(f"http://localhost:{server.server_port}/")
        find(signed_in, "#there").click()
        until("the page did not come", lambda: "Rozmowa" in find(signed_in, "body").text)
        assert signed_in.current_url == _Helpdesk.target
    finally:
        server.shutdown()
        server.server_close()


def pages_of(router: Router) -> list[str]:
    reference = reference_of(router, "CX-40")
    more = ["policy/draft", "policy/changes/1", "doors/sources/zammad", f"inquiries/{reference}"]
    return [f"{router.url}/{name}" for name in (*MENU, *more, "in", "inquiries/XXXX-XXXX")]


def test_pages_fit_a_phone_and_ask_nobody_else(router: Router, signed_in: Any) -> None:
    for width in (NARROW, WIDE):
        look_like(signed_in, width)
        for url in pages_of(router):
            signed_in.get(url)
            needed = signed_in.execute_script("return document.documentElement.scrollWidth")
            assert needed <= width, url
    asked = [
        message["params"]["request"]["url"]
        for entry in signed_in.get_log("performance")
        if (message := json.loads(entry["message"])["message"])["method"]
        == "Network.requestWillBeSent"
    ]
    assert asked
    assert {url for url in asked if not url.startswith((router.url, "data:", "chrome"))} == set()
    # A refused style or script would be an error of the console.
    errors = [
        one["message"] for one in signed_in.get_log("browser") if "Security" in one["message"]
    ]
    assert errors == []


@pytest.mark.skipif(not AXE.exists(), reason=f"{AXE_PACKAGE} is missing: run `make test-real`")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_axe_finds_no_violation(router: Router, signed_in: Any, width: int, scheme: str) -> None:
    axe = (AXE / "axe.min.js").read_text("utf-8")
    found = {}
    for url in pages_of(router):
        look_like(signed_in, width, scheme)
        signed_in.get(url)
        signed_in.execute_script(axe)
        result = signed_in.execute_async_script(
            "axe.run(document, arguments[0]).then(arguments[1])", AXE_RULES
        )
        if result["violations"]:
            found[url] = [
                (one["id"], [node["html"][:200] for node in one["nodes"]][:3])
                for one in result["violations"]
            ]
    assert found == {}
