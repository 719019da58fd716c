"""Fetches what `make test-real` needs and Python has not, where that is possible; says why where it is not, and fails never.

Debian's Request Tracker comes by apt, the JSON Schemas of jambonz by npm.
"""

import base64
import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

SERVER = Path("/usr/share/request-tracker5/libexec/rt-server")
PACKAGES = ["request-tracker5", "rt5-standalone", "rt5-db-sqlite"]
# Each story makes a database of its own, so the package makes none, and nothing is asked.
ANSWERS = """
request-tracker5 request-tracker5/dbconfig-install boolean false
request-tracker5 request-tracker5/install-cronjobs boolean false
request-tracker5 request-tracker5/rtname string rt.example
request-tracker5 request-tracker5/organization string rt.example
"""
# The package is not part of this repository: it is read where npm puts it, and nothing of it is run.
SCHEMAS_PACKAGE = "@jambonz/schema@0.4.15"
SCHEMAS_SHA512 = (
    "p300sAW6wyO83uJQJxUhdEdhvV/C6Z9I6g8UvtGCWNj7FvtdydqXpuN6ihLk5YgIM6atnyZo8b8NHcGtaHm67Q=="
)
SCHEMAS = Path(__file__).parent.parent / ".venv-real" / "jambonz-schema-0.4.15"


def obstacle() -> str | None:
    """Why it cannot be installed here."""
    if os.geteuid() != 0:
        return "only root can install it"
    if shutil.which("apt-get") is None or shutil.which("debconf-set-selections") is None:
        return "this is neither Debian nor one of its kin"
    return None


def install() -> bool:
    """Whether apt could install it, if need be with fresh lists of packages."""
    # It wants something that sends mail. This one runs nothing in the background; one that is there already stays.
    mail = [] if Path("/usr/sbin/sendmail").exists() else ["msmtp-mta"]
    command = ["apt-get", "install", "-qq", "--no-install-recommends", *PACKAGES, *mail]
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["debconf-set-selections"], input=ANSWERS, text=True, check=True)
    for update in (False, True):
        if update:
            subprocess.run(["apt-get", "update", "-qq"], check=False)
        if (
            subprocess.run(command, check=False, env=quiet, stdout=subprocess.DEVNULL).returncode
            == 0
        ):
            return True
    return False


def fetch_schemas() -> str | None:
    """Have the schemas of jambonz lie in `SCHEMAS`; returns why that is not possible."""
    npm = shutil.which("npm")
    if npm is None:
        return "npm is not installed (on Debian: apt-get install npm)"
    with tempfile.TemporaryDirectory() as folder:
        command = [
            npm,
            "pack",
            SCHEMAS_PACKAGE,
            "--silent",
            "--ignore-scripts",
            "--pack-destination",
            folder,
        ]
        if (
            subprocess.run(command, check=False, cwd=folder, stdout=subprocess.DEVNULL).returncode
            != 0
        ):
            return f"npm could not fetch {SCHEMAS_PACKAGE}, see above"
        (archive,) = Path(folder).glob("*.tgz")
        if (
            base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
            != SCHEMAS_SHA512
        ):
            return f"what npm fetched as {SCHEMAS_PACKAGE} is not the package that was checked: its SHA-512 differs"
        with tarfile.open(archive) as package:
            package.extractall(folder, filter="data")
        SCHEMAS.parent.mkdir(exist_ok=True)
        # Whole or not at all: a folder that is there is taken for complete.
        part = SCHEMAS.with_name(f"{SCHEMAS.name}.part")
        shutil.copytree(Path(folder) / "package", part, dirs_exist_ok=True)
        part.rename(SCHEMAS)
    return None


def have_tracker() -> None:
    """Install Request Tracker where it is missing and can be installed."""
    if SERVER.exists():
        return
    if (reason := obstacle()) is not None:
        print(f"Request Tracker 5 is not installed, and {reason}: its stories are skipped.")
        return
    print("Installing Request Tracker 5 (once, about a minute) ...", flush=True)
    if not install():
        print("apt could not install Request Tracker 5, see above: its stories are skipped.")


if __name__ == "__main__":
    have_tracker()
    if not SCHEMAS.exists() and (why := fetch_schemas()) is not None:
        print(f"The schemas of jambonz are missing: {why}. Their checks are skipped.")
