"""The door that lists the kinds of sources and destinations with their settings."""

from typing import Any

from fastapi import Request, Response
from pydantic import BaseModel, Field

from inquiry_router.access.roles import Scope
from inquiry_router.api.web.routing import Door, answer
from inquiry_router.providers import PROVIDERS
from inquiry_router.sources.kinds import SOURCES

door = Door("Sources")


class SourceKindOut(BaseModel):
    """A kind of source."""

    kind: str = Field(description="The value of `kind` in a source.", examples=["zendesk"])
    title: str = Field(description="Its name for people.", examples=["Zendesk"])
    signs: str = Field(
        description="always: a secret is required; optional: a secret, or else the token; never: "
        "the token.",
        examples=["always"],
    )
    reconciles: bool = Field(
        description="True if tickets whose webhook never came can be found by asking the helpdesk.",
        examples=[True],
    )
    settings: dict[str, Any] = Field(description="The JSON Schema of its settings.", examples=[{}])


class DestinationKindOut(BaseModel):
    """A kind of destination."""

    kind: str = Field(description="The value of `kind` in a destination.", examples=["zendesk"])
    title: str = Field(description="Its name for people.", examples=["Zendesk"])
    settings: dict[str, Any] = Field(description="The JSON Schema of its settings.", examples=[{}])


class ProvidersOut(BaseModel):
    """All kinds."""

    sources: list[SourceKindOut] = Field(description="The kinds of sources.")
    destinations: list[DestinationKindOut] = Field(description="The kinds of destinations.")


@door.operation(
    "GET",
    "/providers",
    scope=Scope.READ,
    response_model=ProvidersOut,
    summary="See the vendors and their settings",
)
async def list_providers(request: Request) -> Response:
    """List the kinds of sources and destinations, with their settings as JSON Schema."""
    sources = [
        {
            "kind": source.kind,
            "title": source.title,
            "signs": source.signs,
            "reconciles": source.polls,
            "settings": source.settings_model.model_json_schema(),
        }
        for source in SOURCES.values()
    ]
    destinations = [
        {
            "kind": provider.kind,
            "title": provider.title,
            "settings": provider.settings_model.model_json_schema(),
        }
        for provider in PROVIDERS.values()
    ]
    return answer({"sources": sources, "destinations": destinations})
