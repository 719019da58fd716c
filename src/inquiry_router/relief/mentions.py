"""Places where the company itself says "ring Jan": in signatures, forwards and quoted mails. Pure.

A customer quotes what the company wrote to them. A salesperson's own number or address there tells
them whom to ring. The list is to be mended at its source: a signature, a template, a confirmation.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from inquiry_router.text.phone_number import to_e164

Place = Literal["quote", "forward", "signature", "text"]
MAX_CHARS: Final = 40_000
_NUMBER: Final = re.compile(r"(?<![\w+])\+?\d[\d ()./-]{7,18}\d(?!\w)")
_EMAIL: Final = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_FORWARD: Final = re.compile(
    r"forwarded message|przekazana wiadomość|wiadomość przekazana|weitergeleitete nachricht"
    r"|^[^\S\n]*(?:fwd?|pd|wg)\s*:",
    re.IGNORECASE | re.MULTILINE,
)
_QUOTE: Final = re.compile(
    r"^[^\S\n]*(?:>|_{10,}|-{3,}\s*(?:original|oryginalna|ursprüngliche)|(?:od|from|von)\s*:"
    r"|(?:w dniu|dnia|on|am)\b.{0,120}(?:pisze|napisał|wrote|schrieb)\w*)",
    re.IGNORECASE | re.MULTILINE,
)
_SIGNATURE: Final = re.compile(
    r"^[^\S\n]*(?:--[^\S\n]*$|z poważaniem|pozdrawiam|serdecznie|best regards|kind regards"
    r"|mit freundlichen)",
    re.IGNORECASE | re.MULTILINE,
)
# The words that make a number an invitation to ring about service.
_INVITES: Final = re.compile(
    r"\b(?:kontakt|proszę dzwonić|w razie pytań|opiekun|serwis|reklamac|contact|questions|call"
    r"|fragen|rückfragen)\w*",
    re.IGNORECASE,
)


class SalesContact(NamedTuple):
    """A salesperson with their own number or address."""

    person: str
    value: str


@dataclass(frozen=True, slots=True)
class Invitation:
    """A place in a message that names a salesperson. `invites`: words beside it ask to ring."""

    person: str
    value: str
    place: Place
    invites: bool


def contacts_of(people: Iterable[tuple[str, str | None, str | None]]) -> dict[str, SalesContact]:
    """Collect numbers and addresses of salespeople: name, phone, e-mail."""
    found: dict[str, SalesContact] = {}
    for name, phone, email in people:
        for value in filter(None, (phone, email.lower() if email else None)):
            found[value] = SalesContact(name, value)
    return found


def find_invitations(
    subject: str | None, text: str, contacts: Mapping[str, SalesContact]
) -> list[Invitation]:
    """Find the places of a message that name a salesperson, each value once."""
    text = text[:MAX_CHARS]
    found: dict[str, Invitation] = {}
    for pattern, read in ((_EMAIL, str.lower), (_NUMBER, _number)):
        for match in pattern.finditer(text):
            contact = contacts.get(read(match[0]))
            if contact is not None and contact.value not in found:
                near = text[max(0, match.start() - 120) : match.end() + 60]
                place = _place(subject or "", text[: match.start()])
                invites = _INVITES.search(near) is not None
                found[contact.value] = Invitation(contact.person, contact.value, place, invites)
    return list(found.values())


def _number(written: str) -> str:
    return to_e164(written) or ""


def _place(subject: str, before: str) -> Place:
    """The part of a message that a place behind these words is in."""
    if _FORWARD.search(before) or _FORWARD.match(subject):
        return "forward"
    if _QUOTE.search(before):
        return "quote"
    return "signature" if _SIGNATURE.search(before) else "text"


def count_invitations(
    found: Iterable[tuple[str, Invitation]],
) -> list[dict[str, object]]:
    """Group invitations to a list to mend, the commonest first. Each comes with its reference."""
    counts: Counter[tuple[str, str, Place, bool]] = Counter()
    examples: dict[tuple[str, str, Place, bool], list[str]] = {}
    for reference, one in found:
        key = (one.person, one.value, one.place, one.invites)
        counts[key] += 1
        examples.setdefault(key, []).append(reference)
    return [
        {
            "person": person,
            "value": value,
            "place": place,
            "invites": invites,
            "messages": count,
            "examples": examples[person, value, place, invites][:5],
        }
        for (person, value, place, invites), count in counts.most_common()
    ]
