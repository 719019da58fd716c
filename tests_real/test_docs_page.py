"""The docs page in a real Chromium: how to get a key, the search, an example, and the kept key."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests_real.browsing import chromium, needs_chromium
from tests_real.running import Router, until

pytestmark = needs_chromium
# The document of the API is large, and the machine may be busy.
WAIT_S = 30
# The events that webhooks get stand below them, whatever is searched.
OPERATIONS = ".opblock-tag-section"


@pytest.fixture
def router(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Router]:
    running = Router(tmp_path_factory.mktemp("router"))
    running.start()
    yield running
    running.kill()
    running.client.close()


@pytest.fixture
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with chromium(tmp_path_factory.mktemp("profile"), "en") as driver:
        driver.implicitly_wait(WAIT_S)
        yield driver


def find(driver: Any, selector: str) -> Any:
    return driver.find_element("css selector", selector)


def count(driver: Any, selector: str) -> int:
    return len(driver.find_elements("css selector", selector))


def authorize(driver: Any, key: str) -> None:
    find(driver, ".auth-wrapper .authorize").click()
    assert "var/admin.key" in find(driver, ".auth-container").text, "it says how to get a key"
    find(driver, ".auth-container input").send_keys(key)
    find(driver, ".auth-btn-wrapper .authorize").click()
    find(driver, ".auth-btn-wrapper .btn-done").click()


def search(driver: Any, words: str) -> list[str]:
    box = find(driver, ".operation-filter-input")
    box.clear()
    box.send_keys(words)
    driver.implicitly_wait(0)
    until(f"operations for {words}", lambda: 0 < count(driver, f"{OPERATIONS} .opblock") < 12)
    driver.implicitly_wait(WAIT_S)
    shown = driver.find_elements("css selector", f"{OPERATIONS} .opblock-summary-description")
    return [one.text for one in shown]


def test_admin_finds_an_operation_sends_its_example_and_keeps_the_key(
    router: Router, browser: Any
) -> None:
    browser.get(f"{router.url}/docs")
    authorize(browser, router.client.headers["Authorization"].removeprefix("Bearer "))
    assert search(browser, "try_inquiry") == ["Try an inquiry out"]
    find(browser, f"{OPERATIONS} .opblock-summary").click()
    find(browser, ".execute").click()
    status = find(browser, ".live-responses-table tbody .response-col_status")
    until("an answer", lambda: status.text.startswith("200"))
    assert '"category"' in find(browser, ".live-responses-table tbody").text

    assert "Undo a merge" in search(browser, "undo merge")
    browser.refresh()
    until("the key is still there", lambda: count(browser, ".authorize.locked") > 0)
    assert browser.execute_script("return localStorage.length") == 0
    asked = [
        one["name"]
        for one in browser.execute_script(
            "return performance.getEntriesByType('resource').map((one) => ({name: one.name}))"
        )
    ]
    assert asked and all(name.startswith(router.url) for name in asked), asked
