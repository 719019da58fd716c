"""The interface of a platform, and parsers of its requests.

Parsers never fail: any value may be missing, null or of a wrong type.
"""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, runtime_checkable
from urllib.parse import parse_qsl, urlencode
from xml.etree import ElementTree

from inquiry_router.intake.cleaning import clean_line
from inquiry_router.phone.caller import read_number
from inquiry_router.phone.model import Abilities, DialStatus, Heard, Move, Spoken
from inquiry_router.phone.platforms.multipart import is_multipart, read_multipart
from inquiry_router.phone.prompts import speech_of

_MAX_CHARS: Final = 5000
_MAX_DIGITS: Final = 20
_MAX_FIELDS: Final = 500
# The time of the dialled person to press the key, in seconds.
CONFIRM_S: Final = 6
_NOT_A_KEY: Final = re.compile(r"[^0-9*#A-D]")
_LANGUAGE: Final = re.compile(r"([A-Za-z]{2})(?:[-_][A-Za-z0-9-]{1,20})?\Z")
_WHOLE_NUMBER: Final = re.compile(r"\d{1,9}(?:\.\d{0,9})?")
# Characters that XML 1.0 cannot hold, not even escaped.
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# The words of all platforms for the result of dialling, without `-` and `_`.
_DIAL_STATUSES: Final = {
    **dict.fromkeys(
        ("answered", "answer", "bridged", "connected", "normalclearing"), DialStatus.ANSWERED
    ),
    **dict.fromkeys(("completed", "success"), DialStatus.COMPLETED),
    **dict.fromkeys(("busy", "userbusy", "rejected", "callrejected"), DialStatus.BUSY),
    **dict.fromkeys(("noanswer", "timeout", "unanswered", "nouserresponse"), DialStatus.NO_ANSWER),
    **dict.fromkeys(("canceled", "cancelled", "cancel", "originatorcancel"), DialStatus.GONE),
}


@dataclass(frozen=True, slots=True)
class PhoneRequest:
    """A request of a platform: URL parameters, form fields, a JSON body or a file if it has one."""

    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    form: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: Any = field(default=None, repr=False)
    file: bytes = field(default=b"", repr=False)

    @property
    def fields(self) -> Mapping[str, Any]:
        """Everything by its name. The body overrides the form, and the form the URL."""
        return {**self.query, **self.form, **mapping_of(self.body)}


@dataclass(frozen=True, slots=True)
class PhoneDocument:
    """An answer, to be sent with status 200."""

    content_type: str
    body: bytes


class PhonePlatform(Protocol):
    """A platform. It reads and writes without I/O, so payloads are its whole test."""

    kind: str
    title: str
    abilities: Abilities

    def read(self, request: PhoneRequest) -> Heard:
        """Read the platform's report on a call. The call id is empty if there is none."""

    def answer(self, move: Move, heard: Heard, address: str) -> PhoneDocument:
        """Write the document for a move.

        `address` is the public URL of this line, for the platform's next request.
        """


@runtime_checkable
class ConfirmingPlatform(PhonePlatform, Protocol):
    """A platform that can have the dialled person press a key before it connects the caller."""

    def confirm(self, confirm: Spoken, request: PhoneRequest, address: str) -> PhoneDocument:
        """Write the document for the dialled person, before and after they have pressed it."""


def read_request(query: str, content_type: str, body: bytes) -> PhoneRequest:
    """Read the raw parts of a request; leave out whatever cannot be parsed."""
    if is_multipart(content_type):
        form, file = read_multipart(content_type, body)
        return PhoneRequest(_fields(query), form, file=file)
    text = body.decode("utf-8", "replace")
    if content_type.partition(";")[0].strip().lower().endswith("json"):
        return PhoneRequest(_fields(query), body=json_of(text))
    return PhoneRequest(_fields(query), form=_fields(text))


def step_url(address: str, move: Move, **more: str) -> str:
    """Build the URL of the platform's next request, with the step of this move."""
    parameters = {"step": move.step or "", **more}
    return f"{address}{'&' if '?' in address else '?'}{urlencode(parameters, errors='replace')}"


