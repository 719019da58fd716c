"""The door for personal data: export and erasure of a person, and retention."""

from typing import Annotated, Any

from fastapi import Query, Request, Response

from inquiry_router.access.roles import Scope
from inquiry_router.api.doors.inquiries import IdempotencyKey, require_key
from inquiry_router.api.schemas.privacy import (
    ErasedCountList,
    ErasureIn,
    ErasureList,
    ErasureOut,
    ErasurePreviewOut,
    ExportOut,
    PastDueOut,
    PersonIn,
)
from inquiry_router.api.web.deadline import allow_long_work
from inquiry_router.api.web.documents import WITH_ETAG, IfMatchOrAny, document_answer, put_document
from inquiry_router.api.web.routing import Door, answer, etag, house, key_of
from inquiry_router.configuration.documents import RETENTION
from inquiry_router.configuration.retention import RetentionRules
from inquiry_router.inquiry.errors import Invalid
from inquiry_router.inquiry.rendering import format_time
from inquiry_router.privacy.exporting import as_csv
from inquiry_router.privacy.person import Person
from inquiry_router.privacy.service import Preview
from inquiry_router.privacy.store import Erasure
from inquiry_router.process.clock import utc_now

door = Door("Personal data")
_MAX_SHOWN = 200


@door.operation(
    "POST",
    "/privacy/export",
    scope=Scope.ADMIN,
    response_model=ExportOut,
    problems=(404,),
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
    summary="Export everything of a person",
)
async def export_person(
    request: Request,
    person: PersonIn,
    format: Annotated[  # noqa: A002 - the name is part of the address
        str, Query(pattern="^(json|csv)$", description="json, or csv: a line for each value.")
    ] = "json",
) -> Response:
    """Return everything that is stored of a person, with the reasons of automated decisions.

    Of inquiries with several people, only the person's own messages are shown. It takes seconds on
    a large database.
    """
    allow_long_work(request)
    found = await house(request).privacy.export(_person(person), person.confirmed)
    if format == "csv":
        return Response(as_csv(found), media_type="text/csv; charset=utf-8")
    return answer(found)


@door.operation(
    "POST",
    "/privacy/erasures/preview",
    scope=Scope.ADMIN,
    response_model=ErasurePreviewOut,
    problems=(404,),
    summary="See what an erasure would do",
)
async def preview_erasure(request: Request, person: PersonIn) -> Response:
    """Count what would go, list the candidates by name, and the copies in other systems."""
    allow_long_work(request)
    found = await house(request).privacy.preview(_person(person), person.confirmed)
    return answer(preview_json(found))


@door.operation(
    "POST",
    "/privacy/erasures",
    scope=Scope.ADMIN,
    response_model=ErasureOut,
    problems=(404, 409),
    summary="Erase a person",
)
async def erase_person(
    request: Request, person: ErasureIn, idempotency_key: IdempotencyKey = None
) -> Response:
    """Delete a person everywhere: inquiries, deliveries, dead letters, calls, files and lessons.

    It cannot be undone: see the preview first. A name alone deletes nothing until its candidates
    are confirmed. The answer comes when it is done; send it again if none comes. With the same
    `Idempotency-Key` the answer is the same record.
    """
    allow_long_work(request)
    done = await house(request).privacy.erase(
        _person(person),
        person.confirmed,
        key_of(request).id,
        utc_now(),
        key=require_key(idempotency_key),
        note=person.note,
    )
    if done.replayed:
        return answer(erasure_json(done), idempotent_replayed="true")
    return answer(erasure_json(done))


@door.operation(
    "GET",
    "/privacy/erasures",
    scope=Scope.ADMIN,
    response_model=ErasureList,
    summary="See the record of erasures",
)
async def list_erasures(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=500, description="The most to list.", examples=[50])] = 50,
) -> Response:
    """List erasures, the newest first: when, by whom, how much, never of whom."""
    found = await house(request).privacy.list_erasures(limit)
    return answer({"items": [erasure_json(one) for one in found]})


@door.operation(
    "GET",
    "/privacy/counts",
    scope=Scope.READ,
    response_model=ErasedCountList,
    summary="See the counts of deleted inquiries",
)
async def list_erased_counts(request: Request) -> Response:
    """List how many inquiries were deleted, by month, channel, language, category and team."""
    return answer({"items": await house(request).privacy.list_counts()})


@door.operation(
    "GET",
    "/privacy/retention",
    scope=Scope.ADMIN,
    response_model=RetentionRules,
    responses=WITH_ETAG,
    summary="See how long data are kept",
)
async def read_retention(request: Request) -> Response:
    """Show the days for which each class of data is kept."""
    return document_answer(house(request).configuration.current.documents, RETENTION)


@door.operation(
    "PUT",
    "/privacy/retention",
    scope=Scope.ADMIN,
    response_model=RetentionRules,
    responses=WITH_ETAG,
    problems=(412, 428),
    summary="Change how long data are kept",
)
async def replace_retention(
    request: Request, rules: RetentionRules, if_match: IfMatchOrAny = None
) -> Response:
    """Replace the rules. What is past due goes within an hour; see the preview first."""
    version = await put_document(request, RETENTION, rules, if_match, refuse=lambda problems: None)
    return answer(rules.model_dump(mode="json"), ETag=etag(version))


@door.operation(
    "POST",
    "/privacy/retention/preview",
    scope=Scope.ADMIN,
    response_model=PastDueOut,
    summary="See what rules would delete now",
)
async def preview_retention(request: Request, rules: RetentionRules) -> Response:
    """Count what would be deleted now if these rules were in force. Changes nothing."""
    allow_long_work(request)
    return answer({"counts": await house(request).retainer.count_past_due(rules)})


@door.operation(
    "POST",
    "/privacy/retention/runs",
    scope=Scope.ADMIN,
    response_model=PastDueOut,
    summary="Delete what is past due now",
)
async def run_retention(request: Request) -> Response:
    """Delete now what the rules in force do not keep, instead of within the hour."""
    allow_long_work(request)
    return answer({"counts": await house(request).retainer.delete_past_due()})


def _person(given: PersonIn) -> Person:
    """Read the values of a person. Raises `Invalid`."""
    try:
        person = Person.named(given.emails, given.phones, given.names)
    except ValueError as error:
        raise Invalid(f"The person cannot be looked for: {error}.") from None
    if not person.kinds:
        raise Invalid("No value names a person.", hint="Give emails, phones or names.")
    return person


def preview_json(preview: Preview) -> dict[str, Any]:
    """Render the preview of an erasure."""
    found = preview.found
    also = {tuple(sorted(contact.items())): contact for contact in found.also}
    return {
        "counts": preview.counts,
        "inquiries": found.inquiry_ids[:_MAX_SHOWN],
        "candidates": [
            {
                "id": row.id,
                "reference": row.reference,
                "received_at": format_time(row.received_at),
                "name": row.contact_name,
                "email": row.contact_email,
                "phone": row.contact_phone,
                "company": row.contact_company,
            }
            for row in found.candidates
        ],
        "also": list(also.values())[:_MAX_SHOWN],
        "elsewhere": preview.elsewhere,
    }


def erasure_json(erasure: Erasure) -> dict[str, Any]:
    """Render a recorded erasure."""
    return {
        "id": erasure.id,
        "started_at": format_time(erasure.started_at),
        "finished_at": format_time(erasure.finished_at),
        "actor": erasure.actor,
        "given": list(erasure.given),
        "counts": erasure.counts,
        "note": erasure.note,
    }
