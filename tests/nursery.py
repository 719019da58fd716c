"""A process that has loaded the service and its model, and forks for each victim and each command.

Loading takes two to three seconds of CPU, and the tests start more than a hundred processes.
`python -m tests.nursery` reads questions, one JSON object a line, and answers each with a line. A
question starts a process or asks for the end of one.
"""

import atexit
import gc
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from inquiry_router import cli
from tests.disk import do_not_wait_for_the_disk
from tests.faults import victim


class Child:
    """A forked process with the part of `subprocess.Popen` that tests need."""

    def __init__(self, nursery: "Nursery", pid: int) -> None:
        self._nursery = nursery
        self.pid = pid
        self.returncode: int | None = None
        self._lock = Lock()

    def poll(self) -> int | None:
        """Return the exit code, or the signal's negative number; None while it runs."""
        with self._lock:  # the end of a process is told only once
            if self.returncode is None:
                self.returncode = self._nursery.ask({"ended": self.pid})
            return self.returncode

    def wait(self, seconds: float = 30.0) -> None:
        """Wait for its end. Raises `TimeoutError`."""
        until = time.monotonic() + seconds
        while self.poll() is None:
            if time.monotonic() > until:
                raise TimeoutError(f"process {self.pid} has not ended within {seconds} s")
            time.sleep(0.02)

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill it as by a power cut."""
        self.send_signal(signal.SIGKILL)


class Nursery:
    """The forking process."""

    def __init__(self) -> None:
        environment = os.environ | {
            "PYTHONPATH": f"{Path('src').resolve()}:{Path.cwd()}",
            "OPENBLAS_NUM_THREADS": "1",
        }
        command = [sys.executable, "-m", "tests.nursery"]
        self._process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._lock = Lock()
        atexit.register(self._process.communicate)

    def start(self, environment: dict[str, str], step: str, nth: int) -> Child:
        """Start a victim with exactly this environment."""
        return Child(self, self.ask({"environment": environment, "step": step, "nth": nth}))

    def run(
        self, arguments: Sequence[str], environment: dict[str, str], folder: Path, stdin: str
    ) -> subprocess.CompletedProcess[str]:
        """Run an `inquiry-router` command in a folder, with exactly this environment."""
        with tempfile.TemporaryDirectory() as streams:
            read, said, complained = (Path(streams) / name for name in ("0", "1", "2"))
            read.write_text(stdin, "utf-8")
            question = {
                "environment": environment,
                "arguments": arguments,
                "folder": str(folder),
                "streams": streams,
            }
            child = Child(self, self.ask(question))
            try:
                child.wait(60)
            finally:
                child.kill()
            assert child.returncode is not None
            return subprocess.CompletedProcess(
                arguments, child.returncode, said.read_text("utf-8"), complained.read_text("utf-8")
            )

    def ask(self, question: dict[str, Any]) -> Any:
        """Send a question as a line; return the answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._lock:
            self._process.stdin.write(json.dumps(question).encode() + b"\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        assert answer, "the nursery has ended: its own words are above"
        return json.loads(answer)


@cache
def nursery() -> Nursery:
    """The nursery of this test process, started when it is first needed."""
    return Nursery()


def _answer(question: dict[str, Any]) -> int | None:
    if "ended" in question:
        pid, status = os.waitpid(question["ended"], os.WNOHANG)
        return os.waitstatus_to_exitcode(status) if pid else None
    return os.fork() or _live(question.pop("environment"), question)


def _live(environment: dict[str, str], question: dict[str, Any]) -> None:
    """Run in the forked process; never return."""
    os.environ.clear()
    os.environ.update(environment)
    code = 1
    try:
        code = _victim(**question) if "step" in question else _command(**question)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _victim(step: str, nth: int) -> int:
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1):
        os.dup2(nothing, stream)
    victim.main(step, nth)
    return 0


def _command(arguments: list[str], folder: str, streams: str) -> int:
    for number in range(3):
        os.dup2(os.open(f"{streams}/{number}", os.O_RDWR | os.O_CREAT), number)
    sys.stdin = os.fdopen(
        0, encoding="utf-8"
    )  # the other two have kept nothing back, this one may have
    os.chdir(folder)
    sys.argv = ["inquiry-router", *arguments]
    try:
        cli.main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


if __name__ == "__main__":
    do_not_wait_for_the_disk()
    victim.model_in(None)
    # What was loaded never becomes garbage: the forked processes need not look at it again.
    gc.collect()
    gc.freeze()
    for line in sys.stdin.buffer:
        sys.stdout.write(json.dumps(_answer(json.loads(line))) + "\n")
        sys.stdout.flush()
