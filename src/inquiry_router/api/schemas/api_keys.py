"""Bodies and answers of API keys and of actors."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from inquiry_router.access.actor import ANY_SOURCE, Actor
from inquiry_router.access.roles import ROLES_OF_OLD_SCOPES, Role, roles_of_old_scopes
from inquiry_router.configuration.api_keys import ApiKey
from inquiry_router.inquiry.rendering import format_time
from inquiry_router.routing.fields import Document, Moment, Slug

KEY_ID = r"^[a-z0-9][a-z0-9-]{1,30}$"
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
System = Annotated[str, StringConstraints(min_length=1, max_length=100)]
_FORM: dict[str, Any] = {
    "id": "website",
    "name": "Contact form of the website",
    "roles": ["source"],
    "sources": ["website"],
}
_SHOWN = ("id", "name", "owner", "requests_a_minute")
_LISTS = ("roles", "teams", "sources")
_TIMES = ("created_at", "expires_at", "last_used_at", "previous_until", "revoked_at")


class ApiKeyEntry(Document):
    """The purpose of a key."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{k: v for k, v in _FORM.items() if k != "id"}]},
    )

    name: Name = Field(
        description="Its user, for people.", examples=["Contact form of the website"]
    )
    roles: list[Role] = Field(
        default_factory=list,
        max_length=len(Role),
        description="source: send inquiries. phone: ask what to do with callers. reader: read "
        "everything but secrets. monitor: read the metrics. agent: the work of customer "
        "service. salesperson: the same for inquiries of their teams, without merging. manager: "
        "agent, reader and the audit. admin: everything.",
        examples=[["source"]],
    )
    teams: list[Slug] = Field(
        default_factory=list,
        max_length=100,
        description="Only inquiries that these teams have now; none: of all teams. A salesperson "
        "without teams and owner sees none.",
        examples=[[]],
    )
    owner: Name | None = Field(
        None,
        description="The member of staff whose key it is, by name: also the inquiries that they "
        "have or are asked to take, and those of accounts where they have a role.",
        examples=[None],
    )
    sources: list[System] = Field(
        default_factory=list,
        max_length=100,
        description="For the role source: the values of `source.system` that it may send. `*` is "
        "any.",
        examples=[["website"]],
    )
    expires_at: Moment | None = Field(
        None, description="The end of its life; null for never.", examples=[None]
    )
    requests_a_minute: Annotated[int, Field(ge=1, le=1_000_000)] | None = Field(
        None, description="A limit of its own; null for the usual one.", examples=[None]
    )
    scopes: list[str] = Field(
        default_factory=list,
        max_length=4,
        description="Old way to say roles: intake, read, agent, admin.",
        json_schema_extra={"deprecated": True},
    )

    @model_validator(mode="after")
    def _has_roles(self) -> Self:
        unknown = set(self.scopes) - set(ROLES_OF_OLD_SCOPES)
        if unknown:
            raise ValueError(f"there is no scope '{sorted(unknown)[0]}': give 'roles' instead")
        if not self.roles and not self.scopes:
            raise ValueError(f"roles is empty: give at least one of {', '.join(Role)}")
        return self

    def values(self) -> dict[str, Any]:
        """Return the fields of a key."""
        roles = tuple(dict.fromkeys((*self.roles, *roles_of_old_scopes(self.scopes))))
        old = (ANY_SOURCE,) if "intake" in self.scopes and not self.sources else ()
        return {
            "name": self.name,
            "roles": roles,
            "teams": tuple(dict.fromkeys(self.teams)),
            "owner": self.owner,
            "sources": tuple(dict.fromkeys(self.sources)) or old,
            "expires_at": self.expires_at,
            "requests_a_minute": self.requests_a_minute,
        }


class ApiKeyIn(ApiKeyEntry):
    """A new key."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_FORM]})

    id: Annotated[str, StringConstraints(pattern=KEY_ID)] = Field(
        description="Part of the key, so that a leaked one can be identified; small letters, "
        "digits, dashes.",
        examples=["website"],
    )


class RotationIn(Document):
    """The time for which the present secret stays valid."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{}]})

    overlap_hours: Annotated[float, Field(ge=0, le=24 * 30, strict=True)] = Field(
        24, description="Hours for which the present secret stays valid too.", examples=[24]
    )


class ApiKeyOut(BaseModel):
    """A key without its secret."""

    id: str = Field(description="Its id.", examples=["website"])
    name: str = Field(description="Its user.", examples=["Contact form of the website"])
    roles: list[Role] = Field(description="What it is for.", examples=[["source"]])
    teams: list[str] = Field(description="The teams it is bound to; none: all.", examples=[[]])
    owner: str | None = Field(description="The owner it is bound to.", examples=[None])
    sources: list[str] = Field(description="The sources it is made for.", examples=[["website"]])
    requests_a_minute: int | None = Field(
        description="Its own limit; null for the usual one.", examples=[None]
    )
    state: str = Field(description="valid, expired or revoked.", examples=["valid"])
    created_at: datetime = Field(
        description="The time it was made.", examples=["2026-11-20T08:30:00.000Z"]
    )
    expires_at: datetime | None = Field(
        description="The end of its life; null for never.", examples=[None]
    )
    last_used_at: datetime | None = Field(
        description="Its last use, to the minute; null for never.", examples=[None]
    )
    previous_until: datetime | None = Field(
        description="After a rotation: the secret before it is valid until then.", examples=[None]
    )
    revoked_at: datetime | None = Field(
        description="The time it was revoked; null while it is not.", examples=[None]
    )


class NewApiKeyOut(ApiKeyOut):
    """A key with a new secret."""

    key: str = Field(
        description="The whole key; it is not kept and cannot be shown again.",
        examples=["irk_website_3fJ0bq0xkQ8m6cVgT2n5rY7uL1wZ4aXe9hDsPoKiMtE"],
    )


class ApiKeyList(BaseModel):
    """All keys."""

    items: list[ApiKeyOut]


class ActorOut(BaseModel):
    """An actor, and their rights."""

    id: str = Field(description="The id in the timeline and the audit.", examples=["website"])
    name: str = Field(description="For people.", examples=["Contact form of the website"])
    roles: list[Role] = Field(description="Their roles.", examples=[["source"]])
    scopes: list[str] = Field(
        description="What they may do; each operation names one in `x-required-scope`.",
        examples=[["intake", "self"]],
    )
    teams: list[str] = Field(description="Only inquiries of these; none: all.", examples=[[]])
    owner: str | None = Field(description="Also inquiries of this owner.", examples=[None])
    sources: list[str] = Field(description="The sources they are made for.", examples=[["website"]])


def key_json(key: ApiKey, last_used_at: datetime | None, now: datetime) -> dict[str, Any]:
    """Show a key without its secret."""
    shown = {name: getattr(key, name) for name in _SHOWN}
    lists = {name: list(getattr(key, name)) for name in _LISTS}
    times = {name: getattr(key, name) for name in _TIMES} | {"last_used_at": last_used_at}
    written = {name: format_time(moment) if moment else None for name, moment in times.items()}
    return {**shown, **lists, "state": key.state(now), **written}


def actor_json(actor: Actor) -> dict[str, Any]:
    """Show an actor."""
    return {
        "id": actor.id,
        "name": actor.name,
        "roles": list(actor.roles),
        "scopes": sorted(actor.scopes),
        "teams": list(actor.teams),
        "owner": actor.owner,
        "sources": list(actor.sources),
    }
