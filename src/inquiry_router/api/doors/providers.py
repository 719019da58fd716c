"""The door that lists the vendors: what can be a source, what can be a destination, and the settings of each."""

from typing import Any

from fastapi import Request, Response
from pydantic import BaseModel, Field

from inquiry_router.api.web.routing import Door, answer
from inquiry_router.configuration.api_keys import Scope
from inquiry_router.providers import PROVIDERS
from inquiry_router.sources.kinds import SOURCES

door = Door("Sources")


class SourceKindOut(BaseModel):
    """A vendor that inquiries may come from."""

    kind: str = Field(description="What `kind` of a source is set to.", examples=["zendesk"])
    title: str = Field(description="What it is.", examples=["Zendesk"])
    signs: str = Field(
        description="always: a secret is needed; optional: a secret or else the token; never: the token.",
        examples=["always"],
    )
    reconciles: bool = Field(
        description="Whether tickets whose webhook never came are found by asking.", examples=[True]
    )
    settings: dict[str, Any] = Field(description="The JSON Schema of its settings.", examples=[{}])


class DestinationKindOut(BaseModel):
    """A way to hand decisions over."""

    kind: str = Field(description="What `kind` of a destination is set to.", examples=["zendesk"])
    title: str = Field(description="What it is.", examples=["Zendesk"])
    settings: dict[str, Any] = Field(description="The JSON Schema of its settings.", examples=[{}])


class ProvidersOut(BaseModel):
    """Every vendor."""

    sources: list[SourceKindOut] = Field(description="Where inquiries may come from.")
    destinations: list[DestinationKindOut] = Field(
        description="Where decisions may be handed over."
    )


@door.operation(
    "GET",
    "/providers",
    scope=Scope.READ,
    response_model=ProvidersOut,
    summary="See the vendors and their settings",
)
async def list_providers(request: Request) -> Response:
    """The kinds that sources and destinations may be of, with their settings as JSON Schema."""
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
