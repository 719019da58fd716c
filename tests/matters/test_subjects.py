"""Subjects that a later message only repeats."""

from datetime import UTC, datetime

import pytest

from inquiry_router.inquiry.matter import Candidate, Progress, SaidBefore
from inquiry_router.inquiry.model import Channel, Contact, Draft, Origin, Status
from inquiry_router.matters.subjects import repeats_subject

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
TICKET = Origin("desk", "7", None)


def matter(*subjects: str | None) -> Candidate:
    progress = Progress("customer_service", Status.ROUTED, Channel.EMAIL, NOW)
    said = tuple(SaidBefore(NOW, one, "Pompa cieknie", Contact()) for one in subjects)
    return Candidate("i1", "3WYA-EE71", progress, None, frozenset(), said)


@pytest.mark.parametrize("subject", ["Pompa", "Re: Pompa", "Odp: [bok-7] POMPA"])
def test_message_of_a_ticket_repeats_its_title(subject: str) -> None:
    said = Draft(channel=Channel.EMAIL, text="Dziękuję", subject=subject, origin=TICKET)
    assert repeats_subject(said, matter(None, "Pompa"))


def test_reply_repeats_the_subject_of_the_opening() -> None:
    said = Draft(channel=Channel.EMAIL, text="Dziękuję", subject="Re: Pompa")
    assert repeats_subject(said, matter("Pompa"))


@pytest.mark.parametrize(
    ("subject", "text", "origin", "known"),
    [
        ("Pompa", "Dziękuję", None, "Pompa"),
        ("Re: Faktura", "Dziękuję", None, "Pompa"),
        ("Re: Pompa", " ", None, "Pompa"),
        ("Re: ", "Dziękuję", None, None),
        (None, "Dziękuję", TICKET, None),
    ],
    ids=["no reply", "another subject", "no other words", "no words", "no subject"],
)
def test_subject_that_says_something(
    subject: str | None, text: str, origin: Origin | None, known: str | None
) -> None:
    said = Draft(channel=Channel.EMAIL, text=text, subject=subject, origin=origin)
    assert not repeats_subject(said, matter(known))
    assert not repeats_subject(said, None)
