"""Sources: the base class of a vendor's way in, and the values that it reads from a request.

A kind of source checks signatures (`seals`), reads requests (`read`) and describes the setup at
the vendor (`setup`). It does no I/O: it describes the requests to be fetched, and others send them.
"""

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, Generic, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import Field, InstanceOf, SecretStr, ValidationInfo, field_validator

from inquiry_router.documents.shelf import AttachedDocument
from inquiry_router.inquiry.model import Attachment, Channel, Contact
from inquiry_router.outside.addresses import PUBLIC, check_url
from inquiry_router.outside.messages import OutgoingRequest, Reply
from inquiry_router.providers.kit.provider import ProviderSettings
from inquiry_router.providers.kit.seals import Seal
from inquiry_router.providers.kit.setup import Setup, setup_of
from inquiry_router.providers.kit.signatures import (
    TOLERANCE,
    NotGenuine,
    has_token,
    require_fresh,
)

# Helpdesks send text, and links to attachments; pictures in a text of HTML may be whole.
HELPDESK_BODY_BYTES: Final = 25 * 1024 * 1024
MAIL_BODY_BYTES: Final = 50 * 1024 * 1024
# In place of the name of a field: the whole body is a raw mail.
BODY: Final = ""
# Allowed in JSON but not in a database: NUL, and halves of surrogate pairs.
_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")


class Unreadable(Exception):
    """The request is authentic but unusable. The text tells the admin what to change there."""


class SourceSettings(ProviderSettings):
    """The settings of a source beside its name and secret. Some kinds extend them."""

    own_domains: tuple[str, ...] = Field(
        (),
        max_length=50,
        description="The company's own mail domains, with all below them: a mail that colleagues "
        "forward from these is read as the customer's. Without them nobody is a colleague.",
        examples=[["acme.example.com"]],
    )


@dataclass(frozen=True, slots=True)
class Secrets:
    """The token, and the signing secrets: the present one, then the previous during rotation."""

    token: str = field(repr=False)
    signing: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class RawMail:
    """A mail as its writer's program made it: headers in their order, texts, names of files."""

    headers: tuple[tuple[str, str], ...] = field(repr=False)
    text: str = field(repr=False)
    html: str | None = field(default=None, repr=False)
    attachments: tuple[Attachment, ...] = ()
    documents: tuple[AttachedDocument, ...] = field(default=(), repr=False)
    shortened: bool = False


@dataclass(frozen=True, slots=True)
class IncomingRequest:
    """A request to a source's URL.

    `url` is the public one with its query, as the sender wrote it. Header names are in lower case;
    `body` is raw. A form has its fields in `form`, as bytes and with blank ones, and its files in
    `attachments`, without their bytes. `mail` is the raw mail in it, if its kind expects one
    (`SourceKind.mail_in`). Files in the body are dropped from it, but `seals`, by secret, have read
    all bytes that came; without them the body is the whole one. `documents` are files whose text
    can be read; in JSON each is called as the string that stands for it.
    """

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    form: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    attachments: tuple[Attachment, ...] = ()
    seals: Mapping[str, Sequence[Seal]] = field(default_factory=dict, repr=False)
    mail: RawMail | None = None
    documents: tuple[AttachedDocument, ...] = field(default=(), repr=False)

    @property
    def length(self) -> int:
        """The bytes kept of the request."""
        mail = len(self.mail.text) + len(self.mail.html or "") if self.mail is not None else 0
        return len(self.body) + sum(map(len, self.form.values())) + mail

    def json(self) -> Any:
        """Parse the body as JSON. Raises `Unreadable` with the place of the error."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            where = f" at character {error.pos}" if isinstance(error, json.JSONDecodeError) else ""
            raise Unreadable(
                f"The body is not JSON{where}. Choose JSON as the format of the webhook; where you "
                "typed the body yourself, look for a missing comma or an unescaped quotation mark."
            ) from None

    def json_object(self) -> dict[str, Any]:
        """Parse the body as a JSON object. Raises `Unreadable`."""
        value = self.json()
        if not isinstance(value, dict):
            raise Unreadable("The body is JSON, but no object. Send one JSON object a ticket.")
        return value


@dataclass(frozen=True, slots=True)
class Ticket:
    """A customer's message in the vendor's system: the opening of a ticket, or a later one.

    `external_id` is the ticket's id in the vendor's API. `message_id` is the message's, if it has
    one; `opens` says that this message opened the ticket, as one without a `message_id` always did.
    `delivery_key` is the vendor's key of this delivery, the same on its retries. `html` is read
    if `text` does not carry its words. `headers` are those of a mail. `hops` counts the routers on
    its way. `written_to` are the addresses of a mail's mailboxes in lower case, `called` is the
    number that was called; both as far as the vendor says. `words` is a digest of the words, where
    mails with one id may have others.
    `dated_by_sender`: `received_at` is by the clock of the sender, which may be wrong.
    `documents` are those of the attachments whose text can be read. `shortened`: only the
    beginning of a very long text was kept.
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
    written_to: tuple[str, ...] = ()
    called: str | None = None
    words: str | None = None
    dated_by_sender: bool = False
    documents: tuple[InstanceOf[AttachedDocument], ...] = field(default=(), repr=False)
    shortened: bool = False


