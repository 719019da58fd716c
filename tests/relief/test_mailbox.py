"""Mailboxes are read mail by mail, go on after an interruption, and keep no words."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from inquiry_router.inquiry.errors import Invalid
from inquiry_router.inquiry.model import Classification, Draft
from inquiry_router.relief import mailbox_run
from inquiry_router.relief.baseline_model import BaselineCounts
from inquiry_router.relief.counting import CellKey
from inquiry_router.relief.mail_counting import MailboxOwner, look_at_mail
from inquiry_router.relief.mail_reading import count_mails, is_mailbox, read_mails
from inquiry_router.relief.mailbox_run import count_mailbox
from tests.conftest import shipped_model

SAMPLE = Path("docs/samples/skrzynka-jan.mbox")
JAN = MailboxOwner("Jan Nowak", ("pompex.example",))


def mail(**headers: str) -> bytes:
    given = {
        "From": "Anna <anna@hydro-bud.example>",
        "Subject": "Reklamacja",
        "Date": "Mon, 02 Mar 2026 09:00:00 +0100",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\n" for name, value in given.items() if value)
    return f"{lines}\nPompa cieknie, proszę o serwis.\n".encode()


def say(category: str, *, unsure: bool = False) -> Callable[[Draft], Classification]:
    return lambda draft: Classification(category, 0.9, "pl", "model", "m", unsure=unsure)


def counted(path: Path, classify: Callable[[Draft], Classification]) -> BaselineCounts:
    return count_mailbox(path, JAN, classify, {}, "Europe/Warsaw")


@pytest.mark.parametrize(
    ("headers", "outcome"),
    [
        ({}, "service"),
        ({"From": "Magda <magda@biuro.pompex.example>"}, "from_colleague"),
        ({"From": ""}, "no_sender"),
        ({"Date": "yesterday"}, "no_date"),
        ({"In_Reply_To": "<1@x>"}, "reply"),
        ({"List_Unsubscribe": "<mailto:x@y.example>"}, "automatic"),
        ({"Auto_Submitted": "auto-replied"}, "automatic"),
    ],
)
def test_only_new_matters_of_customers_count(headers: dict[str, str], outcome: str) -> None:
    assert look_at_mail(mail(**headers), JAN, say("defect")).outcome == outcome


def test_unsure_is_no_service_and_purchases_are_none() -> None:
    assert look_at_mail(mail(), JAN, say("defect", unsure=True)).outcome == "unsure"
    assert look_at_mail(mail(), JAN, say("new_purchase")).outcome == "sales"
    assert look_at_mail(mail(), JAN, say("other")).outcome == "other"


def test_real_model_counts_the_sample(tmp_path: Path) -> None:
    path = tmp_path / SAMPLE.name
    path.write_bytes(SAMPLE.read_bytes())
    counts = counted(path, shipped_model().classify)
    assert counts.known["mails"] == 48
    assert counts.known["outcomes"]["from_colleague"] == 4
    assert counts.service >= 25 and counts.others >= 5
    assert {key.category for key in counts.cells} == {"defect", "order_support", "catalog_request"}


def test_mbox_and_zip_hold_the_same(tmp_path: Path) -> None:
    path = tmp_path / "mails.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number, one in enumerate(read_mails(SAMPLE)):
            archive.writestr(f"{number:03}.eml", one)
    assert is_mailbox(path) and is_mailbox(SAMPLE)
    assert count_mails(path) == count_mails(SAMPLE) == 48
    assert list(read_mails(path)) == list(read_mails(SAMPLE))


def test_line_that_begins_with_from_splits_no_mail(tmp_path: Path) -> None:
    path = tmp_path / "a.mbox"
    path.write_bytes(b"From a Mon\nSubject: x\n\nhello\nFrom here on\n>From quoted\n\n")
    (only,) = read_mails(path)
    assert only == b"Subject: x\n\nhello\nFrom here on\nFrom quoted\n\n"


def test_it_goes_on_after_an_interruption(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailbox_run, "PART", 10)
    path = tmp_path / "box.mbox"
    path.write_bytes(SAMPLE.read_bytes())
    whole = counted(path, say("defect"))
    seen: list[int] = []

    def break_off(done: int, _: int) -> None:
        seen.append(done)
        if done == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        count_mailbox(path, JAN, say("defect"), {}, "Europe/Warsaw", progress=break_off)
    notes = json.loads((tmp_path / ".box.mbox.counts").read_text("utf-8"))
    assert notes["done"] == 20 and "Pompa" not in str(notes) and "@" not in str(notes)
    seen.clear()
    again = count_mailbox(
        path, JAN, say("defect"), {}, "Europe/Warsaw", progress=lambda done, _: seen.append(done)
    )
    assert seen == [30, 40, 48]
    assert (again.cells, again.known) == (whole.cells, whole.known)
    assert list(tmp_path.iterdir()) == [path]


def test_odd_mail_stops_nothing(tmp_path: Path) -> None:
    def fail(_: Draft) -> Classification:
        raise RuntimeError

    path = tmp_path / "box.mbox"
    path.write_bytes(b"From x\n" + mail() + b"\nFrom x\n\xff\xfe\x00\n")
    assert counted(path, fail).known["outcomes"] == {"unreadable": 1, "no_sender": 1}


def test_accounts_are_known_by_address_and_domain(tmp_path: Path) -> None:
    path = tmp_path / "box.mbox"
    path.write_bytes(b"From x\n" + mail())
    for known in ("anna@hydro-bud.example", "hydro-bud.example"):
        counts = count_mailbox(path, JAN, say("defect"), {known: "K-1"}, "Europe/Warsaw")
        assert list(counts.cells) == [CellKey("2026-03", "Jan Nowak", "K-1", "email", "defect", "")]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.mbox", b"no mailbox", "an mbox file begins with 'From '"),
        ("a.zip", b"PK\x03\x04broken", "the zip cannot be read"),
        ("a.mbox", b"", "an mbox file begins with 'From '"),
    ],
)
def test_no_mailbox_is_said(tmp_path: Path, name: str, content: bytes, sentence: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(Invalid, match=sentence):
        counted(path, say("defect"))
