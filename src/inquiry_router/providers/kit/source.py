"""What every source is: the door through which one vendor's tickets come in. Pure, so vectors and payloads are its whole test.

A new kind of source is a class in the vendor's file that says how a request proves itself (`is_signed`), what it says (`read`)
and what an admin has to click (`setup`). It does no I/O: what must be fetched is described, and fetched by somebody else.
"""

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationInfo, field_validator

from inquiry_router.inquiry.model import Attachment, Channel, Contact
from inquiry_router.outside.addresses import PUBLIC, check_url
from inquiry_router.outside.messages import OutgoingRequest, Reply
from inquiry_router.providers.kit.provider import ProviderSettings
from inquiry_router.providers.kit.signatures import (
    TOLERANCE,
    NotGenuine,
    carries_token,
    require_fresh,
)

# Helpdesks send text and links to attachments; Zendesk itself stops at 256 kB.
HELPDESK_BODY: Final = 1024 * 1024
MAIL_BODY: Final = 50 * 1024 * 1024
# What JSON can carry and a database cannot keep: NUL, and halves of surrogate pairs.
_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")


class Unreadable(Exception):
    """The request is genuine but not what this source takes. The text tells the admin what to change at the vendor."""


class SourceSettings(ProviderSettings):
    """What an admin may say of a source beside its name and secret. Kinds that need more have a model of their own."""

    own_domains: tuple[str, ...] = Field(
        (),
        max_length=50,
        description="The company's own mail domains: what colleagues forward from these is taken as the customer's own mail.",
        examples=[["acme.example.com"]],
    )


@dataclass(frozen=True, slots=True)
class Secrets:
    """What senders prove themselves by. `signing` has the present secret first, then the previous one while it is rotated."""

    token: str = field(repr=False)
    signing: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class IncomingRequest:
    """One call of a source's URL.

    `url` is the public one as the sender wrote it, query included; header names are lower case; `body` is raw. Of a form
    `form` has the fields as bytes, blank ones kept, and `attachments` what was in it as files, whose bytes were dropped; `digest`
    is the SHA-256 over what `SourceKind.digest_prefix` named and all bytes that came, the dropped ones too.
    """

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    form: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    attachments: tuple[Attachment, ...] = ()
    digest: bytes = field(default=b"", repr=False)

    def json(self) -> Any:
        """The body as JSON. Raises `Unreadable`, which says where it breaks."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            where = f" at character {error.pos}" if isinstance(error, json.JSONDecodeError) else ""
            raise Unreadable(
                f"The body is not JSON{where}. Choose JSON as the format of the webhook; where you typed the body yourself, look "
                "for a missing comma or an unescaped quotation mark."
            ) from None

    def json_object(self) -> dict[str, Any]:
        """The body as a JSON object. Raises `Unreadable`."""
        value = self.json()
        if not isinstance(value, dict):
            raise Unreadable("The body is JSON, but no object. Send one JSON object a ticket.")
        return value


@dataclass(frozen=True, slots=True)
class Ticket:
    """Something that a customer said in the vendor's system: what opened a ticket, or a later message in it.

    `external_id` is the vendor's id of the ticket, the one its API wants. `message_id` is that of the message, where there is
    one; `opens` says that it opened the ticket, which a ticket without a `message_id` always did. `delivery_key` is the vendor's
    own key of this sending, the same over its retries. `html` is read where `text` is blank. `headers` are those of a mail.
    `hops` counts the routers it has been through.
    """

    external_id: str
    channel: Channel
    text: str = ""
    html: str | None = None
    subject: str | None = None
    contact: Contact = field(default_factory=Contact)
    language: str | None = None
    url: str | None = None
    received_at: datetime | None = None
    message_id: str | None = None
    opens: bool = False
    delivery_key: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()
    hops: int = 0


@dataclass(frozen=True, slots=True)
class Thin:
    """An event that names a ticket without what it says. It is stored at once and fetched after the sender was answered.

    `known` is whatever the kind needs to fetch it, as JSON. `ticket` is what can be taken in if it cannot be fetched for good.
    """

    key: str
    known: Mapping[str, str]
    ticket: Ticket | None = None


@dataclass(frozen=True, slots=True)
class Ignored:
    """An event that is none of ours, and why, for the admin who looks into the vendor's log."""

    reason: str


