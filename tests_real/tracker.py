"""A real Request Tracker on SQLite, in its own folder, from Debian's packages."""

import base64
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx2 as httpx

from inquiry_router.providers.request_tracker_source import RequestTrackerSource
from tests_real.running import ROOT, Router, free_port, until

SERVER = Path("/usr/share/request-tracker5/libexec/rt-server")
SETUP = Path("/usr/sbin/rt-setup-database-5")
# Secrets of installations that live as long as a test.
PASSWORD = "hush-hush"
_CONFIG = """
Set($rtname, 'rt.example');
Set($Organization, 'rt.example');
Set($WebDomain, '127.0.0.1');
Set($WebPort, {port});
Set($WebPath, '');
Set($DatabaseType, 'SQLite');
Set($DatabaseName, '{folder}/rt.db');
Set($MailCommand, 'testfile');
Set($LogToSyslog, undef);
Set($LogToSTDERR, undef);
Set($LogToFile, 'error');
Set($LogDir, '{folder}');
Set($LogToFileNamed, 'rt.log');
$RT::MasonDataDir = '{folder}/mason';
$RT::MasonSessionDir = '{folder}/session';
$RT::VarPath = '{folder}';
1;
"""


class Tracker:
    """A Request Tracker with two queues for the router and a third without rights for it.

    `token` is the router's.
    """

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._folder = folder
        for name in ("mason", "session", "more"):
            (folder / name).mkdir()
        (folder / "config.pm").write_text(_CONFIG.format(port=self.port, folder=folder))
        self._environment = {
            **os.environ,
            "RT_SITE_CONFIG": str(folder / "config.pm"),
            "RT_SITE_CONFIG_DIR": str(folder / "more"),
        }
        self._run(str(SETUP), "--action", "init", "--skip-create")
        made = self._run("perl", str(ROOT / "tests_real" / "tracker.pl")).split()
        self.service, self.sales, self.closed, self.token = made
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [
            str(SERVER),
            "--host",
            "127.0.0.1",
            "--port",
            str(self.port),
            "--max-workers",
            "4",
        ]
        with (self._folder / "server.log").open("wb") as log:
            self._process = subprocess.Popen(
                command, env=self._environment, cwd=self._folder, stdout=log, stderr=log
            )
        until("Request Tracker did not answer", lambda: self.agent.get("/REST/2.0/rt").is_success)

    def stop(self) -> None:
        self.agent.close()
        if self._process is not None:
            self._process.terminate()
            self._process.wait()

    @property
    def log(self) -> str:
        """Return the errors in the log of Request Tracker."""
        path = self._folder / "rt.log"
        return path.read_text() if path.exists() else ""

    @cached_property
    def agent(self) -> httpx.Client:
        """Return a client of REST 2.0 for root."""
        return httpx.Client(base_url=self.url, auth=("root", PASSWORD), timeout=30, trust_env=False)

    @contextmanager
    def browser(self, user: str) -> Iterator[httpx.Client]:
        """Return a client that has logged in. It sends a referer, which forms require."""
        headers = {"Referer": f"{self.url}/"}
        with httpx.Client(
            base_url=self.url, headers=headers, timeout=30, trust_env=False, follow_redirects=True
        ) as client:
            page = client.post(
                "/NoAuth/Login.html", data={"user": user, "pass": PASSWORD, "next": "home"}
            )
            assert "Logout" in page.text
            yield client

    def paste_scrip(self, hook: str) -> None:
        """Set the scrip up exactly as the steps of the source say."""
        steps = RequestTrackerSource().setup(hook).en
        code = next(
            step.partition(": ")[2]
            for step in steps
            if step.startswith("Paste into 'Custom action commit code'")
        )
        self.add_scrip("On Transaction", "TransactionBatch", code)

    def add_scrip(self, condition: str, stage: str, code: str) -> None:
        """Create a global scrip with the admin's form."""
        form = {
            "Queue": "0",
            "Description": "by the story",
            "ScripCondition": condition,
            "ScripAction": "User Defined",
            "Template": "Blank",
            "Stage": stage,
            "SetEnabled": "1",
            "Enabled": "1",
            "CustomPrepareCode": "return 1;",
            "CustomCommitCode": code,
            "Create": "Create",
        }
        with self.browser("root") as admin:
            answer = admin.post("/Admin/Scrips/Create.html", data=form)
        assert "Scrip Created" in answer.text

    def write(
        self,
        subject: str,
        text: str | None,
        requestor: str = "anna@klient.example",
        file: str | None = None,
    ) -> int:
        """Create a ticket in the queue of customer service, by REST 2.0, perhaps with a file."""
        pdf = {"FileType": "application/pdf", "FileContent": base64.b64encode(b"%PDF").decode()}
        ticket = {
            "Queue": self.service,
            "Subject": subject,
            "Content": text,
            "Requestor": requestor,
            "Attachments": [{"FileName": file, **pdf}] if file is not None else [],
        }
        return int(self.agent.post("/REST/2.0/ticket", json=ticket).raise_for_status().json()["id"])

    def write_by_form(self, subject: str, text: str) -> None:
        """Create a ticket with the form for customers."""
        with self.browser("jan") as customer:
            form = {
                "id": "new",
                "Queue": self.service,
                "Requestors": "jan@hurtownia.example",
                "Subject": subject,
                "Content": f"<p>{text}</p>",
                "ContentType": "text/html",
                "SubmitTicket": "Create ticket",
            }
            customer.post("/SelfService/Create.html", data=form).raise_for_status()

    def answer_by_form(self, number: int, text: str) -> None:
        """Reply with the form for customers."""
        with self.browser("jan") as customer:
            form = {
                "id": str(number),
                "UpdateType": "response",
                "UpdateContent": text,
                "UpdateContentType": "text/plain",
                "SubmitTicket": "Update Ticket",
            }
            customer.post("/SelfService/Update.html", data=form).raise_for_status()

    def ticket(self, number: int) -> dict[str, Any]:
        return dict(self.agent.get(f"/REST/2.0/ticket/{number}").raise_for_status().json())

    def tickets(self, subject: str) -> list[int]:
        found = (
            self.agent.get("/REST/2.0/tickets", params={"query": f"Subject = '{subject}'"})
            .raise_for_status()
            .json()
        )
        return [int(one["id"]) for one in found["items"]]

    def queue(self, number: int) -> str:
        """Return the queue of the ticket."""
        return str(self.ticket(number)["Queue"]["id"])

    def moves(self, number: int) -> list[str]:
        """Return the queues that it was moved to, the oldest first."""
        return [
            row["NewValue"]
            for row in self._history(number)
            if (row["Type"], row["Field"]) == ("Set", "Queue")
        ]

    def notes(self, number: int) -> list[str]:
        """Return the comments, the oldest first."""
        return [
            self._content(row["id"]) for row in self._history(number) if row["Type"] == "Comment"
        ]

    def is_committed(self, number: int) -> bool:
        """Report if other connections see the ticket."""
        with closing(
            sqlite3.connect(f"file:{self._folder / 'rt.db'}?mode=ro", uri=True)
        ) as database:
            return (
                database.execute("SELECT 1 FROM Tickets WHERE id = ?", (number,)).fetchone()
                is not None
            )

    def _history(self, number: int) -> list[dict[str, Any]]:
        query = {"fields": "Type,Field,NewValue", "per_page": "100"}
        found = (
            self.agent.get(f"/REST/2.0/ticket/{number}/history", params=query)
            .raise_for_status()
            .json()
        )
        return sorted(found["items"], key=lambda row: int(row["id"]))

    def _content(self, transaction: str) -> str:
        rows = (
            self.agent.get(f"/REST/2.0/transaction/{transaction}/attachments")
            .raise_for_status()
            .json()["items"]
        )
        found = self.agent.get(f"/REST/2.0/attachment/{rows[0]['id']}").raise_for_status().json()
        return base64.b64decode(found["Content"]).decode()

    def _run(self, *command: str) -> str:
        done = subprocess.run(
            command,
            check=False,
            env=self._environment,
            cwd=self._folder,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"{command[0]} failed: {done.stderr}"
        return done.stdout


@contextmanager
def story(folder: Path) -> Iterator[tuple[Router, Tracker]]:
    """Run both together: tickets arrive by scrip and are moved by REST 2.0."""
    (folder / "router").mkdir()
    (folder / "tracker").mkdir()
    router, tracker = Router(folder / "router"), Tracker(folder / "tracker")
    router.start()
    try:
        tracker.start()
        entry = {
            "id": "rt",
            "name": "RT",
            "kind": "request_tracker",
            "settings": {"own_user": "router@acme.example"},
        }
        source = router.client.post("/v1/sources", json=entry).raise_for_status().json()
        groups = {
            "customer_service": tracker.service,
            "triage": tracker.service,
            "sales": tracker.sales,
        }
        settings = {
            "url": tracker.url,
            "api_token": tracker.token,
            "source": "rt",
            "groups": groups,
            "create": True,
        }
        entry = {"id": "rt", "name": "RT", "kind": "request_tracker", "settings": settings}
        router.client.post("/v1/destinations", json=entry).raise_for_status()
        tracker.paste_scrip(source["url"])
        # A slow scrip, like one that sends mail, so that a move can be interrupted.
        tracker.add_scrip(
            "On Queue Change", "TransactionCreate", "select(undef, undef, undef, 1); return 1;"
        )
        yield router, tracker
    finally:
        tracker.stop()
        router.kill()
        router.client.close()
