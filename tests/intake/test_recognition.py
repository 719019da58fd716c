"""Keys and fingerprints by which a second sending is recognised."""

from dataclasses import fields, replace
from datetime import UTC, datetime

import pytest

from inquiry_router.inquiry.model import (
    Attachment,
    Channel,
    Contact,
    Draft,
    MailThread,
    Origin,
    Provenance,
    Sending,
)
from inquiry_router.intake.recognition import fingerprint, sending_of

DRAFT = Draft(
    Channel.EMAIL,
    "tekst",
    "temat",
    "pl",
    Contact("a", "b", "c", "d"),
    Origin("zammad", "1", "u"),
    datetime(2026, 1, 1, tzinfo=UTC),
)
OTHER = {
    "channel": Channel.CHAT,
    "text": "inny",
    "subject": None,
    "language": "en",
    "contact": Contact("x"),
    "origin": None,
    "received_at": None,
    "thread": MailThread("1@klient.example"),
}


def test_keys_come_from_header_and_source() -> None:
    sending = sending_of(DRAFT, "website", "k")
    assert sending.keys == ("key:website:k", "source:zammad:1")
    assert (sending.sender, sending.fingerprint) == ("website", fingerprint(DRAFT))
    assert sending_of(replace(DRAFT, origin=None), "website", None) == Sending("website", ())


# Of the provenance only what the sender says is part of the content. Documents come by sources,
# whose messages are known by their keys alone; whose account it is was found, not sent.
@pytest.mark.parametrize(
    "name",
    [
        field.name
        for field in fields(Draft)
        if field.name not in ("provenance", "enclosed", "account")
    ],
)
def test_every_field_changes_the_fingerprint(name: str) -> None:
    assert fingerprint(replace(DRAFT, **{name: OTHER[name]})) != fingerprint(DRAFT)


def test_attachments_mailboxes_and_the_called_number_change_the_fingerprint() -> None:
    provenances = (
        Provenance(),
        Provenance(attachments=(Attachment("pompa.jpg", "image/jpeg", 7),)),
        Provenance(written_to=("serwis@acme.example",)),
        Provenance(called="serwis@acme.example"),
    )
    found = {fingerprint(replace(DRAFT, provenance=provenance)) for provenance in provenances}
    assert len(found) == len(provenances)
    assert fingerprint(replace(DRAFT, provenance=Provenance(hops=1))) == fingerprint(DRAFT)


def test_hostile_text_has_a_fingerprint() -> None:
    assert len(fingerprint(replace(DRAFT, text="\ud800\x00"))) == 64
