"""The addresses that a message was written to, as vendors list them."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from inquiry_router.providers.kit.source import storable

MAX_ADDRESSES: Final = 50
# Of one line. A mail to more people has a mailing list.
_MAX_LINE_CHARS: Final = 10_000
# The longest path in RFC 5321 is shorter.
_MAX_ADDRESS_CHARS: Final = 254
_BETWEEN: Final = re.compile(r"[\s<>,;\"'()\[\]]+")
# The spellings of vendors.
_FIELDS: Final = ("email", "Email", "address", "handle", "value")
# Headers that name the mailbox, the nearest one first.
_HEADERS: Final = ("x-original-to", "delivered-to", "envelope-to", "to", "cc")


def addresses_in(*listed: object) -> tuple[str, ...]:
    """Return each address once, in lower case.

    The values are lines as in a mail's header, objects with an address, or lists of these.
    """
    found = dict.fromkeys(address for one in listed for address in _addresses_of(one))
    return tuple(found)[:MAX_ADDRESSES]


def addresses_of_headers(headers: Mapping[str, str]) -> tuple[str, ...]:
    """Return the addresses in the headers that name the mailbox."""
    return addresses_in(*(headers.get(name) for name in _HEADERS))


def _addresses_of(value: object) -> Iterator[str]:
    if isinstance(value, list):
        for one in value[:MAX_ADDRESSES]:
            # A list inside a list is nobody's format.
            if not isinstance(one, list):
                yield from _addresses_of(one)
    elif isinstance(value, dict):
        for name in _FIELDS:
            if isinstance(value.get(name), str):
                yield from _addresses_of(value[name])
    elif isinstance(value, str):
        for word in _BETWEEN.split(storable(value[:_MAX_LINE_CHARS])):
            local, at, host = word.removeprefix("mailto:").strip(".").rpartition("@")
            if local and at and host and len(word) <= _MAX_ADDRESS_CHARS:
                yield f"{local}{at}{host}".lower()
