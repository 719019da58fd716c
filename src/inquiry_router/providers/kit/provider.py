"""Destinations: settings with descriptions, and pure functions from a delivery to requests."""

from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Protocol, Self, TypeVar, runtime_checkable
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError
from pydantic_core import ErrorDetails

from inquiry_router.outside.addresses import Reach
from inquiry_router.outside.messages import MailServer, OutgoingMail, OutgoingRequest, Reply
from inquiry_router.providers.kit.naming import CompanyTerms
from inquiry_router.text.wrong_values import describe_error

S_contra = TypeVar("S_contra", bound="ProviderSettings", contravariant=True)


class ProviderSettings(BaseModel):
    """The settings of a source or destination of one kind.

    Secrets are `SecretStr`, so neither `repr` nor a log shows them. Validate with
    `context={"reach": ...}` where more than public addresses may be called.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    # True if a secret itself goes to the address, like a password; a signing secret never does.
    sends_secrets: ClassVar[bool] = True
    # The fields that say where secrets are sent.
    addresses: ClassVar[tuple[str, ...]] = ("url", "api_url")

    def stored(self) -> dict[str, Any]:
        """Convert to JSON values with the secrets in the clear, for the database only."""
        return {
            name: value.get_secret_value() if isinstance(value, SecretStr) else value
            for name, value in self.model_dump(exclude_none=True).items()
        }

    @classmethod
    def secret_names(cls) -> frozenset[str]:
        """The names of the fields that hold secrets."""
        return frozenset(
            name for name, field in cls.model_fields.items() if "SecretStr" in str(field.annotation)
        )

    @classmethod
    def completed(cls, sent: dict[str, Any], stored: dict[str, Any]) -> dict[str, Any]:
        """Fill in the stored value of each secret that the admin left out or sent masked.

        Raises `ValueError` if the address changes and the secret would be sent to the new one.
        Whoever may change an address need not know the password, and must not learn it this way.
        """
        kept = {
            name: stored[name]
            for name in cls.secret_names() & stored.keys()
            if set(str(sent.get(name, "*"))) == {"*"}
        }
        moved = [
            name
            for name in cls.addresses
            if name in stored and _origin(sent.get(name)) != _origin(stored[name])
        ]
        if kept and moved and cls.sends_secrets:
            raise ValueError(
                f"{moved[0]}: is another address, so send {', '.join(sorted(kept))} again too"
            )
        return {**sent, **kept}

    @classmethod
    def from_stored(cls, stored: dict[str, Any], *, reach: Reach) -> Self:
        """Convert back from `stored`. Raises `ValueError` with advice, but without the values."""
        try:
            settings = cls.model_validate(stored, context={"reach": reach})
        except ValidationError as error:
            raise ValueError("; ".join(_sentence(problem) for problem in error.errors())) from None
        for name in cls.secret_names():
            # Nobody knows a secret that a default has just made up, so nobody could verify it.
            if name not in stored and getattr(settings, name) is not None:
                raise ValueError(f"{name}: is missing; set one and give it to the receiver")
        return settings

    def shown(self) -> dict[str, Any]:
        """Convert to JSON values with the secrets masked, for people and logs."""
        return self.model_dump(mode="json", exclude_none=True)


@dataclass(frozen=True, slots=True)
class Handover:
    """A delivery as a destination gets it.

    `id` is the same on every attempt. `payload` is JSON text. `repeated` says that there was an
    earlier attempt, of it or of an earlier decision, so its result may be there already.
    `correction_url` is the link by which an agent corrects the decision without a login. `first`:
    no decision of the inquiry was delivered before. `outdated`: a newer decision was recorded,
    which this one must not undo. `terms` are the company's own names and clocks.
    """

    id: str
    event: str
    payload: str = field(repr=False)
    repeated: bool = False
    correction_url: str | None = field(default=None, repr=False)
    first: bool = True
    outdated: bool = False
    terms: CompanyTerms = field(default_factory=CompanyTerms, repr=False)


# Yields one request after the other and is sent each reply; returns when the delivery is done.
Calls = Generator[OutgoingRequest, Reply, None]
# The same, and returns the helpdesk's id of the ticket that the inquiry has there, if it has one.
Telling = Generator[OutgoingRequest, Reply, str | None]


class Refused(Exception):
    """The receiver will never accept this delivery. The text tells the admin why."""


class NothingToDo(Exception):
    """The delivery is not for this destination. The text tells the admin why."""


@dataclass(frozen=True, slots=True)
class Group:
    """A group, queue, team or mailbox of a helpdesk. The settings name it by `id`."""

    id: str
    name: str


# Looks at the receiver without changing anything, and returns the groups to choose from.
Check = Generator[OutgoingRequest, Reply, tuple[Group, ...]]


# Returns the id of the group that a ticket is in now, or None.
Locate = Generator[OutgoingRequest, Reply, str | None]


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """One line of text to be printed."""

    text: str


class Provider(Protocol[S_contra]):
    """One kind of destination. It builds requests and does no I/O."""

    kind: str
    title: str
    # Statuses after which a retry cannot help; 410 is always one of them.
    final: frozenset[int]

    @property
    def settings_model(self) -> type[ProviderSettings]:
        """The model of the settings, with a description and an example for each field."""

    def url(self, settings: S_contra) -> str | None:
        """The URL that will be called, or None if none is."""

    def hand_over(
        self, settings: S_contra, handover: Handover, at: datetime
    ) -> OutgoingRequest | OutgoingMail | PrintedLine | Telling:
        """The request or requests for this delivery in an attempt made at `at`.

        Its first step raises `NothingToDo` if the delivery is not for this destination.
        """

    def check(self, settings: S_contra) -> Check | MailServer | None:
        """Requests that try the credentials and change nothing, or a mail server to log in to.

        None if there are none.
        """


@runtime_checkable
class Locating(Protocol):
    """A kind of destination that can tell the present group of a ticket, for the shadow report."""

    def locate(self, settings: Any, ticket: str) -> Locate:
        """Find the ticket by the vendor's id. A missing ticket is an expected 404, and None."""


def _origin(url: object) -> str:
    """Scheme, host and port of an address; a mere host counts as one."""
    written = url if isinstance(url, str) else ""
    parts = urlsplit(written if "//" in written else f"//{written}")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _sentence(problem: ErrorDetails) -> str:
    place = ".".join(str(name) for name in problem["loc"])
    return f"{place}: {describe_error(dict(problem))}"
