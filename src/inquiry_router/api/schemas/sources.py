"""Bodies and answers about sources."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from inquiry_router.api.schemas.fields import read_only
from inquiry_router.providers.kit.setup import Setup
from inquiry_router.routing.fields import Document, Slug

Secret = Annotated[str, StringConstraints(min_length=1, max_length=500)]


def _with_example(example: dict[str, Any]) -> Callable[[dict[str, Any]], None]:
    """Extend a schema by an example, and by the choice between `kind` and its old name."""

    def extend(schema: dict[str, Any]) -> None:
        schema["examples"] = [example]
        schema["required"].remove("kind")
        schema["anyOf"] = [{"required": ["kind"]}, {"required": ["provider"]}]

    return extend


class SourceEntry(Document):
    """The fields of a source that may be changed."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra=_with_example(
            {"name": "The website's form", "kind": "console", "shadow": True}
        ),
    )

    name: Annotated[str, StringConstraints(min_length=1, max_length=200)] = Field(
        description="Its name, for people.", examples=["Our Zendesk"]
    )
    kind: Slug = Field(
        description="The vendor whose webhooks it takes: GET /v1/providers lists them.",
        examples=["zendesk"],
    )
    provider: Slug | None = Field(
        None,
        deprecated=True,
        description="The old name of `kind`, still accepted in its place in this release.",
        examples=["zendesk"],
    )
    secret: Secret | None = Field(
        None,
        description="The secret that the vendor signs with. Left out or masked, it stays. A new "
        "one does not end the old one: both are valid until `end_rotation`.",
        examples=["dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ=="],
    )
    end_rotation: bool = Field(
        False, strict=True, description="True to end the previous secret now.", examples=[False]
    )
    settings: dict[str, Any] = Field(
        default_factory=dict,
        description="The settings of this kind: `own_domains`, for some also `api_url` and "
        "`api_token` to fetch what a webhook leaves out. A secret that is masked or left out on a "
        "change stays.",
        examples=[{"own_domains": ["acme.example.com"]}],
    )
    shadow: bool = Field(
        False,
        strict=True,
        description="Decide and record, but tell nobody. The shadow report compares the decisions "
        "with those of people.",
        examples=[False],
    )

    @model_validator(mode="before")
    @classmethod
    def _kind_by_its_old_name(cls, sent: Any) -> Any:
        if not isinstance(sent, dict) or sent.get("provider") is None:
            return sent
        kind = sent.get("kind", sent["provider"])
        if kind != sent["provider"]:
            raise ValueError(
                "'kind' and 'provider' say different things: send 'kind' only, "
                "'provider' is its old name"
            )
        return {**sent, "kind": kind}


class ChangedSource(SourceEntry):
    """A source as it is to be, perhaps with the read-only fields of the answer."""

    id: str | None = read_only("its id.")
    signed: bool | None = read_only("true if it has a secret.")
    rotating: bool | None = read_only("true if the previous secret is still valid too.")
    waiting: int | None = read_only("stored events that are still to be fetched.")
    dead: int | None = read_only("events that could not be fetched.")
    traffic: dict[str, Any] | None = read_only("its events so far.")
    mailbox: dict[str, Any] | None = read_only("the state of a mailbox.")
    version: int | None = read_only("its version.")
    created_at: str | None = read_only("when it was made.")


