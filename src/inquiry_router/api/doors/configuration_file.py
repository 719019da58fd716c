"""The door for the whole configuration: read it, try another one, put it in force."""

from typing import Annotated, Any

from fastapi import Query, Request, Response
from pydantic import BaseModel, Field

from inquiry_router.access.roles import Scope
from inquiry_router.api.web.deadline import allow_long_work
from inquiry_router.api.web.documents import WITH_ETAG, IfMatchOrAny
from inquiry_router.api.web.problems import MAX_FIELDS, listed
from inquiry_router.api.web.routing import Door, answer, etag, house, key_of, required_version
from inquiry_router.audit.changes import find_changes
from inquiry_router.configuration.documents import OWN_CATEGORIES, OWN_INTENTS, POLICY, TEAMS
from inquiry_router.configuration.importing import ImportPlan, changed_kinds, plan_import
from inquiry_router.configuration.yaml_file import FILE_MODEL, as_data, default_file
from inquiry_router.inquiry.errors import Invalid, PreconditionFailed
from inquiry_router.process.clock import utc_now
from inquiry_router.sources.importing import import_configuration

door = Door("Configuration")

_SHIPPED = default_file()
_EXAMPLE = {
    "teams": TEAMS.exported(_SHIPPED.documents[TEAMS]),
    "policy": POLICY.exported(_SHIPPED.documents[POLICY]),
}


class ConfigurationOut(FILE_MODEL):
    """The whole configuration. A secret is there by its name only: `${sources.desk.secret}`."""


class ConfigurationIn(FILE_MODEL):
    """A configuration to put in force. A part that is left out stays as it is."""

    secrets: dict[str, str] = Field(
        default_factory=dict,
        description="Values of secrets by the names that stand in their place. A secret without a "
        "value keeps the stored one.",
        examples=[{"sources.desk.secret": "the secret of the vendor"}],
    )


class SettingChange(BaseModel):
    """One value that changes."""

    path: str = Field(
        description="The place of the value.", examples=["policy.rules.other.then.priority"]
    )
    before: Any = Field(description="The present value; null if there is none.", examples=["low"])
    after: Any = Field(description="The new value; null if it goes.", examples=["normal"])


class ImportOut(BaseModel):
    """The result of an import, or of a dry run."""

    applied: bool = Field(description="True if the changes are in force.", examples=[True])
    problems: list[str] = Field(
        description="Everything that the import would refuse; only a dry run has any.",
        examples=[[]],
    )
    changes: list[SettingChange] = Field(description="Everything that changes, old and new.")
    new_secrets: list[str] = Field(description="Names of secrets that change.", examples=[[]])
    new_addresses: list[str] = Field(
        description="Sources that get another address: GET /v1/sources/{id}/setup shows it.",
        examples=[["desk"]],
    )


@door.operation(
    "GET",
    "/configuration",
    scope=Scope.READ,
    response_model=ConfigurationOut,
    responses=WITH_ETAG,
    summary="Export the configuration",
)
async def export_configuration(request: Request) -> Response:
    """Show teams, policy, categories, intents, phone, sources and destinations in one answer.

    It can be edited and put in force here or in another installation. API keys are not part of it.
    """
    rooms = house(request)
    await rooms.configuration.load()
    configuration = rooms.configuration.current
    return answer(as_data(configuration), ETag=etag(configuration.revision))


@door.operation(
    "PUT",
    "/configuration",
    scope=Scope.ADMIN,
    response_model=ImportOut,
    responses=WITH_ETAG,
    problems=(412, 428),
    summary="Import a configuration",
    openapi_extra={"requestBody": {"content": {"application/json": {"example": _EXAMPLE}}}},
)
async def replace_configuration(
    request: Request,
    file: ConfigurationIn,
    dry_run: Annotated[
        bool, Query(description="True to only find problems and changes. Needs no If-Match.")
    ] = False,
    if_match: IfMatchOrAny = None,
) -> Response:
    """Put a configuration in force, or none of it if there is any problem.

    Sources and destinations that it does not name stay. The company's own categories and intents
    are taught at once.
    """
    allow_long_work(request)
    rooms = house(request)
    if not dry_run:
        await rooms.configuration.load()
        expected = required_version(if_match, rooms.configuration.current.revision)
        if rooms.configuration.current.revision != expected:
            raise PreconditionFailed()
    now, present = utc_now(), rooms.configuration.current
    plan = plan_import(
        present, file, file.secrets, rooms.reach, now, rooms.office().colleagues.by_id
    )
    if dry_run:
        return answer(_shown(plan, applied=False))
    if plan.problems:
        fields = [
            {"field": one.partition(": ")[0], "message": one.partition(": ")[2]}
            for one in plan.problems[:MAX_FIELDS]
        ]
        raise Invalid(listed(list(plan.problems), separator="; "), errors=fields)
    if POLICY in changed_kinds(plan.before.documents, plan.after.documents):
        policy = plan.after.documents[POLICY]
        await rooms.policies.require_golden(policy, now, plan.after)
    if plan.changes_anything:
        actor = key_of(request).id
        await rooms.configuration.change(
            lambda connection: import_configuration(connection, plan, actor, now)
        )
        kinds = changed_kinds(plan.before.documents, plan.after.documents)
        await rooms.learning.teach_imported(
            categories=OWN_CATEGORIES in kinds, intents=OWN_INTENTS in kinds, actor=actor, now=now
        )
    revision = rooms.configuration.current.revision
    return answer(_shown(plan, applied=True), ETag=etag(revision))


def _shown(plan: ImportPlan, *, applied: bool) -> dict[str, Any]:
    changes = find_changes(as_data(plan.before), as_data(plan.after))
    return {
        "applied": applied,
        "problems": list(plan.problems),
        "changes": [
            {"path": path, "before": before, "after": after}
            for path, (before, after) in changes.items()
        ],
        "new_secrets": list(plan.new_secrets),
        "new_addresses": list(plan.new_tokens),
    }
