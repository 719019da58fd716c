"""`serve` with two processes on PostgreSQL: one service to everybody who asks."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2 as httpx
import pytest

from inquiry_router.access.roles import Role
from inquiry_router.process.settings import PREFIX, Settings
from tests.conftest import KEYS
from tests.process.test_metrics_server import free_port

ADMIN = {"Authorization": f"Bearer {KEYS[Role.ADMIN]}"}
INQUIRIES = 12


@contextmanager
def serving(settings: Settings, folder: Path) -> Iterator[tuple[str, int]]:
    """A service with two processes; its address, and the id of the process that watches them."""
    port = free_port()
    values = {
        "DATABASE_URL": settings.database_url,
        "WORKERS": "2",
        "PORT": str(port),
        "ADMIN_KEY_FILE": "",
        "PHONE_DIR": str(folder / "phone"),
        "SYNTHETIC_EVERY_MINUTES": "0",
        "LOG_LEVEL": "error",
    }
    others = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    environment = others | {PREFIX + name: value for name, value in values.items()}
    environment["PYTHONPATH"] = str(Path("src").resolve())
    with (folder / "output").open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "inquiry_router", "serve"],
            env=environment,
            cwd=folder,
            stdout=output,
            stderr=output,
        )
    try:
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def ask(url: str, method: str, path: str, key: str = "", **more: object) -> httpx.Response:
    """Send a request on a connection of its own: any of the processes may take it."""
    headers = {"Authorization": f"Bearer {key}"} if key else ADMIN
    return httpx.request(method, url + path, headers=headers, timeout=20, trust_env=False, **more)


def wait_for(url: str, pid: int) -> None:
    """Wait until both processes have started and one answers."""
    until = time.monotonic() + 90
    children = Path(f"/proc/{pid}/task/{pid}/children")
    while time.monotonic() < until:
        try:
            if ask(url, "GET", "/health/ready").status_code == 200:
                break
        except httpx.TransportError:
            time.sleep(0.2)
    assert len(children.read_text().split()) >= 2


def accepted(url: str) -> float:
    lines = ask(url, "GET", "/metrics").text.splitlines()
    wanted = [line for line in lines if line.startswith("inquiries_accepted_total{")]
    return sum(float(line.rpartition(" ")[2]) for line in wanted)


@pytest.mark.slow
def test_two_processes_are_one_service(settings: Settings, tmp_path: Path) -> None:
    """Whoever answers counts for both, and a key revoked in one is refused in the other."""
    if settings.is_sqlite:
        pytest.skip("SQLite has one serving process")
    with serving(settings, tmp_path) as (url, pid):
        wait_for(url, pid)
        for number in range(INQUIRIES):
            body = {"channel": "email", "text": f"Pompa nr {number} cieknie, proszę o serwis."}
            assert ask(url, "POST", "/v1/inquiries", json=body).status_code in (201, 202)
        assert [accepted(url) for _ in range(6)] == [INQUIRIES] * 6

        made = ask(
            url, "POST", "/v1/api-keys", json={"id": "website", "name": "Web", "roles": ["reader"]}
        )
        key = made.json()["key"]
        until = time.monotonic() + 20  # a second is promised; the machine may be busy
        while any(ask(url, "GET", "/v1/inquiries", key).status_code != 200 for _ in range(8)):
            assert time.monotonic() < until
        assert ask(url, "DELETE", "/v1/api-keys/website").status_code == 204
        until = time.monotonic() + 20
        while any(ask(url, "GET", "/v1/inquiries", key).status_code != 401 for _ in range(8)):
            assert time.monotonic() < until
