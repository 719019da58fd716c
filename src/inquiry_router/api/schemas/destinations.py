"""Bodies and answers about destinations."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from inquiry_router.api.schemas.fields import read_only
from inquiry_router.inquiry.model import Event
from inquiry_router.routing.fields import Document, Slug

_EXAMPLE: dict[str, Any] = {
    "id": "erp",
    "name": "The ERP's inbox",
    "kind": "webhook",
    "settings": {"url": "https://hooks.example.com/inquiries"},
    "events": ["inquiry.routed", "inquiry.corrected"],
    "teams": [],
    "enabled": True,
}


class DestinationIn(Document):
    """The settings of a destination."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{name: value for name, value in _EXAMPLE.items() if name != "id"}]
        },
    )

    name: Annotated[str, StringConstraints(min_length=1, max_length=200)] = Field(
        description="Its name for people.", examples=["The ERP's inbox"]
    )
    kind: Slug = Field(
        description="webhook: a signed HTTP POST. console: one line on the service's own output. "
        "Or a helpdesk: GET /v1/providers lists them with their settings.",
        examples=["webhook"],
    )
    settings: dict[str, Any] = Field(
        default_factory=dict,
        description="The settings of this kind. webhook: `url`, and `secret` (made when left out; "
        "one that is masked or left out on a change stays as it is).",
        examples=[{"url": "https://hooks.example.com/inquiries"}],
    )
    events: list[Event] = Field(
        default_factory=list,
        max_length=10,
        description="Only these events; empty means all.",
        examples=[["inquiry.routed"]],
    )
    teams: list[Slug] = Field(
        default_factory=list,
        max_length=100,
        description="Only inquiries of these teams; empty means all.",
        examples=[["sales"]],
    )
    enabled: bool = Field(
        True, strict=True, description="True to deliver new inquiries there.", examples=[True]
    )


class ChangedDestinationIn(DestinationIn):
    """A destination as it is to be, perhaps with the read-only fields of the answer."""

    id: str | None = read_only("its id.")
    version: int | None = read_only("its version.")
    created_at: str | None = read_only("the time of its creation.")
    failures: int | None = read_only("failed attempts in a row.")
    disabled_reason: str | None = read_only("the reason if the router switched it off.")


class NewDestinationIn(DestinationIn):
    """A destination to be added."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    id: Slug = Field(description="Its id in URLs.", examples=["erp"])


class DestinationOut(BaseModel):
    """A destination; secrets are masked."""

    id: str = Field(description="Its id.", examples=["erp"])
    name: str = Field(description="Its name for people.", examples=["The ERP's inbox"])
    kind: str = Field(description="Its kind.", examples=["webhook"])
    settings: dict[str, Any] = Field(
        description="The settings of its kind. A secret is shown only in the answer that made it, "
        "and masked from then on.",
        examples=[{"url": "https://hooks.example.com/inquiries", "secret": "**********"}],
    )
    events: list[str] = Field(
        description="Only these events; empty means all.", examples=[["inquiry.routed"]]
    )
    teams: list[str] = Field(description="Only these teams; empty means all.", examples=[[]])
    enabled: bool = Field(description="True to deliver new inquiries there.", examples=[True])
    disabled_reason: str | None = Field(
        description="The reason if the router switched it off.", examples=[None]
    )
    failures: int = Field(description="Failed attempts in a row.", examples=[0])
    version: int = Field(description="Increases with every change.", examples=[1])
    created_at: datetime = Field(
        description="The time of its creation.", examples=["2026-11-20T08:30:00.000Z"]
    )


class GroupOut(BaseModel):
    """A group of a helpdesk."""

    id: str = Field(description="Its id for `groups` in the settings.", examples=["360001"])
    name: str = Field(description="Its name in the helpdesk.", examples=["Sprzedaż"])


class CheckOut(BaseModel):
    """The result of trying the credentials."""

    ok: bool | None = Field(
        description="True if the credentials work; null if nothing was tried.", examples=[True]
    )
    problem: str | None = Field(
        description="The reason if they do not, and advice.", examples=[None]
    )
    warnings: list[str] = Field(
        description="Sentences about the settings: why nothing was tried, teams without a group, "
        "names that do not exist.",
        examples=[["'triage' has no group: its tickets go to the group of 'customer_service'"]],
    )
    groups: list[GroupOut] = Field(description="The helpdesk's groups.", examples=[[]])
    unmapped: list[str] = Field(
        description="Our teams without a group: their tickets stay where they are.", examples=[[]]
    )
    unknown: list[str] = Field(
        description="Groups in the settings that the helpdesk does not have.", examples=[[]]
    )


class TestedOut(BaseModel):
    """The result of a test event."""

    ok: bool = Field(description="True if the receiver accepted it.", examples=[True])
    status: int | None = Field(
        description="The receiver's HTTP status, if it answered.", examples=[204]
    )
    problem: str | None = Field(description="The reason if it did not.", examples=[None])
    id: str = Field(
        description="The id of the event, `webhook-id` of a webhook.",
        examples=["01a20095-62d4-71a4-be89-b4f4ece244ce"],
    )


class DestinationList(BaseModel):
    """All destinations."""

    items: list[DestinationOut]
