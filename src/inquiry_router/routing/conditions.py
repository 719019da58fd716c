"""The conditions of rules as admins write them."""

import re
from collections.abc import Callable
from functools import cached_property
from typing import Annotated, Any, Final, Literal

from pydantic import Field, StringConstraints, field_validator

from inquiry_router.inquiry.model import Channel, EntityKind
from inquiry_router.routing.fields import Day, Document, Language, Share, Slug
from inquiry_router.routing.spans import read_span
from inquiry_router.text.phone_number import to_e164

_MIN_CHARS: Final = 2
_MAX_CHARS: Final = 80
Words = Annotated[
    str,
    StringConstraints(min_length=_MIN_CHARS, max_length=_MAX_CHARS, strip_whitespace=True),
]
_MAX_NAME_CHARS: Final = 254
Name = Annotated[
    str, StringConstraints(min_length=1, max_length=_MAX_NAME_CHARS, strip_whitespace=True)
]

# The digits of a number, and the marks that people write between them.
_NUMBER: Final = re.compile(r"\+?[0-9]+")
_MARKS_IN_NUMBERS: Final = re.compile(r"[\s()/.\u2010-\u2015-]+")
_COUNTRY: Final = "+48"
_MAX_ROUNDS: Final = 5
_BEFORE_DOMAIN: Final = re.compile(r"^(?:\s|\*?@|\*?\.)+")
_MAILTO: Final = re.compile(r"^(?:mailto:|\s)+")
_BETWEEN_WORDS: Final = re.compile(r"[\W_]+")
# Entities that people write with any marks between letters and digits.
_NUMBERS: Final = frozenset(
    {
        EntityKind.ORDER_NUMBER,
        EntityKind.INVOICE_NUMBER,
        EntityKind.COMPLAINT_NUMBER,
        EntityKind.SERIAL_NUMBER,
        EntityKind.PRODUCT_CODE,
        EntityKind.TAX_ID,
    }
)


class Conditions(Document):
    """The conditions of a rule. Every given field must hold; in a list, any one entry is enough."""

    category: list[Slug] | None = Field(
        None,
        min_length=1,
        description="The inquiry's category is one of these. Never holds if the classifier is "
        "unsure.",
        examples=[["defect"]],
    )
    intent: list[Slug] | None = Field(
        None,
        min_length=1,
        description="The intent is one of these: tenders to a tender desk, missing items to the "
        "warehouse. GET /v1/intents lists them. Never holds if no intent is named.",
        examples=[["tender"], ["missing_item", "wrong_item"]],
    )
    secondary: list[Slug] | None = Field(
        None,
        min_length=1,
        description="The second category is one of these.",
        examples=[["new_purchase"]],
    )
    min_confidence: Share | None = Field(
        None, description="Confidence is at least this, 0 to 1.", examples=[0.8]
    )
    max_confidence: Share | None = Field(
        None, description="Confidence is at most this, 0 to 1.", examples=[0.6]
    )
    channel: list[Channel] | None = Field(
        None,
        min_length=1,
        description="It came through one of these channels.",
        examples=[["phone"]],
    )
    source: list[Name] | None = Field(
        None,
        min_length=1,
        description="It came from one of these: the id of a source or a phone line, or the "
        "`source.system` that a client of the API stated.",
        examples=[["zammad"]],
    )
    mailbox: list[Name] | None = Field(
        None,
        min_length=1,
        description="It was written to one of these e-mail addresses. Never holds if the source "
        "does not say which.",
        examples=[["tenders@acme.example"]],
    )
    called_number: list[Name] | None = Field(
        None,
        min_length=1,
        description="One of these numbers was called. Never holds if the source does not say "
        "which.",
        examples=[["+48221234500"]],
    )
    language: list[Language] | None = Field(
        None, min_length=1, description="It is in one of these languages.", examples=[["de"]]
    )
    open_teams: list[Slug] | None = Field(
        None,
        min_length=1,
        description="One of these teams works at this moment.",
        examples=[["sales"]],
    )
    closed_teams: list[Slug] | None = Field(
        None,
        min_length=1,
        description="One of these teams does not work at this moment.",
        examples=[["sales"]],
    )
    weekday: list[Day] | None = Field(
        None,
        min_length=1,
        description="It is one of these days, in the policy's time zone.",
        examples=[["sat", "sun"]],
    )
    time: list[str] | None = Field(
        None,
        min_length=1,
        description="It is within one of these spans HH:MM-HH:MM of the day, in the policy's time "
        "zone. One that ends before it begins goes over midnight.",
        examples=[["22:00-06:00"]],
    )
    words: list[Words] | None = Field(
        None,
        min_length=1,
        max_length=200,
        description="Subject or text has one of these words or phrases. Case and diacritics do not "
        "matter; a `*` at the end stands for any ending.",
        examples=[["iskrz*", "czuć gaz"]],
    )
    entity: list[Name] | None = Field(
        None,
        min_length=1,
        description="The text has one of these: the kind of an entity (order_number, tax_id, "
        "danger), or the kind with its value (danger:gas).",
        examples=[["order_number"], ["danger:fire", "danger:gas"]],
    )
    attachment: Literal[True] | None = Field(
        None,
        description="true: a file is attached. For inquiries without one, write it in `unless`.",
        examples=[True],
    )
    email: list[Name] | None = Field(
        None,
        min_length=1,
        description="The contact's e-mail address is one of these.",
        examples=[["anna@hydro-bud.example"]],
    )
    email_domain: list[Words] | None = Field(
        None,
        min_length=1,
        description="The contact's e-mail address is in one of these domains.",
        examples=[["agro.example"]],
    )
    phone_prefix: list[Words] | None = Field(
        None,
        min_length=1,
        description="The contact's phone number begins with one of these.",
        examples=[["+49"]],
    )
    company: list[Words] | None = Field(
        None,
        min_length=1,
        description="The contact's company has one of these words.",
        examples=[["Agro-Max"]],
    )
    account: list[Name] | None = Field(
        None,
        min_length=1,
        description="The inquiry is surely from one of these accounts: external id, or id.",
        examples=[["K-1024"]],
    )
    tier: list[Name] | None = Field(
        None,
        min_length=1,
        description="The inquiry is surely from an account of one of these tiers.",
        examples=[["gold"]],
    )
    owner: list[Name] | None = Field(
        None,
        min_length=1,
        description="The inquiry is surely from an account of one of these salespeople.",
        examples=[["Bartek Wilk"]],
    )
    known_customer: Literal[True] | None = Field(
        None,
        description="true: the inquiry is surely from one of the accounts. For all others, write "
        "it in `unless`.",
        examples=[True],
    )

    @cached_property
    def named(self) -> dict[str, Any]:
        """The conditions that are given."""
        return {name: value for name, value in self if value is not None}

    @field_validator("time")
    @classmethod
    def _readable_time(cls, spans: list[str] | None) -> list[str] | None:
        for written in spans or ():
            read_span(written)
        return spans

    @field_validator("entity")
    @classmethod
    def _known_entity(cls, entities: list[str] | None) -> list[str] | None:
        return (
            None
            if entities is None
            else [_settled(_entity, one, _MAX_NAME_CHARS) for one in entities]
        )

    @field_validator("tier", "owner")
    @classmethod
    def _in_lower_case(cls, names: list[str] | None) -> list[str] | None:
        return None if names is None else [folded_name(one) for one in names]

    @field_validator("called_number")
    @classmethod
    def _dialled(cls, numbers: list[str] | None) -> list[str] | None:
        return None if numbers is None else [to_e164(number) or number for number in numbers]

    # Rules of older versions hold these as they were written, so nothing here refuses a value:
    # `dead_values` does, before a policy is put in force.
    @field_validator("phone_prefix")
    @classmethod
    def _international(cls, prefixes: list[str] | None) -> list[str] | None:
        return None if prefixes is None else [_settled(_prefix, one) for one in prefixes]

    @field_validator("email_domain")
    @classmethod
    def _bare_domain(cls, domains: list[str] | None) -> list[str] | None:
        return None if domains is None else [_settled(_domain, one) for one in domains]

    @field_validator("email", "mailbox")
    @classmethod
    def _bare_address(cls, addresses: list[str] | None) -> list[str] | None:
        return (
            None
            if addresses is None
            else [_settled(_address, one, _MAX_NAME_CHARS) for one in addresses]
        )


