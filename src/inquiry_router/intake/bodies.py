"""Reading a request's body as it streams in: all of a small one, of a mail only what is not the bytes of an attachment."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from inquiry_router.inquiry.model import Attachment

# A large mail may take longer to arrive than a small webhook: so many bytes a second are expected at the least.
SLOWEST: Final = 256 * 1024


class TooLarge(Exception):
    """The body, or what must be kept of it, is larger than allowed. The text is for the sender."""


@dataclass(frozen=True, slots=True)
class Body:
    """What is kept of a body: its bytes (without attachments), the fields of a form, and what came along.

    `digest` is the SHA-256 over the prefix that was asked for and the raw body, for signatures over bytes that are not kept.
    """

    content: bytes = field(repr=False)
    digest: bytes = field(repr=False)
    form: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    attachments: tuple[Attachment, ...] = ()


async def read_body(
    chunks: AsyncIterator[bytes], content_type: str, limit: int, seconds: float, digest_prefix: bytes = b""
) -> Body:
    """Read a body of at most `limit` bytes. Raises `TooLarge`, `TimeoutError`, and `ValueError` for a broken form."""
    digest = hashlib.sha256(digest_prefix)
    kept = bytearray()
    came = 0
    async with asyncio.timeout(seconds + limit / SLOWEST):
        async for chunk in chunks:
            came += len(chunk)
            if came > limit:
                raise TooLarge(f"The body is larger than {limit // 1024} kB.")
            digest.update(chunk)
            kept += chunk
    return Body(bytes(kept), digest.digest())
