"""The settings that all helpdesks have in common."""

from typing import Any, Literal

from pydantic import Field, ValidationInfo, field_validator

from inquiry_router.outside.addresses import PUBLIC, check_url
from inquiry_router.providers.kit.provider import ProviderSettings

_TRIAGE, _CUSTOMER_SERVICE = "triage", "customer_service"


class HelpdeskSettings(ProviderSettings):
    """The settings of every helpdesk. Each kind adds its own address and credentials."""

    source: str | None = Field(
        None,
        max_length=64,
        description="The id of the source whose tickets are moved here; null when tickets are "
        "only created.",
        examples=["zendesk-k3v9"],
    )
    groups: dict[str, str] = Field(
        default_factory=dict,
        description="The helpdesk's group for each of our teams: team id to group id. Without one "
        "the ticket stays where it is and gets the note; only what is for `triage` goes to the "
        "group of `customer_service` then. POST /v1/destinations/{id}/check lists the groups.",
        examples=[{"customer_service": "360001", "sales": "360002", "triage": "360001"}],
    )
    create: bool = Field(
        False,
        strict=True,
        description="True to create a ticket for an inquiry that came another way (phone, form, "
        "API).",
        examples=[True],
    )
    note_language: Literal["pl", "en", "de"] = Field(
        "pl", description="The language of the notes for agents.", examples=["pl"]
    )

    def group_of(self, team: str) -> str | None:
        """The helpdesk's group for a team, or None.

        Without one of its own, triage has that of customer service: an unsure ticket that stands
        with sales must not stay there.
        """
        shared = self.groups.get(_CUSTOMER_SERVICE) if team == _TRIAGE else None
        return self.groups.get(team, shared)


class UrlSettings(HelpdeskSettings):
    """The settings of helpdesks with an address of their own."""

    url: str = Field(
        repr=False,
        description="The helpdesk's own address, without any path behind it.",
        examples=["https://acme.helpdesk.example.com"],
    )

    @field_validator("url")
    @classmethod
    def _may_be_called(cls, value: str, info: ValidationInfo) -> str:
        context: dict[str, Any] = info.context or {}
        check_url(value, context.get("reach", PUBLIC))
        return value.rstrip("/")