def _settled(normalise: Callable[[str], str], written: str, most: int = _MAX_CHARS) -> str:
    """Return the normal form: that of it is the same, because what is stored is read again.

    Where there is none, or it is too long or too short to be stored, it is what was written.
    """
    present = written
    for _ in range(_MAX_ROUNDS):
        normal = normalise(present).strip()
        if normal == present:
            return present
        if not _MIN_CHARS <= len(normal) <= most:
            break
        present = normal
    return written


def _entity(written: str) -> str:
    """Return `kind` or `kind:value`. Raises `ValueError` if there is no such kind."""
    name, colon, value = (part.strip() for part in written.partition(":"))
    kind = name.lower()
    if kind not in list(EntityKind):
        raise ValueError(f"'{name}' is no kind of entity; these are: {', '.join(EntityKind)}")
    if not colon:
        return kind
    key = entity_key(kind, value)
    if key.endswith(":"):
        raise ValueError(f"'{written}' has no value behind the colon")
    return key


def entity_key(kind: str, value: str) -> str:
    """Return `kind:value` in the form in which entities and conditions are compared."""
    if kind == EntityKind.PHONE:
        value = to_e164(value) or value
    elif kind == EntityKind.DANGER:
        value = _BETWEEN_WORDS.sub("_", value.casefold())
    elif kind in _NUMBERS:
        value = _BETWEEN_WORDS.sub("", value.casefold())
    return f"{kind}:{value.casefold()}"


def folded_name(name: str) -> str:
    """Return a tier or the name of one of our people in the form in which they are compared."""
    return " ".join(name.casefold().split())


def _prefix(written: str) -> str:
    """Return the beginning of an E.164 number; without a country it is read as Polish.

    "48..." without a plus may be the country or the city of Radom, and stays as it is.
    """
    bare = _MARKS_IN_NUMBERS.sub("", written)
    if _NUMBER.fullmatch(bare) is None or bare.startswith("48"):
        return written
    if bare.startswith("+"):
        return bare
    return f"+{bare[2:]}" if bare.startswith("00") else _COUNTRY + bare.removeprefix("0")


def _domain(written: str) -> str:
    """Return a domain in lower case, without `@` or `*.` in front; those below it match too."""
    return _BEFORE_DOMAIN.sub("", written.lower()).rstrip(". ")


def _address(written: str) -> str:
    """Return the address in lower case, without the name in `Name <address>`."""
    _, _, bracketed = written.rpartition("<")
    return _MAILTO.sub("", bracketed.strip(" >").lower())


def listed(value: object) -> str:
    """Render the first four entries of a list, and the number of the others."""
    if value is True:
        return "there"
    if not isinstance(value, list):
        return str(value)
    shown = [str(entry) for entry in value[:4]]
    return " or ".join(shown) + (f" or {len(value) - 4} more" if len(value) > 4 else "")
