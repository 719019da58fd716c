"""Kind `smtp`: mails to people and customers, by the company's own mail server.

Facts: RFC 5321 (SMTP), RFC 6409 (submission, 587), RFC 8314 (465), RFC 5322 (Message-ID,
In-Reply-To, References), RFC 3834 (Auto-Submitted); learn.microsoft.com, Exchange
(X-Auto-Response-Suppress).
"""

import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any, ClassVar, Final, Literal, Self

from pydantic import Field, SecretStr, ValidationInfo, model_validator

from inquiry_router.outside.addresses import PUBLIC, Reach, check_url
from inquiry_router.outside.messages import MailServer, OutgoingMail
from inquiry_router.providers.kit.inbound_mail import OWN_HEADER
from inquiry_router.providers.kit.message import MessageToPeople, read_message
from inquiry_router.providers.kit.provider import Handover, ProviderSettings, Refused
from inquiry_router.providers.kit.reading import HOPS_HEADER

PORTS: Final = (465, 587, 2525)
_ADDRESS: Final = re.compile(r"[^\s@<>\"(),:;\\\[\]]+@[A-Za-z0-9.-]+\.[A-Za-z0-9-]{2,}")
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f]+")


class SmtpSettings(ProviderSettings):
    """A mail server, how to log in, and the sender of our mails."""

    addresses: ClassVar[tuple[str, ...]] = ("host",)

    host: str = Field(
        max_length=253, description="The mail server.", examples=["smtp.acme.example.com"]
    )
    port: int = Field(
        587, ge=1, le=65535, description="587 with starttls, 465 with tls.", examples=[587]
    )
    security: Literal["tls", "starttls", "none"] = Field(
        "starttls",
        description="starttls, or tls from the first byte. `none` is for servers in your own "
        "network only.",
        examples=["starttls"],
    )
    in_own_network: bool = Field(
        False,
        strict=True,
        description="True if the server is in your own network: then its address may be private, "
        "and its port any.",
        examples=[False],
    )
    user: str | None = Field(
        None,
        min_length=1,
        max_length=200,
        pattern=r"^[^\x00-\x1f\x7f]+$",
        description="The user; null if the server asks for none.",
        examples=["router@acme.example.com"],
    )
    password: SecretStr | None = Field(
        None, description="The password, often one for this program only.", examples=["abcd efgh"]
    )
    from_address: str = Field(
        max_length=254,
        description="The sender of all mails. The server must be allowed to send for it (SPF, "
        "DKIM), and somebody should read the answers.",
        examples=["bok@acme.example.com"],
    )
    from_name: str | None = Field(
        None, max_length=100, description="The sender's name.", examples=["ACME, obsługa klienta"]
    )
    reply_to: str | None = Field(
        None,
        max_length=254,
        description="The address for answers, if it is another one: a mailbox that is a source.",
        examples=["bok@acme.example.com"],
    )

    def reach(self, reach: Reach) -> Reach:
        """The addresses that may be called for this server."""
        own = {self.host.lower()} if self.in_own_network else set()
        return Reach(reach.loopback, reach.hosts | own)

    @property
    def server(self) -> MailServer:
        """The server as it is called."""
        return MailServer(
            self.host.lower(),
            self.port,
            self.security,
            self.from_address.rpartition("@")[2],
            self.user,
            self.password.get_secret_value() if self.password is not None else None,
            self.in_own_network,
        )

    @model_validator(mode="after")
    def _is_complete(self, info: ValidationInfo) -> Self:
        context: dict[str, Any] = info.context or {}
        reach = self.reach(context.get("reach", PUBLIC))
        host = check_url(f"https://{self.host}", reach).host
        is_inside = host in reach.hosts or (reach.loopback and host in ("127.0.0.1", "::1"))
        if not is_inside and self.port not in PORTS:
            raise ValueError("port: is 587, 465 or 2525 outside your own network")
        if not is_inside and self.security == "none":
            raise ValueError("security: is starttls or tls outside your own network")
        if (self.user is None) != (self.password is None):
            raise ValueError("password: send user and password together, or neither")
        for name, address in (("from_address", self.from_address), ("reply_to", self.reply_to)):
            if address is not None and not is_mail_address(address):
                raise ValueError(f"{name}: is no e-mail address such as bok@acme.example.com")
        return self


class SmtpMail:
    """Sends mails."""

    kind = "smtp"
    title = "E-mail, by your own mail server"
    settings_model = SmtpSettings
    final: frozenset[int] = frozenset()

    def url(self, settings: SmtpSettings) -> str | None:
        """The server."""
        return settings.server.origin

    def hand_over(self, settings: SmtpSettings, handover: Handover, at: datetime) -> OutgoingMail:
        """The mail. Its Message-ID is that of the delivery, so each repeat is the same mail."""
        message = read_message(handover, test_to=settings.from_address)
        if not is_mail_address(message.to):
            raise Refused("the receiver's e-mail address cannot be written to")
        mail = write_mail(settings, message, handover.id)
        sender = message.sender or settings.from_address
        return OutgoingMail(settings.server, sender, message.to, mail.as_bytes())

    def check(self, settings: SmtpSettings) -> MailServer:
        """Log in, and send nothing."""
        return settings.server


def is_mail_address(text: str) -> bool:
    """True for one plain e-mail address."""
    return len(text) <= 254 and _ADDRESS.fullmatch(text) is not None


def write_mail(settings: SmtpSettings, message: MessageToPeople, mail_id: str) -> EmailMessage:
    """Write a mail with its headers. The same message gives the same bytes."""
    mail = EmailMessage(policy=SMTP)
    sender = message.sender or settings.from_address
    name = message.sender_name or settings.from_name
    mail["From"] = _address(sender, name)
    mail["To"] = _address(message.to, message.name)
    if (reply_to := message.reply_to or settings.reply_to) is not None:
        mail["Reply-To"] = _address(reply_to, None)
    mail["Subject"] = _plain(message.subject)
    mail["Date"] = format_datetime(datetime.fromisoformat(message.at))
    mail["Message-ID"] = f"<{mail_id}@{sender.rpartition('@')[2]}>"
    if message.answers:
        mail["In-Reply-To"] = message.answers[-1]
        mail["References"] = " ".join(message.answers)
    mail["Auto-Submitted"] = message.automatic
    # Exchange heeds only this one.
    mail["X-Auto-Response-Suppress"] = "All"
    mail[HOPS_HEADER.title()] = "1"
    mail[OWN_HEADER.title()] = mail_id
    mail["Content-Language"] = message.language
    mail.set_content(message.text.rstrip() + "\n", cte="quoted-printable")
    return mail


def _address(address: str, name: str | None) -> Address:
    return Address(_plain(name or ""), addr_spec=address)


def _plain(text: str) -> str:
    """A text for a header: one line without controls."""
    return _CONTROLS.sub(" ", text).strip()
