"""Read and replace configuration documents over HTTP, with ETags."""

import asyncio
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Header, Request, Response

from inquiry_router.api.web.routing import answer, etag, house, key_of, required_version
from inquiry_router.configuration.documents import DocumentKind, Documents, M
from inquiry_router.process.clock import utc_now

IfMatch = Annotated[
    str | None,
    Header(
        description="The ETag of the version that your change is based on.",
        openapi_examples={"first": {"value": '"1"'}},
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
    expected = required_version(if_match)
    service = house(request).configuration
    # A policy with many rules takes a while.
    documents = service.current.documents
    refuse(await asyncio.to_thread(documents.problems_with, kind, value))
    actor, now = key_of(request).id, utc_now()
    return await service.replace_document(kind, value, expected, actor, note, now)


def document_answer(documents: Documents, kind: DocumentKind[Any]) -> Response:
    """Answer with a document and its version as ETag."""
    return answer(documents[kind].model_dump(mode="json"), ETag=etag(documents.version(kind)))
