"""Waiting for the program itself: a service that becomes ready, and the list of its commands."""

import os
import resource
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from statistics import median

from benchmarks.load import LOOPBACK
from benchmarks.servers import Store
from inquiry_router.process.settings import PREFIX

COMMAND = str(Path(sys.executable).with_name("inquiry-router"))
STARTS = 3
MAX_START_S = 30.0


def ready_s(store: Store) -> float:
    """Seconds from the command `serve` to an answer of `/health/ready` that is 200; the median."""
    return median(_one_start_s(store) for _ in range(STARTS))


def help_cpu_s() -> float:
    """CPU seconds of `inquiry-router --help`; the median."""
    return median(_one_help_s() for _ in range(STARTS))


def _one_start_s(store: Store) -> float:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    environment |= {
        f"{PREFIX}DATABASE_URL": store.url,
        f"{PREFIX}ADMIN_KEY_FILE": "",
        "HOST": LOOPBACK,
        "PORT": str(port),
        "OPENBLAS_NUM_THREADS": "1",
        # Installed services have their bytecode; here the first start writes it.
        "PYTHONDONTWRITEBYTECODE": "",
    }
    begun = time.perf_counter()
    process = subprocess.Popen(
        [COMMAND, "serve"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_until_ready(process, f"http://{LOOPBACK}:{port}/health/ready")
        return time.perf_counter() - begun
    finally:
        process.terminate()
        process.wait(15)


def _wait_until_ready(process: subprocess.Popen[bytes], url: str) -> None:
    until = time.perf_counter() + MAX_START_S
    while time.perf_counter() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=1) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.02)
    raise RuntimeError("the service did not become ready")


def _one_help_s() -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([COMMAND, "--help"], capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
