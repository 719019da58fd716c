"""The examples of deployment, read by the programs that they are for."""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest

from tests_real.proxies import CADDY
from tests_real.running import MAX_START_S, ROOT, free_port, until

UNITS = ROOT / "deploy" / "systemd"
HOME, PROGRAM = "/var/lib/inquiry-router", "/opt/inquiry-router/bin/inquiry-router"
NOBODY = 65534


def needs(program: str | None, package: str) -> pytest.MarkDecorator:
    reason = f"{package} is not installed (on Debian: apt-get install {package})"
    return pytest.mark.skipif(program is None, reason=reason)


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)


needs_systemd = needs(shutil.which("systemd-analyze"), "systemd")


@needs_systemd
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    for unit in UNITS.iterdir():
        text = unit.read_text("utf-8").replace(PROGRAM, "/bin/true")
        (tmp_path / unit.name).write_text(text, "utf-8")
    said = run("systemd-analyze", "verify", *sorted(tmp_path.iterdir()))
    ours = [line for line in said.stderr.splitlines() if "inquiry-router" in line]
    assert (said.returncode, ours) == (0, [])


@needs_systemd
@pytest.mark.parametrize("unit", sorted(UNITS.glob("*.service")), ids=lambda unit: unit.stem)
def test_units_are_hardened(unit: Path) -> None:
    """At most 3 of 10, where 10 is a service of root that may do everything."""
    said = run("systemd-analyze", "security", "--offline=true", "--threshold=30", unit)
    (level,) = re.findall(r"Overall exposure level for \S+: ([\d.]+)", said.stdout)
    print(unit.name, level)
    assert said.returncode == 0, said.stdout + said.stderr


@needs(CADDY, "caddy")
@pytest.mark.parametrize(
    "file", sorted((ROOT / "deploy/caddy").iterdir()), ids=lambda one: one.name
)
def test_caddy_reads_its_files(file: Path) -> None:
    said = run(str(CADDY), "validate", "--config", file, "--adapter", "caddyfile")
    assert said.returncode == 0, said.stderr


@needs(shutil.which("promtool"), "prometheus")
@pytest.mark.parametrize("what", ["rules", "config"])
def test_prometheus_reads_its_files(what: str) -> None:
    file = {"rules": "rules.yml", "config": "prometheus.yml"}[what]
    said = run("promtool", "check", what, ROOT / "deploy" / "prometheus" / file)
    assert said.returncode == 0, said.stdout + said.stderr


def settings_of(unit: Path) -> dict[str, list[str]]:
    """The settings of a unit, each with its values."""
    found: dict[str, list[str]] = {}
    for line in unit.read_text("utf-8").splitlines():
        name, separator, value = line.partition("=")
        if separator and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


class Machine:
    """A folder in the place of /var/lib/inquiry-router, and a user who owns it and nothing else."""

    def __init__(self, home: Path) -> None:
        self.home, self.port = home, free_port()
        os.chown(home, NOBODY, NOBODY)
        (home / "bin").mkdir()
        # The environment of the tests may belong to root alone: then the system's Python runs it.
        python = f"/usr/bin/python3.{sys.version_info.minor}"
        libraries = next(path for path in sys.path if path.endswith("site-packages"))
        self._path = f"{ROOT / 'src'}:{Path(libraries).resolve()}"
        self._program = home / "bin" / "inquiry-router"
        self._program.write_text(f'#!/bin/sh\nexec {python} -m inquiry_router "$@"\n', "utf-8")
        self._program.chmod(0o755)
        self.works = self._call(python, "-c", "import inquiry_router.cli, onnxruntime") == 0

    def start(self, unit: str, setting: str = "ExecStart") -> subprocess.Popen[bytes]:
        """Start the command line of a unit, with its variables, as a user without any right."""
        settings = settings_of(UNITS / f"{unit}.service")
        (line,) = settings[setting]
        line = line.replace("%%", "%").replace(PROGRAM, str(self._program))
        given = dict(one.split("=", 1) for one in settings["Environment"])
        own = {name: value.replace(HOME, str(self.home)) for name, value in given.items()}
        return self._start(shlex.split(line), own | {"INQUIRY_ROUTER_PORT": str(self.port)})

    def _call(self, *command: str) -> int:
        return self._start(list(command), {}).wait()

    def _start(self, command: list[str], variables: dict[str, str]) -> subprocess.Popen[bytes]:
        rights = ["--no-new-privs", "--bounding-set=-all", "--inh-caps=-all", "--clear-groups"]
        return subprocess.Popen(
            ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", *rights, *command],
            env={"PATH": "/usr/bin:/bin", "PYTHONPATH": self._path, **variables},
            cwd=self.home,
            umask=0o077,
        )


@pytest.fixture
def machine() -> Iterator[Machine]:
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        pytest.skip("only root can become another user")
    # Other users cannot enter the folders that pytest makes.
    with tempfile.TemporaryDirectory() as home:
        made = Machine(Path(home))
        if not made.works:
            pytest.skip("another user cannot read these files, or has no such Python")
        yield made


def test_units_start_as_a_user_without_rights(machine: Machine) -> None:
    """The service makes its keys and its database, and the backup is made beside it."""
    url = f"http://127.0.0.1:{machine.port}"
    serving = machine.start("inquiry-router")
    try:
        until(
            "the service did not answer",
            lambda: httpx.get(f"{url}/health/ready", trust_env=False).is_success,
            MAX_START_S,
        )
        key = (machine.home / "admin.key").read_text("utf-8").strip()
        body = {"channel": "chat", "text": "Pompa cieknie."}
        headers = {"authorization": f"Bearer {key}"}
        made = httpx.post(f"{url}/v1/inquiries", json=body, headers=headers, trust_env=False)
        assert made.status_code == 201
        assert machine.start("inquiry-router-backup").wait() == 0
        assert machine.start("inquiry-router-backup", "ExecStartPost").wait() == 0
    finally:
        serving.terminate()
        # After its last commit it ends by the signal, which systemd takes for a clean end.
        assert serving.wait(20) in (0, -signal.SIGTERM)
    (backup,) = (machine.home / "backups").iterdir()
    private = [machine.home / "admin.key", machine.home / "secret.key", backup]
    assert [oct(file.stat().st_mode & 0o777) for file in private] == ["0o600"] * 3
