"""Every command of both READMEs is run, and the answer they show is the answer that comes."""

import json
import os
import re
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from inquiry_router.settings import PREFIX

BLOCK = re.compile(r"^```(sh|json)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@contextmanager
def made_to_run(folder: Path) -> Iterator[int]:
    """`make run`, as the README says, with its database and port elsewhere."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    environment |= {
        "PORT": str(port),
        PREFIX + "DATABASE_URL": f"sqlite:///{folder / 'inquiries.db'}",
        PREFIX + "ADMIN_KEY_FILE": str(folder / "admin.key"),
    }
    output = folder / "output"
    with output.open("w") as log:
        process = subprocess.Popen(["make", "run"], env=environment, stdout=log, stderr=log, start_new_session=True)
    try:
        for _ in range(300):
            assert process.poll() is None, output.read_text()
            with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/health/live", timeout=2):
                break
            time.sleep(0.1)
        yield port
        said = output.read_text()
        assert f"http://127.0.0.1:{port}/docs" in said
        assert "curl -s" in said
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(15)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["README.md", "README.pl.md"])
def test_commands(name: str, tmp_path: Path) -> None:
    blocks = BLOCK.findall(Path(name).read_text(encoding="utf-8"))
    commands = [text for kind, text in blocks if kind == "sh"]
    assert commands[0].strip() == "make run"
    shown = [json.loads(text) for kind, text in blocks if kind == "json"]
    answers = []
    with made_to_run(tmp_path) as port:
        for command in commands[1:]:
            here = command.replace("127.0.0.1:8000", f"127.0.0.1:{port}").replace("var/admin.key", str(tmp_path / "admin.key"))
            done = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", here], capture_output=True, text=True, timeout=90, check=False
            )
            assert done.returncode == 0, (command, done.stderr)
            if command.startswith("curl"):
                answer = json.loads(done.stdout)
                assert "code" not in answer, answer
                answers.append(answer)
    real, said = answers[0], shown[0]
    assert set(real) == set(said)
    for field in ("category", "secondary", "language", "method", "model", "unsure"):
        assert real["classification"][field] == said["classification"][field]
    # Not to the last digit: processors round 8-bit products differently.
    assert real["classification"]["confidence"] == pytest.approx(said["classification"]["confidence"], abs=0.03)
    assert real["classification"]["evidence"][0]["text"] == said["classification"]["evidence"][0]["text"]
    for field in ("team", "priority", "rule", "policy_version", "flags"):
        assert real["decision"][field] == said["decision"][field]
    assert real["acknowledgement"]["text"][:60] == said["acknowledgement"]["text"][:60]


def test_both_readmes_hold_the_same_commands() -> None:
    kinds = [
        [kind for kind, _ in BLOCK.findall(Path(name).read_text(encoding="utf-8"))] for name in ("README.md", "README.pl.md")
    ]
    assert kinds[0] == kinds[1]
