"""Schemathesis generates requests: none gets a 5xx, and every answer follows the document."""

import asyncio
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn

from inquiry_router.app import make_app
from inquiry_router.learning import lessons
from inquiry_router.process import wrong_keys
from inquiry_router.process.settings import Settings
from tests.conftest import KEYS, Role, shared_app

# A valid request may still be refused: its id does not exist, its text is empty after cleaning.
NOT_CHECKED = "positive_data_acceptance"
# They take the very body of another operation, for which each wrong value is tried.
SAME_BODIES = {
    "preview_policy": "replace_policy",
    "try_inquiry": "take_in_inquiry",
    "preview_retention": "replace_retention",
}


@contextmanager
def served(settings: Settings) -> Iterator[str]:
    """The service on a free port, in a thread."""
    server = uvicorn.Server(
        uvicorn.Config(make_app(settings), port=0, log_config=None, access_log=False, lifespan="on")
    )
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()))
    thread.start()
    while not server.started:
        assert thread.is_alive()
        threading.Event().wait(0.05)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    ("database_url", "phase", "left_out"),
    [("sqlite", "coverage", tuple(SAME_BODIES)), ("postgresql", "fuzzing", ())],
    indirect=["database_url"],
)
def test_generated_requests_get_documented_answers(
    settings: Settings,
    phase: str,
    left_out: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    # The set has many wrong keys.
    monkeypatch.setattr(wrong_keys, "MAX_WRONG_KEYS_A_MINUTE", 10_000)
    monkeypatch.setattr(
        lessons, "STEPS", 3
    )  # it makes hundreds of categories: how well they are learnt is no matter here
    with served(settings) as url:
        run = subprocess.run(
            [
                Path(sys.executable).parent / "schemathesis",
                *(
                    "run",
                    f"{url}/openapi.json",
                    "--header",
                    f"Authorization: Bearer {KEYS[Role.ADMIN]}",
                ),
                # One worker: two of its threads trip over each other in CPython 3.11's ast.parse.
                *("--phases", phase, "--max-examples", "10", "--seed", "1", "--workers", "1"),
                *(part for one in left_out for part in ("--exclude-operation-id", one)),
                *(
                    "--exclude-checks",
                    NOT_CHECKED,
                    "--warnings",
                    "off",
                    "--no-color",
                    "--report-dir",
                    str(tmp_path),
                ),
            ],
            check=False,
            capture_output=True,
            text=True,
            timeout=380,
            cwd=tmp_path,
        )
    assert run.returncode == 0, run.stdout[-6000:]
    tested = re.search(r"Selected: (\d+)/(\d+)\s+Tested: \1\b", run.stdout)
    assert tested is not None, run.stdout[-2000:]
    assert int(tested[1]) == int(tested[2]) - len(left_out) >= 100, run.stdout[-2000:]


def test_operations_that_are_left_out_have_the_body_of_another_one() -> None:
    paths = shared_app().openapi()["paths"]
    bodies = {
        operation["operationId"]: operation.get("requestBody")
        for methods in paths.values()
        for operation in methods.values()
    }
    for left_out, tried in SAME_BODIES.items():
        schemas = [bodies[name]["content"]["application/json"] for name in (left_out, tried)]
        assert schemas[0]["schema"] == schemas[1]["schema"], left_out
