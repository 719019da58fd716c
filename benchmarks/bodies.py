"""The bodies that the load sends. The same number always gives the same body.

A number is a person: name, address, phone and company. Four people are of one company.
"""

import json
import random
from typing import Any, Final

# Of the same length as what takes their place.
CALL_ID: Final = "call-00000000-000000000000"
CALLER: Final = "+48600000000"
COMPANIES: Final = 25_000
_SENTENCES: Final = (
    "Dzień dobry, pompa, którą kupiliśmy w marcu, od wczoraj nie pompuje i cieknie spod uszczelki.",
    "Proszę o pilny kontakt serwisu, bo stoi nam cała linia i goście czekają.",
    "Na fakturze jest stary adres, proszę o korektę i ponowne przesłanie dokumentu.",
    "Could you please tell us when the parcel that we ordered last week will arrive?",
    "Uprzejmie proszę o przesłanie aktualnego cennika oraz katalogu w wersji PDF.",
    "Potrzebujemy dwóch takich urządzeń do nowej hali, prosimy o wycenę z montażem.",
    "Numer zamówienia podawałem już przez telefon, ale nikt nie oddzwonił.",
)
_GIVEN: Final = ("Anna", "Maria", "Ewa", "Jan", "Piotr", "Adam", "Jakub", "Hanna", "Olga", "Igor")
# Parts of 20,736 surnames.
_PARTS: Final = (
    ("Ko", "Wa", "Ma", "Zie", "Ra", "Bo", "Li", "Pa", "Gra", "Sta", "Wro", "Du"),
    ("wal", "ran", "lin", "zur", "bor", "mal", "row", "rec", "dek", "wis", "jan", "mar"),
    ("", "o", "i", "ar", "en", "ic", "al", "us", "ot", "in", "aw", "er"),
    ("cz", "wicz", "k", "czyk", "wski", "sz", "ba", "ka", "rz", "ny", "ta", "la"),
)


def contact(number: int) -> dict[str, str]:
    """The person with this number."""
    given, company = _GIVEN[number % len(_GIVEN)], f"hydrobud{number % COMPANIES}"
    spread = number * 7919
    family = "".join(parts[spread // 12**place % 12] for place, parts in enumerate(_PARTS))
    return {
        "name": f"{given} {family}",
        "email": f"{given.lower()}.{number}@{company}.example",
        "phone": f"+486{number % 10**8:08d}",
        "company": company.capitalize(),
    }


def inquiry(number: int, subject: str = "Sprawa") -> bytes:
    """An inquiry, of about 500 bytes."""
    return _json({**_said(number, subject), "contact": contact(number), "language": "pl"})


def message(number: int) -> bytes:
    """A later message, with the same texts."""
    return _json({**_said(number), "language": "pl"})


def with_ticket(number: int, system: str = "crm") -> bytes:
    """An inquiry with all signs: contact, order number and ticket."""
    said = {**_said(number, "Zamówienie"), "contact": contact(number), "language": "pl"}
    return _json({**said, "source": {"system": system, "id": f"T-{number}"}})


def without_signs(number: int) -> bytes:
    """An inquiry by which nothing can be recognised."""
    return _json({**_said(number), "subject": "Sprawa", "language": "pl"})


def of_ticket(writer: int, number: int) -> bytes:
    """A message of the ticket that this person opened, as a source sends it."""
    said = {**_said(number), "contact": contact(writer), "language": "pl"}
    return _json({**said, "id": f"T-{writer}", "message_id": f"m-{number}"})


def of_own_ticket(number: int) -> bytes:
    """The first message of a ticket, as a source sends it."""
    return of_ticket(number, number)


def call(number: int) -> bytes:
    """A call of a person who states their matter at once; id and number are filled in later."""
    chance = random.Random(number)
    said = {
        "call_id": CALL_ID,
        "from": CALLER,
        "to": "+48220000001",
        "speech": chance.choice(_SENTENCES),
    }
    return _json(said)


def _said(number: int, subject: str = "Sprawa") -> dict[str, Any]:
    chance = random.Random(number)
    return {
        "channel": chance.choice(("email", "phone", "chat", "form")),
        "subject": f"{subject} {number}",
        "text": " ".join(chance.sample(_SENTENCES, 3)),
    }


def _json(said: dict[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False).encode()