@dataclass(frozen=True, slots=True)
class Thin:
    """An event without the ticket's text: stored at once, and fetched after the answer.

    `known` is what the kind needs for fetching, as JSON. `ticket` is used if fetching fails for
    good.
    """

    key: str
    known: Mapping[str, str]
    ticket: Ticket | None = None


# The company has to act; it waits for the customer; it is done.
TicketStatus = Literal["open", "pending", "closed"]


@dataclass(frozen=True, slots=True)
class TicketState:
    """The state of a ticket in the helpdesk at one moment; None for each part that it leaves out.

    `status`: `open` (the company has to act), `pending` (it waits for the customer) or `closed`.
    `groups`: every name and id by which the vendor calls its present group. `owner`: the agent it
    is assigned to; blank for nobody. `answered`: a person has just answered the customer. `at`: the
    vendor's time of this state, so that an older one that arrives later changes nothing.
    `who`: the person whose act is reported.
    """

    external_id: str
    at: datetime | None = None
    status: TicketStatus | None = None
    groups: tuple[str, ...] = ()
    owner: str | None = None
    answered: bool = False
    who: str | None = None


@dataclass(frozen=True, slots=True)
class Ignored:
    """An event to be ignored, with the reason for the admin who reads the vendor's log."""

    reason: str


