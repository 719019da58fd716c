"""What every door is, and how requests are read without ever failing: any value may be missing, null or of a wrong type."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol
from urllib.parse import parse_qsl, urlencode
from xml.etree import ElementTree

from inquiry_router.intake.cleaning import clean_line
from inquiry_router.phone.model import Abilities, DialStatus, Heard, Move
from inquiry_router.phone.prompts import speech_of

_LONGEST_TEXT: Final = 5000
_LONGEST_DIGITS: Final = 20
_MOST_FIELDS: Final = 500
_NOT_A_KEY: Final = re.compile(r"[^0-9*#A-D]")
_LANGUAGE: Final = re.compile(r"([A-Za-z]{2})(?:[-_][A-Za-z0-9-]{1,20})?\Z")
_WHOLE_NUMBER: Final = re.compile(r"\d{1,9}(?:\.\d{0,9})?")
# XML 1.0 has no way to write these, not even escaped.
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Every word that a platform has for the end of ringing, with `-` and `_` left out.
_DIAL_STATUSES: Final = {
    **dict.fromkeys(
        ("answered", "completed", "answer", "success", "bridged", "connected", "normalclearing"),
        DialStatus.ANSWERED,
    ),
    **dict.fromkeys(("busy", "userbusy", "rejected", "callrejected"), DialStatus.BUSY),
    **dict.fromkeys(("noanswer", "timeout", "unanswered", "nouserresponse"), DialStatus.NO_ANSWER),
    **dict.fromkeys(("canceled", "cancelled", "cancel", "originatorcancel"), DialStatus.GONE),
}


@dataclass(frozen=True, slots=True)
class PhoneRequest:
    """A request of a platform: the parameters of its URL, the fields of its form, its body as JSON where it has one."""

    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    form: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: Any = field(default=None, repr=False)

    @property
    def fields(self) -> Mapping[str, Any]:
        """Everything by its name; the body stands above the form, and the form above the URL."""
        return {**self.query, **self.form, **mapping_of(self.body)}


@dataclass(frozen=True, slots=True)
class PhoneDocument:
    """An answer, ready to be sent with status 200."""

    content_type: str
    body: bytes


class PhonePlatform(Protocol):
    """One platform. It reads and writes and does no I/O, so payloads are its whole test."""

    kind: str
    title: str
    abilities: Abilities

    def read(self, request: PhoneRequest) -> Heard:
        """What the platform says of the call. The call id is empty when it names none."""

    def answer(self, move: Move, heard: Heard, address: str) -> PhoneDocument:
        """The document that makes the platform do this. `address` is the public URL of this door, where it comes back to."""


def read_request(query: str, content_type: str, body: bytes) -> PhoneRequest:
    """A request out of its raw parts. What cannot be read is left out."""
    text = body.decode("utf-8", "replace")
    if content_type.partition(";")[0].strip().lower().endswith("json"):
        return PhoneRequest(_fields(query), body=json_of(text))
    return PhoneRequest(_fields(query), form=_fields(text))


def step_url(address: str, move: Move, **more: str) -> str:
    """The URL that brings the platform back to the step of this move."""
    parameters = {"step": move.step or "", **more}
    return f"{address}{'&' if '?' in address else '?'}{urlencode(parameters)}"


def text_of(value: object) -> str | None:
    """A text on one line, out of a text or a number; None when there is nothing in it."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return clean_line(str(value)[:_LONGEST_TEXT])


def digits_of(value: object) -> str | None:
    """The keys that were pressed; None when there were none. A `#` at the end only says that that is all."""
    keys = _NOT_A_KEY.sub("", (text_of(value) or "").upper())[:_LONGEST_DIGITS]
    return keys.rstrip("#") or keys[:1] or None


def confidence_of(value: object) -> float | None:
    """A confidence as 0 to 1, out of a number, a text, or a percentage; None when it is none."""
    try:
        number = float((text_of(value) or "").replace(",", "."))
    except ValueError:
        return None
    number = number / 100 if 1 < number <= 100 else number
    return number if math.isfinite(number) and 0 <= number <= 1 else None


def seconds_of(value: object) -> int | None:
    """A duration in whole seconds; None when it is none."""
    written = text_of(value) or ""
    return int(float(written)) if _WHOLE_NUMBER.fullmatch(written) else None


def language_of(value: object) -> str | None:
    """The language out of a tag such as pl-PL."""
    match = _LANGUAGE.match(text_of(value) or "")
    return match[1].lower() if match else None


def dial_status_of(value: object) -> DialStatus | None:
    """How ringing ended, in any platform's words; None when nothing is said of it. An unknown word means that it failed."""
    word = (text_of(value) or "").lower().replace("-", "").replace("_", "")
    return _DIAL_STATUSES.get(word, DialStatus.FAILED) if word else None


def mapping_of(value: object) -> Mapping[str, Any]:
    """The value where it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def json_of(value: object) -> Any:
    """What is written in a text of JSON; None for anything else."""
    try:
        return json.loads(value) if isinstance(value, str) else None
    except (ValueError, RecursionError):
        return None


def first_of(value: object) -> object:
    """The first entry of a JSON array; None when it is none, or empty."""
    return value[0] if isinstance(value, list) and value else None


def tag_of(language: str) -> str:
    """The language as platforms want it, for example pl-PL."""
    tag = speech_of(language).tag
    return tag if tag.startswith(language) else language


def element(
    parent: ElementTree.Element, name: str, attributes: Mapping[str, object], text: str = ""
) -> ElementTree.Element:
    """A new child; attributes that are None are left out, and no text can become anything but text."""
    given = {key: _xml_value(value) for key, value in attributes.items() if value is not None}
    child = ElementTree.SubElement(parent, name, given)
    child.text = _xml_value(text) or None
    return child


def xml_document(root: ElementTree.Element, content_type: str = "text/xml") -> PhoneDocument:
    """An XML answer in UTF-8."""
    return PhoneDocument(
        f"{content_type}; charset=utf-8",
        ElementTree.tostring(root, encoding="utf-8", xml_declaration=True),
    )


def json_document(value: object) -> PhoneDocument:
    """A JSON answer."""
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
            parse_qsl(text, keep_blank_values=True, errors="replace", max_num_fields=_MOST_FIELDS)
        )
    except ValueError:
        return {}
