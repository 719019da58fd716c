"""Processes: a real helpdesk and the router, each on its own port, which survives a restart."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.utils import make_msgid
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx2 as httpx

ROOT = Path(__file__).parent.parent
REAL = ROOT / ".venv-real" / "bin"
# It starts within seconds, but not on a machine that is busy with something else.
MAX_START_S = 120


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(what: str, found: Callable[[], Any], seconds: float = 30) -> Any:
    """Ask until the answer is true, or fail with `what` when the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with suppress(httpx.TransportError):
            if answer := found():
                return answer
        time.sleep(0.1)
    raise AssertionError(f"within {seconds:g} s {what}")


class Router:
    """An inquiry-router with its own database in `folder`; it can be killed and started again."""

    def __init__(self, folder: Path, **settings: str) -> None:
        """`settings` are more variables, without their prefix."""
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._folder = folder
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("INQUIRY_ROUTER_")
        }
        self._environment = environment | {
            "INQUIRY_ROUTER_DATABASE_URL": f"sqlite:///{folder / 'inquiries.db'}",
            "INQUIRY_ROUTER_ADMIN_KEY_FILE": str(folder / "admin.key"),
            "INQUIRY_ROUTER_PUBLIC_URL": self.url,
            "INQUIRY_ROUTER_ALLOW_LOOPBACK_DESTINATIONS_FOR_DEVELOPMENT": "true",
            "INQUIRY_ROUTER_LOG_LEVEL": "warning",
            "PORT": str(self.port),
            "PYTHONPATH": str(ROOT / "src"),
            **{f"INQUIRY_ROUTER_{name}": value for name, value in settings.items()},
        }
        self._process: subprocess.Popen[bytes] | None = None
        self._run("migrate")

    def start(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "inquiry_router", "serve"], env=self._environment, cwd=ROOT
        )
        try:
            until(
                "the router did not answer",
                lambda: httpx.get(f"{self.url}/health/ready", trust_env=False).is_success,
                MAX_START_S,
            )
        except BaseException:
            self.kill()  # nobody else would
            raise

    def kill(self) -> None:
        """Kill it as by a power cut."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def end(self) -> None:
        """End it as a supervisor does."""
        assert self._process is not None
        self._process.terminate()
        self._process.wait(30)

    def pause(self) -> None:
        """Stop it, so that it answers nobody."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    @cached_property
    def client(self) -> httpx.Client:
        key = (self._folder / "admin.key").read_text().strip()
        return httpx.Client(
            base_url=self.url,
            headers={"Authorization": f"Bearer {key}"},
            timeout=20,
            trust_env=False,
        )

    def inquiries(self) -> list[dict[str, Any]]:
        return list(self.client.get("/v1/inquiries").json()["items"])

    def _run(self, command: str) -> None:
        subprocess.run(
            [sys.executable, "-m", "inquiry_router", command],
            env=self._environment,
            cwd=ROOT,
            check=True,
        )


