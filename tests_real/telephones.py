"""Telephones: a Kamailio set up as its page says, and SIPp as caller and called."""

import re
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests_real.running import ROOT, until

SCENARIOS = Path(__file__).parent / "sip"
NEEDED = ("kamailio", "sipp")
MISSING = [program for program in NEEDED if shutil.which(program) is None]
HOW = (
    "apt-get install kamailio kamailio-json-modules kamailio-utils-modules "
    "kamailio-extra-modules sip-tester"
)


def free_udp_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def page_of_kamailio(address: str, fallback: str) -> str:
    """The configuration that the page shows, with our addresses in it."""
    shown = re.search(
        r"```\n(loadmodule.*?)```", (ROOT / "docs/phone/kamailio.md").read_text("utf-8"), re.DOTALL
    )
    assert shown
    written = re.sub(r'"https://[^"]*"', f'"{address}"', shown[1])
    assert "sip:bok@pbx1.example.com" in written
    return written.replace("sip:bok@pbx1.example.com", fallback)


@contextmanager
def kamailio(folder: Path, address: str, fallback: str) -> Iterator[int]:
    """Run a Kamailio and yield its port."""
    port = free_udp_port()
    base = (SCENARIOS / "kamailio.cfg").read_text("utf-8").replace("@PORT@", str(port))
    file = folder / "kamailio.cfg"
    file.write_text(base + page_of_kamailio(address, fallback), "utf-8")
    command = ["kamailio", "-DD", "-E", "-f", str(file), "-Y", str(folder), "-w", str(folder)]
    with (folder / "kamailio.log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        until("Kamailio did not listen", lambda: process.poll() is None and _listens(port))
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


class Telephone:
    """SIPp as a telephone; `address` is its number."""

    def __init__(self, folder: Path, name: str, scenario: str | None = None) -> None:
        self._folder, self._name = folder, name
        self.port = free_udp_port()
        self.address = f"sip:{name}@127.0.0.1:{self.port}"
        which = ["-sf", str(SCENARIOS / f"{scenario}.xml")] if scenario else ["-sn", "uas"]
        self._process = _sipp(
            folder, [*which, "-i", "127.0.0.1", "-p", str(self.port), "-m", "1", "-trace_msg"], name
        )
        until(f"the telephone of {name} did not listen", lambda: _listens(self.port))

    def rang(self) -> bool:
        """Report if it has rung and the call is over."""
        try:
            return self._process.wait(8) == 0
        except subprocess.TimeoutExpired:
            return False

    def heard(self) -> str:
        """Return the messages that it received and sent."""
        return "".join(
            path.read_text("utf-8", "replace")
            for path in self._folder.glob(f"{self._name}/*_messages.log")
        )

    def remove(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()


def ring(folder: Path, port: int, call_id: str, seconds: int = 20) -> bool:
    """Let Anna ring. Return True if she was answered."""
    arguments = [
        "-sf",
        str(SCENARIOS / "caller.xml"),
        "-i",
        "127.0.0.1",
        "-p",
        str(free_udp_port()),
        "-m",
        "1",
        "-cid_str",
        call_id,
    ]
    caller = _sipp(
        folder,
        [f"127.0.0.1:{port}", *arguments, "-timeout", f"{seconds}s", "-timeout_error"],
        "anna",
    )
    try:
        return caller.wait(seconds + 5) == 0
    finally:
        caller.kill()
        caller.wait()


def _sipp(folder: Path, arguments: list[str], name: str) -> subprocess.Popen[bytes]:
    own = folder / name
    own.mkdir(exist_ok=True)
    with (own / "errors.txt").open("w") as errors:
        return subprocess.Popen(
            ["sipp", *arguments, "-nostdin"], cwd=own, stdout=subprocess.DEVNULL, stderr=errors
        )


def _listens(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False
