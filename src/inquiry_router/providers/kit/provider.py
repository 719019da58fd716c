"""What every provider is: settings that explain themselves, and a pure function from a delivery to what goes out."""

from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Final, Protocol, Self, TypeVar, runtime_checkable
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError
from pydantic_core import ErrorDetails

from inquiry_router.outside.addresses import Reach
from inquiry_router.outside.messages import OutgoingRequest, Reply

S_contra = TypeVar("S_contra", bound="ProviderSettings", contravariant=True)


_ADDRESSES: Final = ("url", "api_url")


class ProviderSettings(BaseModel):
    """The settings of a destination of one kind. Secrets are `SecretStr`, so neither `repr` nor a log shows them.

    Validate with `context={"reach": ...}` where more than public addresses may be called.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    # Whether a secret itself goes to the address, as a password does; a signing secret never leaves.
    sends_secrets: ClassVar[bool] = True

    def stored(self) -> dict[str, Any]:
        """As plain JSON values with the secrets in the clear: for the `destinations` table only."""
        return {
            name: value.get_secret_value() if isinstance(value, SecretStr) else value
            for name, value in self.model_dump(exclude_none=True).items()
        }

    @classmethod
    def secret_names(cls) -> frozenset[str]:
        """The fields that hold secrets."""
        return frozenset(
            name for name, field in cls.model_fields.items() if "SecretStr" in str(field.annotation)
        )

    @classmethod
    def completed(cls, sent: dict[str, Any], stored: dict[str, Any]) -> dict[str, Any]:
        """What an admin sent, with each secret that he left out or sent masked taken from what is stored.

        Raises `ValueError` when the address is another one and the secret would be sent there: whoever may change an address need
        not know the password, and must not learn it so.
        """
        kept = {
            name: stored[name]
            for name in cls.secret_names() & stored.keys()
            if set(str(sent.get(name, "*"))) == {"*"}
        }
        moved = [
            name
            for name in _ADDRESSES
            if name in stored and _origin(sent.get(name)) != _origin(stored[name])
        ]
        if kept and moved and cls.sends_secrets:
            raise ValueError(
                f"{moved[0]}: is another address, so send {', '.join(sorted(kept))} again too"
            )
        return {**sent, **kept}

    @classmethod
    def from_stored(cls, stored: dict[str, Any], *, reach: Reach) -> Self:
        """The inverse of `stored`. Raises `ValueError` in words for an admin, without any of the values."""
        try:
            settings = cls.model_validate(stored, context={"reach": reach})
        except ValidationError as error:
            raise ValueError("; ".join(_sentence(problem) for problem in error.errors())) from None
        for name in cls.secret_names():
            # A secret that a default made up just now is nobody's: signatures made with it could not be verified.
            if name not in stored and getattr(settings, name) is not None:
                raise ValueError(f"{name}: is missing; set one and give it to the receiver")
        return settings

    def shown(self) -> dict[str, Any]:
        """As plain JSON values with the secrets masked: what people and logs may see."""
        return self.model_dump(mode="json", exclude_none=True)


@dataclass(frozen=True, slots=True)
class Handover:
    """What a provider needs to know of a delivery. `id` stays the same on every attempt, `payload` is JSON text.

    `repeated` says that it was tried before, so what is to be made may be there already. `correction_url` is where an agent says
    without a login what was right.
    """

    id: str
    event: str
    payload: str = field(repr=False)
    repeated: bool = False
    correction_url: str | None = field(default=None, repr=False)


# Asks for one request after the other and is given each reply; ends when the delivery is done.
Calls = Generator[OutgoingRequest, Reply, None]


class Refused(Exception):
    """The receiver will never take this delivery, so it must not be tried again. The text says why, for the admin."""


@dataclass(frozen=True, slots=True)
class Group:
    """A group, queue, team or mailbox of a helpdesk: `id` is what `groups` in the settings names it by."""

    id: str
    name: str


# Looks at the receiver without changing anything; what it returns are the groups to choose from.
Check = Generator[OutgoingRequest, Reply, tuple[Group, ...]]


# Looks where a ticket is now; what it returns is the id of its group, None while it is in none.
Locate = Generator[OutgoingRequest, Reply, str | None]


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """One line of text, ready to be printed."""

    text: str


class Provider(Protocol[S_contra]):
    """One kind of destination. It decides what goes out and does no I/O, so vectors and payloads are its whole test."""

    kind: str
    title: str
    # Statuses after which trying again cannot help; 410 never helps.
    final: frozenset[int]

    @property
    def settings_model(self) -> type[ProviderSettings]:
        """The model of the settings, with a description and an example for each field."""

    def url(self, settings: S_contra) -> str | None:
        """A URL that will be called, or None when nothing is called."""

    def hand_over(
        self, settings: S_contra, handover: Handover, at: datetime
    ) -> OutgoingRequest | PrintedLine | Calls:
        """What goes out for this delivery in an attempt made at `at`."""

    def check(self, settings: S_contra) -> Check | None:
        """Requests that try the credentials and change nothing; None where there is no such thing."""


@runtime_checkable
class Locating(Protocol):
    """A kind of destination that can tell which group a ticket is in now: for comparing our decisions with what people did."""

    def locate(self, settings: Any, ticket: str) -> Locate:
        """Where the ticket with the vendor's id `ticket` is. A ticket that is gone is answered with an expected 404: None."""


def _origin(url: object) -> str:
    """Scheme, host and port of an address."""
    parts = urlsplit(url if isinstance(url, str) else "")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _sentence(problem: ErrorDetails) -> str:
    place = ".".join(str(name) for name in problem["loc"])
    return f"{place}: {problem['msg'].removeprefix('Value error, ')}"
