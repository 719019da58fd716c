"""The audit over HTTP: who did what, and if the record is whole."""

import json
from datetime import datetime
from typing import Annotated, Any

from fastapi import Query, Request, Response
from pydantic import BaseModel, Field, StringConstraints

from inquiry_router.access.roles import Scope
from inquiry_router.api.web.routing import Door, answer, house
from inquiry_router.audit.store import AuditFilters
from inquiry_router.inquiry.rendering import format_time
from inquiry_router.routing.fields import Moment

door = Door("Audit")

Named = Annotated[str, StringConstraints(min_length=1, max_length=160)]


class AuditParameters(BaseModel):
    """The filters of the audit, as parameters of the query."""

    actor: Named | None = Field(None, description="Only acts of this key or person.")
    operation: Named | None = Field(
        None, description="Only this operation, by its id in this document."
    )
    object: Named | None = Field(
        None, description="Only acts on this, such as `key:website` or `inquiry:` and its id."
    )
    since: Moment | None = Field(None, description="At or after this moment, with time zone.")
    until: Moment | None = Field(None, description="Before this moment, with time zone.")
    before: int | None = Field(
        None, ge=1, le=2**53, description="`next_before` of the page before."
    )
    limit: int = Field(50, ge=1, le=500, description="How many.")


class AuditEntryOut(BaseModel):
    """One act."""

    number: int = Field(description="Its number; there are no gaps.", examples=[214])
    at: datetime = Field(description="The time of it.", examples=["2026-11-20T08:30:00.000Z"])
    actor: str = Field(description="The key or person.", examples=["admin"])
    operation: str = Field(description="The operation.", examples=["change_api_key"])
    object: str = Field(description="The object, or empty.", examples=["key:website"])
    address: str = Field(description="The address of the client.", examples=["192.0.2.7"])
    request_id: str = Field(
        description="Find it in the log by this.", examples=["0198c0de-7b1e-7cc3-98c4-dc0c0c07398f"]
    )
    changes: dict[str, Any] = Field(
        description="By name, the value before and after; empty where nothing was changed. Secrets "
        "and words of customers are never in it.",
        examples=[{"api_keys.website.roles": [["source"], ["source", "phone"]]}],
    )
    hash: str = Field(description="Covers this entry and all before it.", examples=["9f2c" * 16])


class AuditPage(BaseModel):
    """Acts, the newest first."""

    items: list[AuditEntryOut]
    next_before: int | None = Field(
        description="Send it as `before` for older ones; null at the end.", examples=[None]
    )


class AuditVerdict(BaseModel):
    """The outcome of a verification."""

    whole: bool = Field(description="False if anything was changed or taken out.", examples=[True])
    problem: str | None = Field(description="The first fault.", examples=[None])
    entries: int = Field(description="The number of entries that are right.", examples=[214])
    first: int | None = Field(description="The number of the first one.", examples=[1])
    last: int = Field(description="The number of the last one.", examples=[214])
    hash: str = Field(
        description="The hash of the last one. Keep it elsewhere: `audit verify --expect` compares "
        "it.",
        examples=["9f2c" * 16],
    )


@door.operation(
    "GET",
    "/audit",
    scope=Scope.AUDIT,
    response_model=AuditPage,
    summary="See who did what",
)
async def list_audit(request: Request, asked: Annotated[AuditParameters, Query()]) -> Response:
    """List the acts of admins, managers and agents, the newest first, with before and after."""
    filters = AuditFilters(
        asked.actor, asked.operation, asked.object, asked.since, asked.until, asked.before
    )
    rows = await house(request).audit.list_entries(filters, asked.limit + 1)
    items = [
        {
            "number": row.number,
            "at": format_time(row.at),
            "actor": row.actor,
            "operation": row.operation,
            "object": row.object,
            "address": row.address,
            "request_id": row.request_id,
            "changes": json.loads(row.changes),
            "hash": row.hash,
        }
        for row in rows[: asked.limit]
    ]
    more = len(rows) > asked.limit
    return answer({"items": items, "next_before": items[-1]["number"] if more else None})


@door.operation(
    "GET",
    "/audit/verification",
    scope=Scope.AUDIT,
    response_model=AuditVerdict,
    summary="Check that nobody changed the record",
)
async def verify_audit(request: Request) -> Response:
    """Follow the chain of hashes from its beginning, or its last signed checkpoint, to its end."""
    verdict = await house(request).audit.verify()
    return answer(
        {
            "whole": verdict.problem is None,
            "problem": verdict.problem,
            "entries": verdict.count,
            "first": verdict.first,
            "last": verdict.last.number,
            "hash": verdict.last.hash,
        }
    )
