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
from typing import Final, Literal, Self

from pydantic import Field, SecretStr, ValidationInfo, model_validator

from inquiry_router.outside.messages import MailServer, OutgoingMail
from inquiry_router.providers.kit.inbound_mail import OWN_HEADER
from inquiry_router.providers.kit.mail_html import mail_html
from inquiry_router.providers.kit.mail_login import MailLogin, secret_text
from inquiry_router.providers.kit.message import MessageToPeople, read_message
from inquiry_router.providers.kit.provider import Handover, Refused
from inquiry_router.providers.kit.reading import HOPS_HEADER

PORTS: Final = (465, 587, 2525)
_ADDRESS: Final = re.compile(r"[^\s@<>\"(),:;\\\[\]]+@[A-Za-z0-9.-]+\.[A-Za-z0-9-]{2,}")
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f]+")


class SmtpSettings(MailLogin):
    """A mail server, how to log in, and the sender of our mails."""

    port: int = Field(
        587, ge=1, le=65535, description="587 with starttls, 465 with tls.", examples=[587]
    )
    security: Literal["tls", "starttls", "none"] = Field(
        "starttls",
        description="starttls, or tls from the first byte. `none` is for servers in your own "
        "network only.",
        examples=["starttls"],
    )
    user: str | None = Field(
        None,
        min_length=1,
        max_length=200,
        pattern=r"^[^\x00-\x1f\x7f]+$",
        description="The user; null if the server asks for none.",
        examples=["router@acme.example.com"],
    )
    refresh_token: SecretStr | None = Field(
        None,
        description="OAuth2: the refresh token of the user. Without one the application logs in by "
        "itself (client credentials). It must stay valid when it is used.",
        examples=["1//0g..."],
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

    @property
    def server(self) -> MailServer:
        """The server as it is called."""
        return MailServer(
            self.host.lower(),
            self.port,
            self.security,
            self.from_address.rpartition("@")[2],
            self.user,
            secret_text(self.password),
            self.in_own_network,
            self.grant(secret_text(self.refresh_token)),
        )

    @model_validator(mode="after")
    def _is_complete(self, info: ValidationInfo) -> Self:
        is_inside = self.is_inside(info)
        if not is_inside and self.port not in PORTS:
            raise ValueError("port: is 587, 465 or 2525 outside your own network")
        if not is_inside and self.security == "none":
            raise ValueError("security: is starttls or tls outside your own network")
        self._require_one_login()
        for name, address in (("from_address", self.from_address), ("reply_to", self.reply_to)):
            if address is not None and not is_mail_address(address):
                raise ValueError(f"{name}: is no e-mail address such as bok@acme.example.com")
        return self

    def _require_one_login(self) -> None:
        """Refuse half a login, and two. Raises `ValueError`."""
        given = self.grant(None) is not None
        if given != (self.token_url is not None or self.client_id is not None):
            raise ValueError("client_id: send token_url and client_id together, for OAuth2")
        if given and self.password is not None:
            raise ValueError("password: send either a password, or token_url and client_id")
        if (self.user is None) != (self.password is None and not given):
            raise ValueError(
                "password: send user and password together, or user, token_url and client_id, or "
                "none of them"
            )
        self.require_way_to_tokens()


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
    mail.add_alternative(
        mail_html(message.text, message.language), subtype="html", cte="quoted-printable"
    )
    # A boundary that the library chose would be another one in each repeat.
    mail.set_boundary(f"=_{mail_id}")
    return mail


def _address(address: str, name: str | None) -> Address:
    return Address(_plain(name or ""), addr_spec=address)


def _plain(text: str) -> str:
    """A text for a header: one line without controls."""
    return _CONTROLS.sub(" ", text).strip()