def confirm_url(address: str, confirm: Spoken) -> str:
    """Build the URL that asks a dialled person to press a key. It needs no stored call."""
    parameters = {"confirm": confirm.text, "language": confirm.language}
    return f"{address}{'&' if '?' in address else '?'}{urlencode(parameters)}"


def confirmation_of(request: PhoneRequest) -> Spoken | None:
    """Read the text of `confirm_url` back; None for any other request."""
    text = text_of(request.query.get("confirm"))
    language = language_of(request.query.get("language"))
    return Spoken(text, language) if text is not None and language is not None else None


def substitute_caller(heard: Heard) -> str | None:
    """The number that was called, to be shown instead of a caller's that cannot be dialled.

    Platforms refuse to dial for a withheld number (Twilio's error 13214). None for all others: the
    dialled person sees who calls.
    """
    return read_number(heard.called) if read_number(heard.caller) is None else None


def text_of(value: object) -> str | None:
    """Read a text or a number as one line of text; None if it is empty."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return clean_line(str(value)[:_MAX_CHARS])


def digits_of(value: object) -> str | None:
    """Read pressed keys; None if there are none. A `#` at the end only ends the input."""
    keys = _NOT_A_KEY.sub("", (text_of(value) or "").upper())[:_MAX_DIGITS]
    return keys.rstrip("#") or keys[:1] or None


def confidence_of(value: object) -> float | None:
    """Read a confidence, 0 to 1, from a number, a text or a percentage; None if it is none."""
    try:
        number = float((text_of(value) or "").replace(",", "."))
    except ValueError:
        return None
    number = number / 100 if 1 < number <= 100 else number
    return number if math.isfinite(number) and 0 <= number <= 1 else None


def seconds_of(value: object) -> int | None:
    """Read a duration in whole seconds; None if it is none."""
    written = text_of(value) or ""
    return int(float(written)) if _WHOLE_NUMBER.fullmatch(written) else None


def language_of(value: object) -> str | None:
    """Read the language of a tag such as pl-PL."""
    match = _LANGUAGE.match(text_of(value) or "")
    return match[1].lower() if match else None


def dial_status_of(value: object) -> DialStatus | None:
    """Read the result of dialling, in the words of any platform; None if there is none.

    An unknown word means that it failed.
    """
    word = (text_of(value) or "").lower().replace("-", "").replace("_", "")
    return _DIAL_STATUSES.get(word, DialStatus.FAILED) if word else None


def mapping_of(value: object) -> Mapping[str, Any]:
    """The value if it is a JSON object, or else an empty one."""
    return value if isinstance(value, dict) else {}


def json_of(value: object) -> Any:
    """Parse a text of JSON; None for anything else."""
    try:
        return json.loads(value) if isinstance(value, str) else None
    except (ValueError, RecursionError):
        return None


def first_of(value: object) -> object:
    """The first entry of a JSON array; None if there is none."""
    return value[0] if isinstance(value, list) and value else None


def tag_of(language: str) -> str:
    """The language tag for platforms, for example pl-PL."""
    tag = speech_of(language).tag
    return tag if tag.startswith(language) else language


def element(
    parent: ElementTree.Element, name: str, attributes: Mapping[str, object], text: str = ""
) -> ElementTree.Element:
    """Add a child; attributes that are None are left out.

    All values are escaped, so that a text cannot become markup.
    """
    given = {key: _xml_value(value) for key, value in attributes.items() if value is not None}
    child = ElementTree.SubElement(parent, name, given)
    child.text = _xml_value(text) or None
    return child


def xml_document(root: ElementTree.Element, content_type: str = "text/xml") -> PhoneDocument:
    """Write an XML answer in UTF-8."""
    return PhoneDocument(
        f"{content_type}; charset=utf-8",
        ElementTree.tostring(root, encoding="utf-8", xml_declaration=True),
    )


def json_document(value: object) -> PhoneDocument:
    """Write a JSON answer."""
    return PhoneDocument(
        "application/json",
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace"),
    )


def _xml_value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return _NOT_XML.sub("", str(value))


def _fields(text: str) -> dict[str, str]:
    try:
        return dict(
            parse_qsl(text, keep_blank_values=True, errors="replace", max_num_fields=_MAX_FIELDS)
        )
    except ValueError:
        return {}
