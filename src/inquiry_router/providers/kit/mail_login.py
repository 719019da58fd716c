"""The settings of a mail server and of the login there, by a password or an OAuth2 token."""

from typing import Any, ClassVar

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from inquiry_router.outside.addresses import PUBLIC, Reach, check_url
from inquiry_router.outside.messages import TokenGrant
from inquiry_router.providers.kit.provider import ProviderSettings


class MailLogin(ProviderSettings):
    """The server, and how to log in. Kinds add port, security and user."""

    addresses: ClassVar[tuple[str, ...]] = ("host", "token_url")

    host: str = Field(
        max_length=253, description="The mail server.", examples=["mail.acme.example.com"]
    )
    in_own_network: bool = Field(
        False,
        strict=True,
        description="True if the server is in your own network: then its address may be private, "
        "and its port any.",
        examples=[False],
    )
    password: SecretStr | None = Field(
        None, description="The password, often one for this program only.", examples=["abcd efgh"]
    )
    token_url: str | None = Field(
        None,
        description="OAuth2 instead of a password: the address that gives access tokens.",
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
        description="OAuth2: the refresh token of the user. Without one the application logs in by "
        "itself (client credentials).",
        examples=["1//0g..."],
    )
    scope: str | None = Field(
        None,
        max_length=1000,
        description="OAuth2: the scope to ask for.",
        examples=["https://outlook.office365.com/.default"],
    )

    def reach(self, reach: Reach) -> Reach:
        """The addresses that may be called for this server."""
        own = {self.host.lower()} if self.in_own_network else set()
        return Reach(reach.loopback, reach.hosts | own)

    def is_inside(self, info: ValidationInfo) -> bool:
        """True if the server is in the own network. Raises `ValueError` if it may not be called."""
        context: dict[str, Any] = info.context or {}
        reach = self.reach(context.get("reach", PUBLIC))
        host = check_url(f"https://{self.host}", reach).host
        return host in reach.hosts or (reach.loopback and host in ("127.0.0.1", "::1"))

    def grant(self, refresh_token: str | None) -> TokenGrant | None:
        """The right to get access tokens by OAuth2, by this refresh token if there is one."""
        if self.token_url is None or self.client_id is None:
            return None
        secret = secret_text(self.client_secret)
        return TokenGrant(self.token_url, self.client_id, secret, refresh_token, self.scope)

    def require_way_to_tokens(self) -> None:
        """Raise `ValueError` if OAuth2 is set, but nothing proves who asks for a token."""
        is_proven = self.refresh_token is not None or self.client_secret is not None
        if self.grant(None) is not None and not is_proven:
            raise ValueError("refresh_token: send a refresh_token, a client_secret or both")

    @field_validator("token_url")
    @classmethod
    def _may_be_called(cls, value: str | None, info: ValidationInfo) -> str | None:
        context: dict[str, Any] = info.context or {}
        if value is not None:
            check_url(value, context.get("reach", PUBLIC))
        return value


def secret_text(given: SecretStr | None) -> str | None:
    """The text of a secret, if there is one."""
    return given.get_secret_value() if given is not None else None