class Desk:
    """A real django-helpdesk behind gunicorn, with two queues. `token` is the router's."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._mailbox = folder / "mail"
        self._mailbox.mkdir()
        self._environment = {
            **os.environ,
            "DESK_FOLDER": str(folder),
            "PYTHONPATH": str(ROOT / "tests_real"),
        }
        made = subprocess.run(
            [REAL / "python", "-W", "ignore", "-m", "desk.fill"],
            env=self._environment,
            cwd=folder,
            check=True,
            capture_output=True,
            text=True,
        )
        users = {
            name: (number, token)
            for name, number, token in map(str.split, made.stdout.splitlines())
        }
        self.router_user, self.token = users["router"]
        _, self._agent = users["ewa"]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, hook: str | None) -> None:
        """Start it; it calls `hook` for each new ticket and answer."""
        names = ("HELPDESK_NEW_TICKET_WEBHOOK_URLS", "HELPDESK_FOLLOWUP_WEBHOOK_URLS")
        hooks = dict.fromkeys(names, hook) if hook is not None else {}
        command = [
            REAL / "gunicorn",
            "-k",
            "gthread",
            "--threads",
            "8",
            "-b",
            f"127.0.0.1:{self.port}",
            "desk.wsgi",
        ]
        self._process = subprocess.Popen(
            [*command, "--log-level", "critical"],
            env=self._environment | hooks,
            cwd=ROOT / "tests_real",
        )
        until(
            "the helpdesk did not answer",
            lambda: self.agent.get("/api/tickets/").is_success,
            MAX_START_S,
        )

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait()

    @cached_property
    def agent(self) -> httpx.Client:
        headers = {"Authorization": f"Token {self._agent}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=20, trust_env=False)

    def ticket(self, number: int) -> dict[str, Any]:
        return dict(self.agent.get(f"/api/tickets/{number}/").json())

    def notes(self, number: int) -> list[str]:
        return [one["comment"] for one in self.ticket(number)["followup_set"] if not one["public"]]

    def tickets_of(self, email: str) -> list[int]:
        rows = self.agent.get("/api/tickets/?page_size=100").raise_for_status().json()["results"]
        return [int(row["id"]) for row in rows if row["submitter_email"] == email]

    def write(self, title: str, text: str, email: str) -> int:
        """Create a ticket by the API, as a mail program or a shop does. Return its number."""
        ticket = {
            "queue": 1,
            "title": title,
            "description": text,
            "submitter_email": email,
            "priority": 3,
        }
        answer = self.agent.post("/api/tickets/", json=ticket).raise_for_status()
        return int(answer.json()["id"])

    def follow_up(
        self, number: int, text: str, *, public: bool = True, status: int | None = None
    ) -> None:
        """Answer or note as the agent; `status` is the new one of the ticket."""
        said = {"ticket": number, "comment": text, "public": public, "new_status": status}
        self.agent.post("/api/followups/", json=said).raise_for_status()

    def write_by_form(self, title: str, text: str, email: str = "jan@hurtownia.example") -> str:
        """Create a ticket with the public web form. Return the address of the customer's page."""
        with httpx.Client(
            base_url=self.url, timeout=20, trust_env=False, follow_redirects=True
        ) as customer:
            page = customer.get("/tickets/submit/")
            form = {
                "csrfmiddlewaretoken": customer.cookies["csrftoken"],
                "queue": "1",
                "title": title,
                "body": text,
                "priority": "3",
                "submitter_email": email,
                "due_date": "",
            }
            assert page.status_code == 200
            made = customer.post("/tickets/submit/", data=form, headers={"Referer": self.url})
            return str(made.url)

    def mail(self, ticket: int, text: str, email: str) -> bool:
        """Answer by mail in a ticket. Return True if the webhook got an answer too."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Message-ID"] = email, "bok@acme.example", make_msgid()
        mail["Subject"] = f"Re: [bok-{ticket}] Pompa"
        mail.set_content(text)
        (self._mailbox / f"{time.monotonic_ns()}.eml").write_bytes(mail.as_bytes())
        return self.read_mails()

    def read_mails(self) -> bool:
        """Read the mailbox as cron does; mails whose webhook failed stay in it."""
        self.agent.post("/read-mails/").raise_for_status()
        return not any(self._mailbox.iterdir())


def number_on(page: str) -> int:
    """The number of the ticket on a customer's page: its address has `ticket=bok-7`."""
    return int(httpx.URL(page).params["ticket"].rpartition("-")[2])


@contextmanager
def story(folder: Path, *, create: bool = False) -> Iterator[tuple[Router, Desk]]:
    """Run both together: tickets arrive by webhook and are moved by the API.

    `create`: inquiries that came another way get a ticket of their own.
    """
    (folder / "router").mkdir()
    (folder / "desk").mkdir()
    router, desk = Router(folder / "router"), Desk(folder / "desk")
    router.start()
    try:
        api = {"api_url": desk.url, "api_token": desk.token, "own_user": desk.router_user}
        entry = {"id": "desk", "name": "Desk", "kind": "django_helpdesk", "settings": api}
        source = router.client.post("/v1/sources", json=entry).raise_for_status().json()
        groups = {"customer_service": "1", "triage": "1", "sales": "2"}
        settings = {"url": desk.url, "password": desk.token, "source": "desk", "groups": groups}
        settings["create"] = create
        entry = {"id": "desk", "name": "Desk", "kind": "django_helpdesk", "settings": settings}
        router.client.post("/v1/destinations", json=entry).raise_for_status()
        desk.start(source["url"])
        yield router, desk
    finally:
        desk.stop()
        router.kill()
        desk.agent.close()
        router.client.close()