@dataclass(frozen=True, slots=True)
class Handshake:
    """The vendor asks whether anybody is here: this is the answer."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    content_type: str = "text/plain"


@dataclass(frozen=True, slots=True)
class Listed:
    """What a helpdesk lists, as far as it is read at once.

    Where that is not to the end, `tickets` are all that were made before `until`; None where the order of the list does not tell.
    """

    tickets: Sequence[Ticket] = ()
    to_the_end: bool = True
    until: datetime | None = None


Event = Ticket | Thin | Ignored
# Asks for one request after the other and is given the answers; what it returns are the tickets found.
Poll = Generator[OutgoingRequest, Reply, Listed]


class Setup(BaseModel):
    """The steps at the vendor, one sentence each, in both languages of the docs."""

    model_config = ConfigDict(frozen=True)

    pl: list[str] = Field(description="In Polish.", examples=[["Otwórz ustawienia webhooków."]])
    en: list[str] = Field(description="In English.", examples=[["Open the settings of webhooks."]])


S = TypeVar("S", bound=SourceSettings)


class SourceKind(ABC, Generic[S]):
    """One vendor's way in.

    `signs` says whether the vendor signs: `always`, `optional` (then a secret that is set must be matched, and without one the
    token is asked for), or `never` (always the token). `retry_status` and `retry_after_s` are the answer that this vendor repeats
    its request after, for when a ticket could not be stored. `path` is where under `/v1` its requests go.
    """

    kind: ClassVar[str]
    title: ClassVar[str]
    settings_model: ClassVar[type[SourceSettings]] = SourceSettings
    signs: ClassVar[Literal["always", "optional", "never"]] = "never"
    max_age: ClassVar[timedelta] = TOLERANCE
    retry_status: ClassVar[int] = 503
    retry_after_s: ClassVar[int] = 30
    max_body: ClassVar[int] = HELPDESK_BODY
    path: ClassVar[str] = "hooks"
    polls: ClassVar[bool] = False

    def authenticate(
        self, settings: S, secrets: Secrets, request: IncomingRequest, now: datetime
    ) -> None:
        """Raise `NotGenuine` unless the request carries a fresh signature of ours or, where none is made, the token."""
        if self.signs == "never" or (self.signs == "optional" and not secrets.signing):
            if not carries_token(secrets.token, request.url, request.headers):
                raise NotGenuine("the token of the source is missing or wrong")
            return
        if not secrets.signing:
            raise NotGenuine("the source has no secret yet: set the one that the vendor shows")
        signed_at = self.signed_at(request)
        if signed_at is not None:
            require_fresh(signed_at, now, self.max_age)
        if not any(self.is_signed(secret, request) for secret in secrets.signing):
            raise NotGenuine("the signature is missing or was made with another secret")

    def is_signed(self, secret: str, request: IncomingRequest) -> bool:
        """Whether the request was signed with this secret. A kind that does not sign has no signature that could be right."""
        return False

    def signed_at(self, request: IncomingRequest) -> datetime | None:
        """The moment that is signed along, or None where the vendor signs none. Raises `NotGenuine` for an unreadable one."""
        return None

    @abstractmethod
    def read(self, settings: S, request: IncomingRequest) -> tuple[Event, ...] | Handshake:
        """What the request says. Raises `Unreadable`; whatever is null, missing or of a wrong type raises nothing else."""

    @abstractmethod
    def setup(self, url: str) -> Setup:
        """What an admin does at the vendor to point it at `url`."""

    def greet(self, secrets: Secrets, request: IncomingRequest) -> Handshake | None:
        """Answer a GET or OPTIONS by which the vendor tests the address; None for any other."""
        return None

    def digest_prefix(self, headers: Mapping[str, str]) -> bytes:
        """What is signed before the body, for kinds whose signature covers bytes that are not kept."""
        return b""

    def fetch(self, settings: S, thin: Thin) -> OutgoingRequest | None:
        """The GET that tells more of a thin event; None when the settings lack what it takes."""
        return None

    def fetched(self, settings: S, thin: Thin, reply: Reply) -> Event:
        """What the answer (a 2xx) to that GET makes of the event; another `Thin` asks for another GET."""
        return thin.ticket or Ignored("nothing more can be fetched of it")

    def poll(self, settings: S, since: datetime) -> Poll:
        """Ask the vendor's API for the tickets made since then: so a webhook that never came is found. Without an API, none."""
        yield from ()
        return Listed()


class ApiSettings(SourceSettings):
    """For kinds whose API is asked too: to fetch what an event leaves out, and to find tickets whose webhook never came."""

    api_url: str | None = Field(
        None,
        description="The helpdesk's own address, to fetch from it.",
        examples=["https://acme.zendesk.com"],
    )
    api_token: SecretStr | None = Field(
        None, description="A key of its API that may read tickets.", examples=["3f9c..."]
    )

    @field_validator("api_url")
    @classmethod
    def _may_be_called(cls, value: str | None, info: ValidationInfo) -> str | None:
        context: dict[str, Any] = info.context or {}
        if value is None:
            return None
        check_url(value, context.get("reach", PUBLIC))
        return value.rstrip("/")


def storable(text: str) -> str:
    """The text without what no database keeps. Inquiries are cleaned later; ids, links and file names only by this."""
    return _UNSTORABLE.sub("", text)


def text_of(value: Any, *names: str) -> str | None:
    """The text at this place in nested objects, numbers written out; None for whatever is absent, blank or of another type."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return storable(str(value)).strip() or None


def object_at(value: Any, *names: str) -> dict[str, Any]:
    """The object at this place; an empty one for whatever is absent or of another type."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def list_at(value: Any, *names: str) -> list[Any]:
    """The list at this place; an empty one for whatever is absent or of another type."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, list) else []