class NewSource(SourceEntry):
    """A new source."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra=_with_example(
            {"id": "website", "name": "The website's form", "kind": "console"}
        ),
    )

    id: Slug | None = Field(
        None,
        description="Its id. Left out, it is made from the kind.",
        examples=["website"],
    )


class MailboxOut(BaseModel):
    """The state of a mailbox that the router reads."""

    read_at: datetime | None = Field(
        description="When it was last read to the end; null before the first time.",
        examples=["2026-11-20T08:30:00.000Z"],
    )
    taken: int = Field(description="Mails read so far.", examples=[412])
    problem: str | None = Field(
        description="Why it cannot be read, or not wholly. It is tried again by itself.",
        examples=["configuration: the login failed: the server refused: NO Invalid credentials"],
    )
    warning: str | None = Field(
        description="What will keep it from being read soon: credentials that end.",
        examples=[None],
    )


class SourceTrafficOut(BaseModel):
    """The events of a source: whether it works can be seen here."""

    last_event_at: datetime | None = Field(
        description="The last event with a valid signature or token; null before the first one.",
        examples=["2026-11-20T08:30:00.000Z"],
    )
    taken: int = Field(
        description="Events that were taken in; of a phone line the requests of calls.",
        examples=[412],
    )
    taken_at: datetime | None = Field(
        description="The last of them.", examples=["2026-11-20T08:30:00.000Z"]
    )
    repeated: int = Field(description="Events that had come before.", examples=[3])
    ignored: int = Field(
        description="Events that are not for the router, such as its own notes.", examples=[57]
    )
    ignored_at: datetime | None = Field(
        description="The last of them.", examples=["2026-11-20T08:30:00.000Z"]
    )
    ignored_reason: str | None = Field(
        description="Why the last of them was ignored.", examples=["the router itself wrote it"]
    )
    refused: int = Field(
        description="Requests without a valid proof, or that cannot be read.", examples=[0]
    )
    refused_at: datetime | None = Field(description="The last of them.", examples=[None])
    refused_reason: str | None = Field(
        description="Why the last of them was refused.", examples=[None]
    )


class SourceOut(BaseModel):
    """A source; secrets are masked."""

    id: str = Field(
        description="Its id, which inquiries have as `source.system`.", examples=["website"]
    )
    name: str = Field(description="Its name.", examples=["The website's form"])
    kind: str = Field(description="The vendor whose webhooks it takes.", examples=["console"])
    provider: str = Field(
        deprecated=True, description="The old name of `kind`, with its value.", examples=["console"]
    )
    settings: dict[str, Any] = Field(
        description="The settings of this kind.", examples=[{"own_domains": ["acme.example.com"]}]
    )
    signed: bool = Field(description="True if it has a secret.", examples=[True])
    rotating: bool = Field(
        description="True if the previous secret is still valid too.", examples=[False]
    )
    shadow: bool = Field(description="True if it only decides and records.", examples=[False])
    waiting: int = Field(
        description="Stored events that are still to be fetched from the vendor.", examples=[0]
    )
    dead: int = Field(
        description="Events that could not be fetched; POST .../retry tries them again.",
        examples=[0],
    )
    traffic: SourceTrafficOut = Field(
        description="Its events so far, a few seconds old at most; null moments before the first."
    )
    mailbox: MailboxOut | None = Field(
        None, description="Of a mailbox its state; null of other kinds."
    )
    version: int = Field(description="Counts up with every change.", examples=[1])
    created_at: datetime = Field(
        description="When it was made.", examples=["2026-11-20T08:30:00.000Z"]
    )


class SourceSetup(BaseModel):
    """The URL for the vendor, and the steps to set it up there."""

    id: str = Field(description="The source's id.", examples=["website"])
    url: str | None = Field(
        description="The URL for the vendor. Keep it secret if the vendor does not sign: then its "
        "token is the proof. Null for a mailbox, to which nobody posts.",
        examples=["https://router.example.com/v1/hooks/website?token=..."],
    )
    token: str | None = Field(
        description="The token alone, for vendors that can send a header (X-Router-Token or a "
        "bearer); null if they sign.",
        examples=["kq3v..."],
    )
    setup: Setup = Field(
        description="The steps at the vendor.",
        examples=[{"pl": ["Otwórz ustawienia."], "en": ["Open the settings."]}],
    )


class NewSourceOut(SourceOut, SourceSetup):
    """A source just made, with its URL and the steps."""


class SourceList(BaseModel):
    """All sources."""

    items: list[SourceOut] = Field(description="By id.")


class ReconciledOut(BaseModel):
    """The result of asking the helpdesk."""

    looked_at: int = Field(description="Recent tickets there.", examples=[12])
    taken_in: int = Field(
        description="Those that had never come and are taken in now.", examples=[0]
    )
    problem: str | None = Field(
        description="The reason if it could not be asked, or a note that there is more to ask for.",
        examples=[None],
    )


class TeamsCompared(BaseModel):
    """Number of tickets for one pair of teams: the router's and the people's."""

    router: str = Field(description="The team that the router decided.", examples=["sales"])
    people: str = Field(
        description="The team whose group the ticket is in.", examples=["customer_service"]
    )
    count: int = Field(description="How often.", examples=[3])


class DifferentOut(BaseModel):
    """A ticket that people gave to another team."""

    inquiry_id: str = Field(
        description="The inquiry.", examples=["0198c0de-7b1e-7cc3-98c4-dc0c0c07398f"]
    )
    reference: str = Field(description="Its reference.", examples=["K7MA-4XEH"])
    ticket: str = Field(description="The ticket's id in the helpdesk.", examples=["48213"])
    said: str = Field(description="The beginning of its text.", examples=["Pompa znowu stoi"])
    router: str = Field(description="The team that the router decided.", examples=["sales"])
    people: str = Field(
        description="The team whose group the ticket is in.", examples=["customer_service"]
    )


class ShadowReportOut(BaseModel):
    """The router's decisions compared with those of people."""

    problem: str | None = Field(
        description="The reason if the helpdesk cannot be asked.", examples=[None]
    )
    looked_at: int = Field(description="The newest tickets of the source.", examples=[50])
    compared: int = Field(
        description="Those that are in a group of one of our teams, or were corrected.",
        examples=[46],
    )
    same: int = Field(
        description="Those in the group of the team that the router decided.", examples=[43]
    )
    elsewhere: int = Field(description="Those in no group of our teams, or gone.", examples=[3])
    unreachable: int = Field(description="Those that the helpdesk did not report.", examples=[1])
    teams: list[TeamsCompared] = Field(description="Pairs of teams, the commonest first.")
    different: list[DifferentOut] = Field(
        description="Tickets with another team than the router's, the newest first."
    )


class Retried(BaseModel):
    """Number of events that will be fetched again."""

    retried: int = Field(description="How many.", examples=[0])
