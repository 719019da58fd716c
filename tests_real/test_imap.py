"""A real Dovecot: every mail once, through disconnects, 30 MB and new numbers of all mails."""

from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest

from tests_real.dovecot import PASSWORD, SERVER, USER, Dovecot, running_dovecot
from tests_real.running import Router, until

pytestmark = pytest.mark.skipif(
    not SERVER.exists(),
    reason="Dovecot is missing: run `make test-real` as root on Debian to install it",
)

DEFECT = "Pompa kupiona w marcu od wczoraj cieknie, proszę o naprawę gwarancyjną."


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Dovecot]:
    with running_dovecot() as made:
        monkeypatch.setenv("SSL_CERT_FILE", str(made.ca))
        yield made


@pytest.fixture
def router(server: Dovecot, tmp_path: Path) -> Iterator[Router]:
    made = Router(tmp_path)
    made.start()
    try:
        yield made
    finally:
        made.kill()
        made.client.close()


def mail(number: int, text: str = DEFECT, file: bytes | None = None) -> bytes:
    message = EmailMessage()
    message["From"] = f"Anna Nowak <anna{number}@hydro-bud.example>"
    message["To"] = USER
    message["Subject"] = f"Pompa numer {number} cieknie"
    message["Message-ID"] = f"<{number}@hydro-bud.example>"
    message.set_content(f"{text} Numer urządzenia: {number}.")
    if file is not None:
        message.add_attachment(file, maintype="image", subtype="jpeg", filename="pompa.jpg")
    return message.as_bytes(policy=SMTP)


def read_by(router: Router, server: Dovecot, **settings: Any) -> None:
    entry = {
        "id": "mailbox",
        "name": "Serwis",
        "kind": "imap",
        "settings": {
            "host": "127.0.0.1",
            "port": server.port,
            "user": USER,
            "password": PASSWORD,
            **settings,
        },
    }
    made = router.client.post("/v1/sources", json=entry)
    assert made.status_code == 201, made.text


def source(router: Router) -> dict[str, Any]:
    shown = router.client.get("/v1/sources/mailbox").json()
    assert shown["settings"]["password"] != PASSWORD
    return dict(shown)


def subjects(router: Router) -> list[str]:
    return sorted(one["subject"] for one in router.inquiries())


@pytest.mark.timeout(300)
def test_mails_are_read_once_through_disconnects_a_crash_and_new_numbers(
    router: Router, server: Dovecot
) -> None:
    read_by(router, server)
    server.deliver(mail(1))
    until("the mail was not read", lambda: len(router.inquiries()) == 1)
    # News come by IDLE, long before the next look.
    server.deliver(mail(2))
    until("the news did not come", lambda: len(router.inquiries()) == 2, 10)
    until("it was not marked", lambda: server.count("INBOX", "SEEN") == 2)
    server.stop()
    until("nobody noticed", lambda: source(router)["mailbox"]["problem"])
    server.start()
    server.deliver(mail(3))
    until("it did not connect again", lambda: len(router.inquiries()) == 3, 60)
    until("it still has a problem", lambda: source(router)["mailbox"]["problem"] is None)
    router.kill()
    server.deliver(mail(4))
    server.stop()
    server.number_anew()
    server.start()
    assert server.count("INBOX") == 4
    router.start()
    # The lease of the killed process has to end first.
    until("it was not read after the crash", lambda: len(router.inquiries()) == 4, 180)
    until("it was not marked", lambda: server.count("INBOX", "UNSEEN") == 0)
    assert subjects(router) == [f"Pompa numer {number} cieknie" for number in (1, 2, 3, 4)]
    for one in router.inquiries():
        whole = router.client.get(f"/v1/inquiries/{one['id']}").json()
        assert len(whole["messages"]) == 1, whole["subject"]


def test_large_mail_is_read_and_moved(router: Router, server: Dovecot) -> None:
    read_by(router, server, after_reading="move", move_to="Przyjęte & zrobione")
    server.deliver(mail(7, file=bytes(range(256)) * 4 * 1024 * 22))
    (inquiry,) = until("the mail was not read", router.inquiries, 60)
    whole = router.client.get(f"/v1/inquiries/{inquiry['id']}").json()
    (file,) = whole["passage"]["attachments"]
    assert (file["name"], file["size"]) == ("pompa.jpg", 256 * 4 * 1024 * 22)
    assert inquiry["category"] == "defect"
    until("it was not moved", lambda: server.count("INBOX") == 0)
    assert server.count('"Przyj&ARk-te &- zrobione"') == 1


def test_wrong_password_is_told_in_a_sentence(router: Router, server: Dovecot) -> None:
    read_by(router, server, password="wrong")
    problem = until("nobody noticed", lambda: source(router)["mailbox"]["problem"])
    assert "login failed" in problem
