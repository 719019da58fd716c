"""Kind `imap`: a mailbox that the router itself reads, by a password or an OAuth2 token.

Facts: RFC 9051 and 3501 (IMAP), RFC 6749 (OAuth 2.0, refresh token and client credentials);
developers.google.com (XOAUTH2), learn.microsoft.com (IMAP with OAuth, `.default` scope).
"""

from datetime import date, timedelta
from typing import Any, ClassVar, Final, Literal, Self

from pydantic import Field, SecretStr, ValidationInfo, field_validator, model_validator

from inquiry_router.outside.addresses import PUBLIC, Reach, check_url
from inquiry_router.outside.messages import TokenGrant
from inquiry_router.providers.kit.inbound_mail import MailSettings
from inquiry_router.providers.kit.reading import Read
from inquiry_router.providers.kit.source import (
    IncomingRequest,
    SourceKind,
    Unreadable,
)

PORTS: Final = (993, 143)
# An alarm this long before the credentials end leaves time to make new ones.
ALARM_BEFORE: Final = timedelta(days=14)


class ImapSettings(MailSettings):
    """A mailbox: its server and folder, how to log in, and what becomes of the mails."""

    addresses: ClassVar[tuple[str, ...]] = ("host", "token_url")

    host: str = Field(
        max_length=253, description="The IMAP server.", examples=["imap.acme.example.com"]
    )
    port: int = Field(993, ge=1, le=65535, description="993, or 143.", examples=[993])
    security: Literal["tls", "starttls", "none"] = Field(
        "tls",
        description="tls from the first byte, or starttls. `none` is for servers in your own "
        "network only.",
        examples=["tls"],
    )
    in_own_network: bool = Field(
        False,
        description="True if the server is in your own network: then its address may be private, "
        "and its port any.",
        examples=[False],
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
    password: SecretStr | None = Field(
        None, description="The password, often one for this program only.", examples=["abcd efgh"]
    )
    token_url: str | None = Field(
        None,
        description="OAuth2: the address that gives access tokens.",
        examples=["https://login.microsoftonline.com/<tenant>/oauth2/v2.0/token"],
    )
    client_id: str | None = Field(
        None, max_length=500, description="OAuth2: the id of the application.", examples=["8c1f..."]
    )
    client_secret: SecretStr | None = Field(
        None, description="OAuth2: the secret of the application.", examples=["Zx8..."]
    )
    refresh_token: SecretStr | None = Field(
        None,
        description="OAuth2: the refresh token of the mailbox's user. Without one the application "
        "logs in by itself (client credentials).",
        examples=["1//0g..."],
    )
    scope: str | None = Field(
        None,
        max_length=1000,
        description="OAuth2: the scope to ask for.",
        examples=["https://outlook.office365.com/.default"],
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

    def grant(self, refresh_token: str | None) -> TokenGrant:
        """The right to get access tokens, by the newest refresh token if there is one."""
        secret = self.client_secret.get_secret_value() if self.client_secret else None
        return TokenGrant(
            self.token_url or "", self.client_id or "", secret, refresh_token, self.scope
        )

    def reach(self, reach: Reach) -> Reach:
        """The addresses that may be called for this mailbox."""
        own = {self.host.lower()} if self.in_own_network else set()
        return Reach(reach.loopback, reach.hosts | own)

    @field_validator("token_url")
    @classmethod
    def _may_be_called(cls, value: str | None, info: ValidationInfo) -> str | None:
        context: dict[str, Any] = info.context or {}
        if value is not None:
            check_url(value, context.get("reach", PUBLIC))
        return value

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
        context: dict[str, Any] = info.context or {}
        reach = self.reach(context.get("reach", PUBLIC))
        host = check_url(f"https://{self.host}", reach).host
        is_inside = host in reach.hosts or (reach.loopback and host in ("127.0.0.1", "::1"))
        if not is_inside and self.port not in PORTS:
            raise ValueError("port: is 993, or 143 with starttls, outside your own network")
        if not is_inside and self.security == "none":
            raise ValueError("security: is tls or starttls outside your own network")
        if (self.after_reading == "move") != (self.move_to is not None):
            raise ValueError("move_to: name a folder with after_reading 'move', and only then")
        by_token = self.token_url is not None and self.client_id is not None
        if (self.password is not None) == by_token:
            raise ValueError(
                "password: send either a password, or token_url and client_id for OAuth2"
            )
        if by_token and self.refresh_token is None and self.client_secret is None:
            raise ValueError("refresh_token: send a refresh_token, a client_secret or both")
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
