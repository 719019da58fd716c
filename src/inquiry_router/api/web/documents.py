"""Read and replace configuration documents over HTTP, with ETags.

Whoever reads something, edits the answer and sends it back need not take read-only fields out:
those are accepted as long as they are unchanged.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import Header, Request, Response
from pydantic import BaseModel

from inquiry_router.api.web.routing import answer, etag, house, key_of, required_version
from inquiry_router.configuration.documents import DocumentKind, Documents, M
from inquiry_router.inquiry.errors import Invalid
from inquiry_router.process.clock import utc_now

IfMatch = Annotated[
    str | None,
    Header(
        description="The ETag of the version that your change is based on.",
        openapi_examples={"first": {"value": '"1"'}},
    ),
]
IfMatchOrAny = Annotated[
    str | None,
    Header(
        description="The ETag of the version that your change is based on; `*` for any.",
        openapi_examples={"any": {"value": "*"}},
    ),
]
_ETAG = {
    "description": "The present version; send it back in If-Match.",
    "schema": {"type": "string"},
    "example": '"1"',
}
WITH_ETAG: dict[int | str, dict[str, Any]] = {200: {"headers": {"ETag": _ETAG}}}


async def put_document(
    request: Request,
    kind: DocumentKind[M],
    value: M,
    if_match: str | None,
    note: str | None = None,
    *,
    refuse: Callable[[list[str]], None],
) -> int:
    """Put a new version of a document in force. Returns its version.

    `refuse` raises the answer to problems, if there are any.
    """
    service = house(request).configuration
    expected = required_version(if_match, service.current.documents.version(kind))
    # A policy with many rules takes a while.
    documents = service.current.documents
    refuse(await asyncio.to_thread(documents.problems_with, kind, value))
    actor, now = key_of(request).id, utc_now()
    return await service.replace_document(kind, value, expected, actor, note, now)


def refuse_read_only(sent: BaseModel, shown: Mapping[str, Any], *names: str) -> None:
    """Refuse a body in which one of these read-only fields differs from what is shown.

    Raises `Invalid`.
    """
    changed = [
        name
        for name in names
        if name in sent.model_fields_set and getattr(sent, name) != shown[name]
    ]
    if changed:
        errors = [
            {
                "field": name,
                "message": f"is read-only: leave it out, or send it as it is: {shown[name]}",
            }
            for name in changed
        ]
        raise Invalid(f"{', '.join(changed)}: read-only fields cannot be changed", errors=errors)


def document_answer(documents: Documents, kind: DocumentKind[Any]) -> Response:
    """Answer with a document and its version as ETag."""
    return answer(documents[kind].model_dump(mode="json"), ETag=etag(documents.version(kind)))
