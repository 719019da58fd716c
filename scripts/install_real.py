"""Install what `make test-real` needs besides Python packages, or say why that is not possible.

Debian's Request Tracker, Dovecot, Chromium, nginx, Caddy and Prometheus come by apt, the JSON
Schemas of jambonz and axe by npm. It never fails.
"""

import base64
import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

TRACKER = Path("/usr/share/request-tracker5/libexec/rt-server")
TRACKER_PACKAGES = ["request-tracker5", "rt5-standalone", "rt5-db-sqlite"]
DOVECOT = Path("/usr/sbin/dovecot")
DOVECOT_PACKAGES = ["dovecot-imapd"]
# Each test creates its own database, so the package must not create one or ask about it.
ANSWERS = """
request-tracker5 request-tracker5/dbconfig-install boolean false
request-tracker5 request-tracker5/install-cronjobs boolean false
request-tracker5 request-tracker5/rtname string rt.example
request-tracker5 request-tracker5/organization string rt.example
"""
CHROMIUM, CHROMEDRIVER = Path("/usr/bin/chromium"), Path("/usr/bin/chromedriver")
CHROMIUM_PACKAGES = ["chromium", "chromium-driver"]
# Proxies and the checker of alarms, for the examples in `deploy/`.
DEPLOYMENT = {
    "nginx": "/usr/sbin/nginx",
    "caddy": "/usr/bin/caddy",
    "prometheus": "/usr/bin/promtool",
}
REAL = Path(__file__).parent.parent / ".venv-real"
# The packages are not part of this repository. Of that with schemas nothing is run; axe runs in the
# browser of the tests.
SCHEMAS_PACKAGE = "@jambonz/schema@0.4.15"
SCHEMAS_SHA512 = (
    "p300sAW6wyO83uJQJxUhdEdhvV/C6Z9I6g8UvtGCWNj7FvtdydqXpuN6ihLk5YgIM6atnyZo8b8NHcGtaHm67Q=="
)
SCHEMAS = REAL / "jambonz-schema-0.4.15"
AXE_PACKAGE = "axe-core@4.14.1"
AXE_SHA512 = (
    "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="
)
AXE = REAL / "axe-core-4.14.1"


def obstacle() -> str | None:
    """Return the reason if it cannot be installed here."""
    if os.geteuid() != 0:
        return "only root can install it"
    if shutil.which("apt-get") is None or shutil.which("debconf-set-selections") is None:
        return "this is not Debian or a relative of it"
    return None


def install(packages: list[str]) -> bool:
    """Install packages by apt, with fresh lists if necessary. Return True on success."""
    # Request Tracker depends on a mail program. This one runs nothing in the background.
    mail = [] if Path("/usr/sbin/sendmail").exists() else ["msmtp-mta"]
    command = ["apt-get", "install", "-qq", "--no-install-recommends", *packages, *mail]
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["debconf-set-selections"], input=ANSWERS, text=True, check=True)
    for update in (False, True):
        if update:
            subprocess.run(["apt-get", "update", "-qq"], check=False)
        done = subprocess.run(command, check=False, env=quiet, stdout=subprocess.DEVNULL)
        if done.returncode == 0:
            return True
    return False


def fetch_package(name: str, sha512: str, to: Path) -> str | None:
    """Fetch a package of npm to a folder. Return the reason if that is not possible."""
    npm = shutil.which("npm")
    if npm is None:
        return "npm is not installed (on Debian: apt-get install npm)"
    with tempfile.TemporaryDirectory() as folder:
        command = [npm, "pack", name, "--silent", "--ignore-scripts"]
        command += ["--pack-destination", folder]
        done = subprocess.run(command, check=False, cwd=folder, stdout=subprocess.DEVNULL)
        if done.returncode != 0:
            return f"npm could not fetch {name}, see above"
        (archive,) = Path(folder).glob("*.tgz")
        digest = hashlib.sha512(archive.read_bytes()).digest()
        if base64.b64encode(digest).decode() != sha512:
            return f"the SHA-512 of {name} differs from that of the package we know"
        with tarfile.open(archive) as package:
            package.extractall(folder, filter="data")
        to.parent.mkdir(exist_ok=True)
        # Renamed at the end, because an existing folder counts as complete.
        part = to.with_name(f"{to.name}.part")
        shutil.copytree(Path(folder) / "package", part, dirs_exist_ok=True)
        part.rename(to)
    return None


def ensure(name: str, program: Path, packages: list[str]) -> None:
    """Install a system if it is missing and can be installed."""
    if program.exists():
        return
    if (reason := obstacle()) is not None:
        print(f"{name} is not installed, and {reason}: its stories are skipped.")
        return
    print(f"Installing {name} (once, about a minute) ...", flush=True)
    if not install(packages):
        print(f"apt could not install {name}, see above: its stories are skipped.")


if __name__ == "__main__":
    ensure("Request Tracker 5", TRACKER, TRACKER_PACKAGES)
    ensure("Dovecot", DOVECOT, DOVECOT_PACKAGES)
    ensure("Chromium", CHROMEDRIVER, CHROMIUM_PACKAGES)
    for name, program in DEPLOYMENT.items():
        ensure(name, Path(program), [name])
    for package, checksum, folder in (
        (SCHEMAS_PACKAGE, SCHEMAS_SHA512, SCHEMAS),
        (AXE_PACKAGE, AXE_SHA512, AXE),
    ):
        if not folder.exists() and (why := fetch_package(package, checksum, folder)) is not None:
            print(f"{package} is missing: {why}. Its checks are skipped.")
