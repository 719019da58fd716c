"""Desks, salespeople and the offer of callbacks in the phone settings. Validated data."""

import re
from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field, Strict, StringConstraints, model_validator

from inquiry_router.phone.caller import read_number
from inquiry_router.routing.fields import Document
from inquiry_router.text.phone_number import read_phone_number

_SIP: Final = re.compile(
    r"sips?:[A-Za-z0-9_.!~*'()&=+$,;?/%-]{1,100}@[A-Za-z0-9.-]{1,200}"
    r"(?::\d{1,5})?(?:;[A-Za-z0-9=;.-]{1,100})?"
)

# E.164 has fifteen, and 00 may stand before them. More are two numbers.
_MAX_DIGITS: Final = 17


def _dialable(written: str) -> str:
    if _SIP.fullmatch(written):
        return written
    return _read(
        written,
        "is neither a phone number such as +48221234567 nor a SIP address such as "
        "sip:bok@pbx.example.com",
    )


def _read(written: str, problem: str) -> str:
    """Read the one number of an entry; raise `ValueError` if it cannot be dialled."""
    number = read_number(written)
    if number is None or sum(map(str.isdigit, written)) > _MAX_DIGITS:
        raise ValueError(problem)
    found = read_phone_number(written)
    if found is not None and found.extension is not None:
        raise ValueError(
            "has an extension, which the platforms cannot dial: take the direct number, or a SIP "
            "address such as sip:12@pbx.example.com"
        )
    return number


def one_spelling(address: str) -> str:
    """Normalise a number or SIP address for comparison: the number, or else user and host.

    Source: RFC 3261, 19.1.4.
    """
    return read_number(address) or re.sub(
        r"(?::\d+)?(?:;.*)?\Z", "", address.lower().removeprefix("sip:").removeprefix("sips:")
    )


def _number(written: str) -> str:
    return _read(written, "is not a phone number such as +48221234567")


Dialable = Annotated[
    str, StringConstraints(max_length=300, strip_whitespace=True), AfterValidator(_dialable)
]
Number = Annotated[
    str, StringConstraints(max_length=40, strip_whitespace=True), AfterValidator(_number)
]
Seconds = Annotated[int, Strict()]


class Desk(Document):
    """The phone numbers and queue of a team."""

    numbers: list[Dialable] = Field(
        default=[],
        max_length=20,
        description="Phone numbers and SIP addresses of the team, dialled in this order until "
        "somebody answers.",
        examples=[["+48221234567", "sip:bok@pbx.example.com"]],
    )
    queue: str | None = Field(
        None,
        min_length=1,
        max_length=300,
        description="The team's queue in a contact centre: its name in Genesys Cloud, its ARN in "
        "Amazon Connect; null for none.",
        examples=["Obsługa klienta"],
    )


class CallbackOffer(Document):
    """The times that are offered if nobody can take a call."""

    first_after_minutes: Annotated[int, Strict()] = Field(
        30,
        ge=5,
        le=2400,
        description="Working minutes until the first time that is offered.",
        examples=[30],
    )
    every_minutes: Annotated[int, Strict()] = Field(
        120,
        ge=15,
        le=2400,
        description="Working minutes between two times that are offered.",
        examples=[120],
    )
    count: Annotated[int, Strict()] = Field(
        3,
        ge=0,
        le=5,
        description="The number of times that are offered; 0 offers only a voicemail.",
        examples=[3],
    )


class Salesperson(Document):
    """A salesperson with their own customers: the accounts whose owner or deputy they are.

    They are dialled only for these, only for purchases, and only on duty.
    """

    name: Annotated[str, StringConstraints(min_length=1, max_length=80)] = Field(
        description="Their name, as the roles of accounts have it.", examples=["Bartek"]
    )
    number: Dialable = Field(
        description="Their phone number or SIP address.", examples=["+48221234570"]
    )
    on_duty: Annotated[bool, Strict()] = Field(
        True,
        description="True while they take calls; outside the hours of sales nobody does.",
        examples=[True],
    )

    @model_validator(mode="before")
    @classmethod
    def _customers_are_accounts(cls, given: Any) -> Any:
        if isinstance(given, dict) and "customers" in given:
            raise ValueError(
                "has 'customers', which are accounts now: leave it out here, and import the "
                "numbers with the salesperson as 'owner' (POST /v1/accounts/import)"
            )
        return given
