"""Where victims come from: a process that has imported the service once and forks itself for each of them.

Importing takes two seconds of CPU, and the fault tests start a service eighty times. `python -m tests.faults.nursery` reads
lines of JSON: what to start, or whose end to tell; and answers each with a line.
"""

import atexit
import json
import os
import signal
import subprocess
import sys
import time
import traceback
from functools import cache
from threading import Lock
from typing import Any

from tests.faults import victim


class Child:
    """A forked process, as far as tests want it to be like `subprocess.Popen`."""

    def __init__(self, nursery: "Nursery", pid: int) -> None:
        self._nursery = nursery
        self.pid = pid
        self.returncode: int | None = None
        self._lock = Lock()

    def poll(self) -> int | None:
        """How it ended, the negative signal's number where it was killed; None while it runs."""
        with self._lock:  # whoever asks after the end has been told is told nothing any more
            if self.returncode is None:
                self.returncode = self._nursery.ask({"ended": self.pid})
            return self.returncode

    def wait(self, seconds: float = 30.0) -> None:
        """Wait for its end, no longer than so long."""
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
        """End it as by a power cut."""
        self.send_signal(signal.SIGKILL)


class Nursery:
    """The process that forks."""

    def __init__(self) -> None:
        environment = os.environ | {"PYTHONPATH": "src:.", "OPENBLAS_NUM_THREADS": "1"}
        command = [sys.executable, "-m", "tests.faults.nursery"]
        self._process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._lock = Lock()
        atexit.register(self._process.communicate)

    def start(self, environment: dict[str, str], step: str, nth: int) -> Child:
        """A victim with these variables in its environment, and no others."""
        return Child(self, self.ask({"environment": environment, "step": step, "nth": nth}))

    def ask(self, question: dict[str, Any]) -> Any:
        """The answer to a line."""
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
    """The one of this test process, made when it is first wanted."""
    return Nursery()


def _answer(question: dict[str, Any]) -> int | None:
    if "ended" in question:
        pid, status = os.waitpid(question["ended"], os.WNOHANG)
        return os.waitstatus_to_exitcode(status) if pid else None
    return _fork(question["environment"], question["step"], question["nth"])


def _fork(environment: dict[str, str], step: str, nth: int) -> int:
    pid = os.fork()
    if pid:
        return pid
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1):
        os.dup2(nothing, stream)
    os.environ.clear()
    os.environ.update(environment)
    code = 1
    try:
        victim.main(step, nth)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    for line in sys.stdin.buffer:
        sys.stdout.write(json.dumps(_answer(json.loads(line))) + "\n")
        sys.stdout.flush()
