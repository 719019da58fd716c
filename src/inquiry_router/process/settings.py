"""The settings: each with its default, its environment variable and one sentence.

A variable is `INQUIRY_ROUTER_` and the name of the field. Nothing else in the project reads the
environment. `HOST` and `PORT` are also read without the prefix, because platforms set them so.
"""

import os
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AliasChoices,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from inquiry_router.process import database_url
from inquiry_router.process.cores import count_cores
from inquiry_router.process.setting_names import find_unknown

PREFIX = "INQUIRY_ROUTER_"


class WrongSettings(Exception):
    """The service cannot start with these settings. The text names each variable and its cure."""


class Unreachable(WrongSettings):
    """The database cannot be reached now. It may be reached later."""


class Settings(BaseSettings):
    """The settings of one process."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", extra="ignore", frozen=True
    )

    database_url: str = Field(
        "sqlite:///var/inquiries.db",
        description="The database: sqlite:///PATH (one process) or "
        "postgresql://USER:PASSWORD@HOST/NAME.",
    )
    host: str = Field(
        "127.0.0.1",
        validation_alias=AliasChoices(f"{PREFIX}HOST", "HOST", "host"),
        description="The address to listen on; 0.0.0.0 in a container.",
    )
    port: int = Field(
        8000,
        ge=0,
        le=65535,
        validation_alias=AliasChoices(f"{PREFIX}PORT", "PORT", "port"),
        description="The port to listen on; 0 takes any free one.",
    )
    workers: int = Field(
        1, ge=1, le=64, description="Serving processes; more than 1 needs PostgreSQL."
    )
    metrics_address: str | None = Field(
        None,
        pattern=r"^\S+:\d{1,5}$",
        description="A separate address for /metrics, without a key, such as 127.0.0.1:9464. Left "
        "out, /metrics stands on the port of the service only, for API keys.",
    )
    public_url: str | None = Field(
        None,
        pattern=r"^https?://[^\s/?#@]+(/[A-Za-z0-9._~/-]*)?$",
        description="The address that the outside world uses for this service, such as "
        "https://router.example.com or https://example.com/router. Vendors and phone platforms get "
        "it, and links in notes.",
    )
    admin_key_file: Path | None = Field(
        Path("var/admin.key"),
        description="The file for the first admin key (mode 0600), written on the first start; "
        "empty to only print the key.",
    )
    secret_key: SecretStr | None = Field(
        None,
        description="A random text of 32 characters or more, with which vendors' tokens, signing "
        "secrets and the keys of links are encrypted in the database; a new one and a comma before "
        "the old one to change it.",
    )
    secret_key_file: Path | None = Field(
        None,
        description="A file with that text, instead of INQUIRY_ROUTER_SECRET_KEY; 'migrate' makes "
        "it if it is missing. Beside a new SQLite database it makes secret.key by itself.",
    )
    model_dir: Path | None = Field(
        None, description="A folder with another model than the shipped one."
    )
    classifier_threads: int = Field(
        0,
        ge=0,
        le=64,
        description="Texts that a process classifies at a time; 0 for as many as it has cores.",
    )
    classifier_timeout_s: float = Field(
        2.0,
        gt=0,
        le=30,
        description="Seconds for which a sender waits for the classifier. Later the inquiry is "
        "stored, and decided when its turn comes.",
    )
    decide_late: bool = Field(
        True,
        description="Decide from within the service what waits for the classifier; false if other "
        "replicas do.",
    )
    learn_every_hours: float = Field(
        24.0,
        ge=0,
        le=24 * 365,
        description="Hours between two attempts to learn from corrections; 0 for never.",
    )
    dispatch: bool = Field(
        True,
        description="Deliver from within the service; false if 'inquiry-router work' processes "
        "deliver.",
    )
    fetch: bool = Field(
        True,
        description="Fetch tickets that webhooks only name; false if other replicas fetch.",
    )
    reconcile_every_minutes: float = Field(
        60.0,
        ge=0,
        le=60 * 24 * 7,
        description="Minutes between two questions to helpdesks for tickets whose webhook never "
        "came; 0 for never.",
    )
    synthetic_every_minutes: float = Field(
        15.0,
        ge=0,
        le=60 * 24,
        description="Minutes between two synthetic inquiries of each category, which go the whole "
        "way and leave nothing behind; 0 for never.",
    )
    remind: bool = Field(
        True,
        description="Remind of callbacks and promises, and raise alarms, from within the service; "
        "false if other replicas do.",
    )
    hand_out: bool = Field(
        True,
        description="Hand inquiries out to people from within the service; false if other replicas "
        "do.",
    )
    tell: bool = Field(
        True,
        description="Tell people what waits for them from within the service; false if other "
        "replicas tell them.",
    )
    phone_dir: Path = Field(
        Path("var/phone"),
        description="A folder for calls that wait to be stored, for messages that FreeSWITCH has "
        "recorded, for mailboxes that are being read, and for the settings that answer callers "
        "after a start without PostgreSQL.",
    )
    correction_link_days: int = Field(
        30,
        ge=1,
        le=365,
        description="Days for which the link in a helpdesk note lets an agent correct a decision "
        "without a login.",
    )
    oidc_issuer: str | None = Field(
        None,
        pattern=r"^https?://\S+$",
        description="The issuer of your identity provider, exactly as its tokens name it: people "
        "then sign in there. Empty for keys and links only.",
    )
    oidc_audience: str | None = Field(
        None, description="The audience that tokens must name; needed with an issuer."
    )
    oidc_keys_url: str | None = Field(
        None,
        pattern=r"^https?://\S+$",
        description="The address of the provider's keys (JWKS); empty to ask the provider for it.",
    )
    oidc_roles_claim: str = Field(
        "roles",
        description="The claim with the roles of a person, such as agent; dots lead inside others: "
        "realm_access.roles.",
    )
    oidc_teams_claim: str = Field(
        "teams", description="The claim with the teams that a person is bound to."
    )
    requests_a_minute: int = Field(
        12_000,
        ge=0,
        le=10_000_000,
        description="Requests that a key may send in a minute, to each process; 0 for any number. "
        "A key may have a limit of its own.",
    )
    source_requests_a_minute: int = Field(
        12_000,
        ge=0,
        le=10_000_000,
        description="Requests that a source may send in a minute, to each process; 0 for any "
        "number.",
    )
    reading_seconds_a_minute: int = Field(
        60,
        ge=0,
        le=3600,
        description="Seconds for which requests of a key may read in a minute, in each process; 0 "
        "for any time.",
    )
    audit_days: int = Field(
        366,
        ge=1,
        le=3660,
        description="Days for which the audit keeps what people did.",
    )
    delivery_timeout_s: float = Field(
        15.0,
        gt=0,
        le=30,
        description="Seconds for one delivery attempt, from connecting to the last byte.",
    )
    allow_loopback_destinations_for_development: bool = Field(
        False, description="Development only: destinations may be http:// and on 127.0.0.1 or ::1."
    )
    own_hosts: str = Field(
        "",
        description="Hosts of helpdesks in your own network, separated by commas: "
        "helpdesk.lan,10.0.0.5.",
    )
    queue_size: int = Field(
        2000,
        ge=1,
        le=100_000,
        description="Inquiries that may wait to be stored; beyond it senders get 503.",
    )
    answer_timeout_s: float = Field(
        3.0,
        gt=0,
        le=30,
        description="A request that could not be stored within this many seconds is answered 503.",
    )
    postgres_pool_size: int = Field(
        8, ge=1, le=100, description="Connections for reading and administration, a process."
    )
    trusted_proxies: str = Field(
        "127.0.0.1",
        description="Addresses whose X-Forwarded-For and -Proto are believed, separated by commas.",
    )
    log_format: Literal["auto", "json", "text"] = Field(
        "auto",
        description="json: one line an event; text: for a terminal; auto: text on a terminal, "
        "else json.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The least severe event logged."
    )

    @field_validator(
        "admin_key_file", "model_dir", "secret_key_file", "metrics_address", mode="before"
    )
    @classmethod
    def _empty_means_none(cls, value: Any) -> Any:
        return None if value == "" else value

    @field_validator("public_url")
    @classmethod
    def _without_final_slash(cls, value: str | None) -> str | None:
        return None if value is None else value.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value.startswith("sqlite:///"):
            if value == "sqlite:///":
                raise ValueError("names no file")
            return value
        if not value.startswith(("postgresql://", "postgresql+asyncpg://", "postgres://")):
            raise ValueError("starts with neither sqlite:/// nor postgresql://")
        if problem := database_url.find_problem(value):
            raise ValueError(problem)
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _known_proxies(cls, value: str) -> str:
        for address in filter(None, map(str.strip, value.split(","))):
            if address != "*":
                try:
                    ip_network(address, strict=False)
                except ValueError:
                    raise ValueError(
                        f"'{address}' is no IP address or network such as 10.0.0.0/8"
                    ) from None
        return value

    @field_validator("own_hosts")
    @classmethod
    def _bare_hosts(cls, value: str) -> str:
        for host in filter(None, map(str.strip, value.split(","))):
            if "/" in host or " " in host:
                raise ValueError(f"'{host}' is no host: leave out https:// and any path")
        return value

    @model_validator(mode="after")
    def _audience_of_issuer(self) -> "Settings":
        if self.oidc_issuer is not None and self.oidc_audience is None:
            raise ValueError(
                f"{PREFIX}OIDC_AUDIENCE is empty, but {PREFIX}OIDC_ISSUER is set: without it a "
                "token for another application would be accepted; set it to the client id"
            )
        return self

    @model_validator(mode="after")
    def _one_writer_on_sqlite(self) -> "Settings":
        if self.workers > 1 and self.is_sqlite:
            raise ValueError(
                f"{PREFIX}WORKERS is {self.workers}, but SQLite has exactly one writing process: "
                f"set it to 1, or set {PREFIX}DATABASE_URL to a PostgreSQL database"
            )
        return self

    @property
    def threads(self) -> int:
        """The number of classifier threads: the cores are shared by the serving processes."""
        return self.classifier_threads or max(1, count_cores() // self.workers)

    @property
    def path_prefix(self) -> str:
        """The path of the public address, which a proxy may send or leave out; mostly empty."""
        return urlsplit(self.public_url).path if self.public_url is not None else ""

    @property
    def is_sqlite(self) -> bool:
        """True if the embedded database is used."""
        return self.database_url.startswith("sqlite:")

    @property
    def sqlite_path(self) -> Path:
        """The file of the embedded database."""
        return Path(self.database_url.removeprefix("sqlite:///"))


def find_unknown_settings() -> list[str]:
    """Return a sentence for each variable of the environment or `.env` that is misspelt."""
    file = Path(".env")
    try:
        lines = file.read_text("utf-8", "replace").splitlines()
    except OSError:
        lines = []
    written = {line.removeprefix("export ").partition("=")[0].strip() for line in lines}
    return find_unknown({*os.environ, *written}, Settings.model_fields, PREFIX)


def load_settings(**overrides: Any) -> Settings:
    """Read the settings from the environment and `.env`, with `overrides` on top.

    Raises `WrongSettings`, whose text names every wrong variable and its cure.
    """
    try:
        return Settings(**overrides)
    except ValidationError as error:
        raise WrongSettings("\n".join(_sentence(problem) for problem in error.errors())) from None


# The library that counts finds its folder in the environment only.
_METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"


def share_metrics(folder: Path) -> None:
    """Make the serving processes that are started from here count in files of this folder."""
    os.environ[_METRICS_FOLDER] = str(folder)


def find_metrics_folder() -> Path | None:
    """Return the folder in which several serving processes count; None if there is one process."""
    folder = os.environ.get(_METRICS_FOLDER)
    return Path(folder) if folder else None


def environment_with(**values: str) -> dict[str, str]:
    """Return the environment for another program, with these values added."""
    return {**os.environ, **values}


def _sentence(problem: Any) -> str:
    message: str = problem["msg"].removeprefix("Value error, ")
    if not problem["loc"]:
        return message
    name = str(problem["loc"][0])
    variable = name if name.isupper() else PREFIX + name.upper()
    field = Settings.model_fields.get(variable.removeprefix(PREFIX).lower())
    cure = f" It is: {field.description}" if field else ""
    return f"{variable}: {message}.{cure}"
