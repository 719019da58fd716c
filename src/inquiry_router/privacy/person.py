"""A person as an admin names them, and the places in texts that speak of them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import phonenumbers

from inquiry_router.matters.names import Names, compare_names, name_words
from inquiry_router.text.folding import fold
from inquiry_router.text.phone_number import to_e164

MASK: Final = "*"
ERASED: Final = "[erased]"
# Between two digits of a number in a text. Bounded, so that reading takes linear time.
_BETWEEN: Final = r"[\s().\-–/\u00a0]{0,3}"
_BETWEEN_WORDS: Final = r"[\s,.\u00a0]{1,3}"
# Members of stored JSON that quote somebody. In an inquiry of several people nobody can tell whom.
_QUOTING: Final = frozenset(
    {"text", "subject", "name", "email", "phone", "company", "number", "url", "extension", "sign"}
)
_QUOTING_LISTS: Final = frozenset(
    {
        "evidence",
        "rival_evidence",
        "entities",
        "reasons",
        "reason_facts",
        "attachments",
        "written_to",
    }
)


@dataclass(frozen=True)
class Person:
    """Addresses in lower case, numbers in E.164, and names as they are written."""

    emails: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    names: tuple[str, ...] = ()

    @classmethod
    def named(cls, emails: Iterable[str], phones: Iterable[str], names: Iterable[str]) -> "Person":
        """Put the values into the form in which they are stored. Raises `ValueError`."""
        numbers = {phone: to_e164(phone) for phone in phones}
        if any(number is None for number in numbers.values()):
            raise ValueError("a phone number cannot be read: write it as +48601234567")
        addresses = [email.strip().casefold() for email in emails]
        if any(not re.fullmatch(r"[^@\s]+@[^@\s]+", email) for email in addresses):
            raise ValueError("an e-mail address is written as name@domain")
        written = [" ".join(name.split()) for name in names]
        if any(len(name.split()) < 2 for name in written):
            raise ValueError("a name needs two words or more: one alone is the name of many people")
        found = frozenset(number for number in numbers.values() if number is not None)
        return cls(frozenset(addresses), found, tuple(written))

    @property
    def kinds(self) -> list[str]:
        """The kinds of values by which the person is known."""
        values = {"email": self.emails, "phone": self.phones, "name": self.names}
        return [kind for kind, given in values.items() if given]

    @cached_property
    def sure(self) -> re.Pattern[str] | None:
        """The pattern of the addresses and numbers in a text; None if there are none."""
        return _any_of([*map(_email_pattern, self.emails), *map(_phone_pattern, self.phones)])

    @cached_property
    def by_name(self) -> re.Pattern[str] | None:
        """The pattern of the names in a text; None if there are none."""
        return _any_of([_name_pattern(name) for name in self.names])

    @cached_property
    def local_numbers(self) -> tuple[str, ...]:
        """The digits of the numbers without their country."""
        return tuple(_parts(phone)[1] for phone in sorted(self.phones))

    def is_contact(self, contact: Mapping[str, Any]) -> bool:
        """True if a contact has one of the addresses or numbers."""
        email = contact.get("email")
        known = email is not None and email.casefold() in self.emails
        return known or contact.get("phone") in self.phones

    def has_name(self, contact: Mapping[str, Any]) -> bool:
        """True if a contact has one of the names, in any order and spelling."""
        theirs = name_words(contact.get("name"))
        return any(compare_names(theirs, name_words(name)) is Names.SAME for name in self.names)

    def is_mentioned(self, text: str, *, by_name: bool = False) -> bool:
        """True if a text has an address or a number; with `by_name` also if it has a name."""
        return any(pattern.search(text) for pattern in self._patterns(by_name=by_name))

    def mask(self, value: Any, *, by_name: bool = False) -> Any:
        """Mask the person in a text, or in all texts of a JSON value. Lengths stay as they are."""
        if isinstance(value, str):
            for pattern in self._patterns(by_name=by_name):
                value = pattern.sub(lambda found: MASK * len(found[0]), value)
            return value
        if isinstance(value, dict):
            return {name: self.mask(one, by_name=by_name) for name, one in value.items()}
        if isinstance(value, list):
            return [self.mask(one, by_name=by_name) for one in value]
        return value

    def _patterns(self, *, by_name: bool) -> list[re.Pattern[str]]:
        wanted = (self.sure, self.by_name if by_name else None)
        return [pattern for pattern in wanted if pattern is not None]


def without_quotations(value: Any) -> Any:
    """Return stored JSON without everything that quotes somebody."""
    if isinstance(value, list):
        return [without_quotations(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {name: _unquoted(name, one) for name, one in value.items()}


def _unquoted(name: str, value: Any) -> Any:
    if name in _QUOTING_LISTS and isinstance(value, list):
        return []
    if name in _QUOTING and isinstance(value, str):
        return ERASED
    return without_quotations(value)


def _any_of(patterns: list[str]) -> re.Pattern[str] | None:
    return re.compile("|".join(patterns), re.IGNORECASE) if patterns else None


def _email_pattern(email: str) -> str:
    written = re.escape(email).replace("@", "(?:@|%40)")
    return rf"(?<![\w.+-]){written}(?![\w-]|\.\w)"


def _phone_pattern(phone: str) -> str:
    country, local = _parts(phone)
    abroad = rf"(?:(?:\+|00)?{country}{_BETWEEN}|0{_BETWEEN})?"
    return rf"(?<!\d){abroad}{_BETWEEN.join(local)}(?!\d)"


def _parts(phone: str) -> tuple[str, str]:
    parsed = phonenumbers.parse(phone)
    return str(parsed.country_code), phonenumbers.national_significant_number(parsed)


def _name_pattern(name: str) -> str:
    words = ["".join(map(_letter, word)) for word in name.split()]
    orders = (_BETWEEN_WORDS.join(words), _BETWEEN_WORDS.join([words[-1], *words[:-1]]))
    return rf"(?<!\w)(?:{'|'.join(orders)})(?!\w)"


def _letter(letter: str) -> str:
    """Return the pattern of a letter with or without its marks."""
    spellings = [re.escape(one) for one in dict.fromkeys((letter, fold(letter)))]
    return rf"(?:{'|'.join(spellings)})" if len(spellings) > 1 else spellings[0]
