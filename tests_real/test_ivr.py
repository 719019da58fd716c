"""A real IVR with media: a Polish voice, real keys, and a REFER to the right desk."""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests_real.running import REAL, ROOT, Router, until
from tests_real.telephones import free_udp_port

pytestmark = pytest.mark.skipif(
    shutil.which("espeak-ng") is None,
    reason="espeak-ng is not installed: apt-get install espeak-ng",
)
SERVICE, SALES, RECEPTION = (
    "sip:bok@127.0.0.1:5099",
    "sip:handlowy@127.0.0.1:5098",
    "sip:recepcja@127.0.0.1:5097",
)
# Speech is louder than this, and an empty line is not.
A_VOICE = 2000


@pytest.fixture
def router(tmp_path: Path) -> Iterator[Router]:
    (tmp_path / "router").mkdir()
    running = Router(tmp_path / "router")
    running.start()
    yield running
    running.kill()
    running.client.close()


@pytest.fixture
def line(router: Router) -> str:
    """Return the address of a phone line of a company that is always open."""
    teams = router.client.get("/v1/teams").json()
    for team in teams["teams"]:
        team.update(
            hours={
                day: ["00:00-24:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
            },
            holidays=None,
        )
    router.client.put("/v1/teams", json=teams, headers={"If-Match": '"1"'}).raise_for_status()
    desks = {"customer_service": {"numbers": [SERVICE]}, "sales": {"numbers": [SALES]}}
    router.client.put(
        "/v1/phone/settings", json={"desks": desks}, headers={"If-Match": '"1"'}
    ).raise_for_status()
    entry = {"id": "line-1", "name": "The line", "kind": "generic"}
    return str(router.client.post("/v1/sources", json=entry).raise_for_status().json()["url"])


def rung(folder: Path, address: str, *keys: str) -> dict[str, Any]:
    """Let Anna ring and press these keys. Return the desk and the loudness."""
    port = free_udp_port()
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "tests_real")}
    with (folder / "ivr.log").open("w") as log:
        ivr = subprocess.Popen(
            [REAL / "python", "-m", "ivr.line", str(port), address, RECEPTION, str(folder)],
            env=environment,
            stdout=log,
            stderr=log,
        )
    try:
        until("the IVR was not ready", lambda: "ready" in (folder / "ivr.log").read_text())
        anna = [
            REAL / "python",
            "-m",
            "ivr.anna",
            str(port),
            str(free_udp_port()),
            str(folder),
            *keys,
        ]
        done = subprocess.run(
            anna, env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr + (folder / "ivr.log").read_text()
        return dict(json.loads(done.stdout.splitlines()[-1]))
    finally:
        ivr.send_signal(signal.SIGTERM)
        ivr.wait(10)


@pytest.mark.parametrize(
    ("key", "desk"), [("1", SERVICE), ("2", SERVICE), ("3", SALES), ("0", SERVICE)]
)
def test_key_leads_to_the_right_desk(
    tmp_path: Path, router: Router, line: str, key: str, desk: str
) -> None:
    call = rung(tmp_path, line, key)
    assert desk in call["sent_to"]
    assert call["loudest"] > A_VOICE
    (inquiry,) = router.inquiries()
    whole = router.client.get(f"/v1/inquiries/{inquiry['id']}").json()
    assert whole["contact"] == {
        "name": "Anna Nowak",
        "email": None,
        "phone": "+48601234567",
        "company": None,
    }
    assert whole["decision"]["team"] == {"3": "sales", "0": "triage"}.get(key, "customer_service")


def test_wrong_key_repeats_the_question(tmp_path: Path, router: Router, line: str) -> None:
    call = rung(tmp_path, line, "7", "1")
    assert SERVICE in call["sent_to"]


def test_fallback_rings_when_the_router_is_down(tmp_path: Path, router: Router, line: str) -> None:
    router.kill()
    assert RECEPTION in rung(tmp_path, line)["sent_to"]


def test_fallback_rings_when_the_router_is_slow(tmp_path: Path, router: Router, line: str) -> None:
    router.pause()
    try:
        assert RECEPTION in rung(tmp_path, line)["sent_to"]
    finally:
        router.go_on()
