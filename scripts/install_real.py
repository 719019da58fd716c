"""Installs Debian's Request Tracker for `make test-real`, where that is possible; says why where it is not, and fails never."""

import os
import shutil
import subprocess
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
        if subprocess.run(command, check=False, env=quiet, stdout=subprocess.DEVNULL).returncode == 0:
            return True
    return False


if __name__ == "__main__" and not SERVER.exists():
    if (reason := obstacle()) is not None:
        print(f"Request Tracker 5 is not installed, and {reason}: its stories are skipped.")
    else:
        print("Installing Request Tracker 5 (once, about a minute) ...", flush=True)
        if not install():
            print("apt could not install Request Tracker 5, see above: its stories are skipped.")
