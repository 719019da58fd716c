"""Kind `imap`: a mailbox that the router itself reads, by a password or an OAuth2 token.

Facts: RFC 9051 and 3501 (IMAP), RFC 6749 (OAuth 2.0, refresh token and client credentials);
developers.google.com (XOAUTH2), learn.microsoft.com (IMAP with OAuth, `.default` scope).
"""

from datetime import date, timedelta
from typing import Final, Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from inquiry_router.providers.kit.inbound_mail import MailSettings
from inquiry_router.providers.kit.mail_login import MailLogin
from inquiry_router.providers.kit.reading import Read
from inquiry_router.providers.kit.source import (
    IncomingRequest,
    SourceKind,
    Unreadable,
)

PORTS: Final = (993, 143)
# An alarm this long before the credentials end leaves time to make new ones.
ALARM_BEFORE: Final = timedelta(days=14)


class ImapSettings(MailSettings, MailLogin):
    """A mailbox: its server and folder, how to log in, and what becomes of the mails."""

    port: int = Field(993, ge=1, le=65535, description="993, or 143.", examples=[993])
    security: Literal["tls", "starttls", "none"] = Field(
        "tls",
        description="tls from the first byte, or starttls. `none` is for servers in your own "
        "network only.",
        examples=["tls"],
    )
    user: str = Field(
        min_length=1,
        max_length=200,
        pattern=r"^[^\x00-\x1f\x7f]+$",
        description="The user, usually the address of the mailbox.",
        examples=["service@acme.example.com"],
    )
    folder: str = Field(
        "INBOX",
        min_length=1,
        max_length=200,
        description="The folder that is read.",
        examples=["INBOX"],
    )
    after_reading: Literal["seen", "flagged", "move", "nothing"] = Field(
        "seen",
        description="What becomes of a mail that was taken in: it is marked as read, flagged, "
        "moved to `move_to`, or left as it is.",
        examples=["move"],
    )
    move_to: str | None = Field(
        None,
        min_length=1,
        max_length=200,
        description="The folder for mails that were taken in; it is made if it is missing.",
        examples=["Taken in"],
    )
    credentials_end: str | None = Field(
        None,
        description="The day on which the password or the application's secret ends. The source "
        "shows a warning, and the log an error, from 14 days before.",
        examples=["2027-11-30"],
    )

    @property
    def place(self) -> str:
        """The folder of this user on this server, whose mails have numbers of their own."""
        return f"{self.user}@{self.host}:{self.port}/{self.folder}"

    @field_validator("credentials_end")
    @classmethod
    def _is_a_day(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                date.fromisoformat(value)
            except ValueError:
                raise ValueError("is no day: write it as 2027-11-30") from None
        return value

    @model_validator(mode="after")
    def _is_complete(self, info: ValidationInfo) -> Self:
        is_inside = self.is_inside(info)
        if not is_inside and self.port not in PORTS:
            raise ValueError("port: is 993, or 143 with starttls, outside your own network")
        if not is_inside and self.security == "none":
            raise ValueError("security: is tls or starttls outside your own network")
        if (self.after_reading == "move") != (self.move_to is not None):
            raise ValueError("move_to: name a folder with after_reading 'move', and only then")
        if (self.password is not None) == (self.grant(None) is not None):
            raise ValueError(
                "password: send either a password, or token_url and client_id for OAuth2"
            )
        self.require_way_to_tokens()
        return self


class ImapSource(SourceKind[ImapSettings]):
    """Mails of a mailbox. Nobody sends anything: the router reads."""

    kind = "imap"
    title = "A mailbox, read by IMAP"
    settings_model = ImapSettings
    path = ""

    def read(self, settings: ImapSettings, request: IncomingRequest) -> Read:
        """Refuse: a mailbox is read, not posted."""
        raise Unreadable("A mailbox is read by the router: POST nothing for it.")


def find_warning(credentials_end: str | None, today: date) -> str | None:
    """A sentence for the admin if the credentials end soon, or have ended."""
    if credentials_end is None:
        return None
    end = date.fromisoformat(credentials_end)
    if end - today > ALARM_BEFORE:
        return None
    verb = "end" if end >= today else "ended"
    return (
        f"The credentials of this mailbox {verb} on {end}: make new ones, and set them and the new "
        "credentials_end."
    )