@dataclass(frozen=True, slots=True)
class Handshake:
    """The answer to a test request of the vendor."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    content_type: str = "text/plain"


@dataclass(frozen=True, slots=True)
class Listed:
    """Tickets from a helpdesk's list, as far as it was read.

    If that was not `to_the_end`, `tickets` are all that were created before `until`; None if the
    order of the list does not tell.
    """

    tickets: Sequence[Ticket] = ()
    to_the_end: bool = True
    until: datetime | None = None


Event = Ticket | TicketState | Thin | Ignored
# Yields requests, is sent the replies, and returns the tickets found.
Poll = Generator[OutgoingRequest, Reply, Listed]
# Yields requests, is sent the replies, and returns the states found, the oldest change first.
StatePoll = Generator[OutgoingRequest, Reply, Sequence[TicketState]]


S = TypeVar("S", bound=SourceSettings)


class SourceKind(ABC, Generic[S]):
    """One vendor's way in.

    `signs`: the vendor signs `always`, `never` (the token is required), or `optional` (the token is
    required until a secret is set). `max_age` limits the age of a signed time. `retry_status` and
    `retry_after_s` are the answer that makes the vendor repeat a request that could not be stored.
    `mail_in` is the field of a form that may hold a raw mail, or `BODY` for the whole body.
    `path` is the part of its address below `/v1`; blank if nothing is sent to the router.
    `polls`: the vendor's API can list tickets.
    `tells_states`: its webhooks report answers, closing and moves (`webhook`), it has to be asked
    for them (`poll`), or neither (`no`).
    `setup_texts` are named in braces in the steps of `providers/setup.yaml`.
    """

    kind: ClassVar[str]
    title: ClassVar[str]
    settings_model: ClassVar[type[SourceSettings]] = SourceSettings
    signs: ClassVar[Literal["always", "optional", "never"]] = "never"
    max_age: ClassVar[timedelta] = TOLERANCE
    retry_status: ClassVar[int] = 503
    retry_after_s: ClassVar[int] = 30
    max_body: ClassVar[int] = HELPDESK_BODY_BYTES
    mail_in: ClassVar[str | None] = None
    path: ClassVar[str] = "hooks"
    polls: ClassVar[bool] = False
    tells_states: ClassVar[Literal["webhook", "poll", "no"]] = "no"
    setup_texts: ClassVar[Mapping[str, str]] = {}

    def authenticate(
        self, settings: S, secrets: Secrets, request: IncomingRequest, now: datetime
    ) -> None:
        """Raise `NotGenuine` without a fresh valid signature or, if there is none, the token."""
        if self.signs == "never" or (self.signs == "optional" and not secrets.signing):
            if not has_token(secrets.token, request.url, request.headers):
                raise NotGenuine("the token of the source is missing or wrong")
            return
        if not secrets.signing:
            raise NotGenuine("the source has no secret yet: set the one that the vendor shows")
        signed_at = self.signed_at(request)
        if signed_at is not None:
            require_fresh(signed_at, now, self.max_age)
        if not any(self.is_signed(secret, request) for secret in secrets.signing):
            raise NotGenuine("the signature is missing or was made with another secret")

    def seals(self, secret: str, request: IncomingRequest) -> Sequence[Seal]:
        """The signatures by this secret, any of which proves the request.

        The body is read afterwards. A vendor may not sign at all.
        """
        return ()

    def is_signed(self, secret: str, request: IncomingRequest) -> bool:
        """True if the request was signed with this secret."""
        seals = request.seals.get(secret)
        if seals is None:
            seals = self.seals(secret, request)
            for seal in seals:
                seal.feed(request.body)
        return any(seal.fits() for seal in seals)

    def signed_at(self, request: IncomingRequest) -> datetime | None:
        """The signed time, or None if the vendor signs none. Raises `NotGenuine` if unreadable."""
        return None

    @abstractmethod
    def read(self, settings: S, request: IncomingRequest) -> tuple[Event, ...] | Handshake:
        """Read the events. Raises `Unreadable`, and nothing else whatever the request contains."""

    def setup(self, url: str) -> Setup:
        """The steps by which an admin points the vendor at `url`, which ends with the source."""
        source_id = urlsplit(url).path.rpartition("/")[2]
        return setup_of(self.kind, {**self.setup_texts, "url": url, "id": source_id})

    def greet(self, secrets: Secrets, request: IncomingRequest) -> Handshake | None:
        """Answer a GET or OPTIONS by which the vendor tests the address; None for any other."""
        return None

    def body_limit(self, secrets: Secrets) -> int:
        """The most bytes of a body."""
        return self.max_body

    def fetch(self, settings: S, thin: Thin) -> OutgoingRequest | None:
        """The GET that completes a thin event; None if a setting for it is missing."""
        return None

    def fetched(self, settings: S, thin: Thin, reply: Reply) -> Event:
        """Read the answer (a 2xx) to that GET; another `Thin` asks for another GET."""
        return thin.ticket or Ignored("nothing more can be fetched of it")

    def rest_of_listed(self, ticket: Ticket) -> Thin | None:
        """A thin event that completes a ticket from a list, which leaves out its files, if so."""
        return None

    def poll(self, settings: S, since: datetime) -> Poll:
        """List the tickets created since then, to find those whose webhook never came."""
        yield from ()
        return Listed()

    def poll_states(self, settings: S, since: datetime) -> StatePoll:
        """List the states of tickets that changed since then, at most some hundreds at a time."""
        yield from ()
        return ()


class ApiSettings(SourceSettings):
    """The access to the vendor's API, for thin events and for tickets whose webhook never came."""

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
    """Remove what no database keeps. Only this cleans ids, links and names of files."""
    return _UNSTORABLE.sub("", text)


def text_of(value: Any, *names: str) -> str | None:
    """The text or number at this place in nested objects; None if absent, blank or another type."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return storable(str(value)).strip() or None


def object_at(value: Any, *names: str) -> dict[str, Any]:
    """The object at this place; an empty one if absent or of another type."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def list_at(value: Any, *names: str) -> list[Any]:
    """The list at this place; an empty one if absent or of another type."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, list) else []
