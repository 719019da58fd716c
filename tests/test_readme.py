"""Every command of both READMEs is run, and the answers are those that they show."""

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
from typing import Any

import pytest

from inquiry_router.process.settings import PREFIX

BLOCK = re.compile(r"^```(sh|json)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@contextmanager
def made_to_run(folder: Path) -> Iterator[int]:
    """Run `make run`, as the README says, with another database and port."""
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
        process = subprocess.Popen(
            ["make", "run"], env=environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        for _ in range(300):
            assert process.poll() is None, output.read_text()
            with (
                suppress(OSError),
                urllib.request.urlopen(f"http://127.0.0.1:{port}/health/live", timeout=2),
            ):
                break
            time.sleep(0.1)
        yield port
        said = output.read_text()
        assert f"http://127.0.0.1:{port}/docs" in said
        assert "curl -s" in said
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(15)


def blocks_of(name: str, kind: str) -> list[str]:
    return [
        text
        for found, text in BLOCK.findall(Path(name).read_text(encoding="utf-8"))
        if found == kind
    ]


def answers_to(commands: list[str], folder: Path) -> list[dict[str, Any]]:
    """Return the answers of the curl commands, sent to a service that `make run` has started."""
    answers = []
    with made_to_run(folder) as port:
        for command in commands:
            here = command.replace("127.0.0.1:8000", f"127.0.0.1:{port}").replace(
                "var/admin.key", str(folder / "admin.key")
            )
            done = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", here],
                capture_output=True,
                text=True,
                timeout=90,
                check=False,
            )
            assert done.returncode == 0, (command, done.stderr)
            if command.startswith("curl"):
                answers.append(json.loads(done.stdout))
    assert all("code" not in answer for answer in answers), answers
    return answers


@pytest.mark.slow
def test_commands_of_the_english_readme_work(tmp_path: Path) -> None:
    first, *commands = blocks_of("README.md", "sh")
    assert first.strip() == "make run"
    real, said = answers_to(commands, tmp_path)[0], json.loads(blocks_of("README.md", "json")[0])
    assert set(real) == set(said)
    for field in ("category", "secondary", "language", "method", "model", "unsure"):
        assert real["classification"][field] == said["classification"][field]
    # Not to the last digit: processors round 8-bit products differently.
    assert real["classification"]["confidence"] == pytest.approx(
        said["classification"]["confidence"], abs=0.03
    )
    assert (
        real["classification"]["evidence"][0]["text"]
        == said["classification"]["evidence"][0]["text"]
    )
    for field in ("team", "priority", "rule", "policy_version", "flags"):
        assert real["decision"][field] == said["decision"][field]
    assert real["acknowledgement"]["text"][:60] == said["acknowledgement"]["text"][:60]


@pytest.mark.slow
def test_commands_of_the_polish_readme_work(tmp_path: Path) -> None:
    tried = blocks_of("README.md", "sh")
    assert answers_to(
        [command for command in blocks_of("README.pl.md", "sh") if command not in tried], tmp_path
    )


def test_both_readmes_have_the_same_commands() -> None:
    english, polish = blocks_of("README.md", "sh"), blocks_of("README.pl.md", "sh")
    assert [command.split()[:3] for command in english] == [
        command.split()[:3] for command in polish
    ]
    assert blocks_of("README.md", "json") == blocks_of("README.pl.md", "json")
