"""Mailboxes that are sent as a baseline: kept in a file, and read in the background."""

import asyncio
from functools import partial
from typing import Any, Final

from fastapi import Request, Response
from sqlalchemy import Row

from inquiry_router.api.web.deadline import allow_long_work
from inquiry_router.api.web.routing import answer, body_parts, house, key_of, path_here
from inquiry_router.inquiry.errors import BodyTooLarge, Conflict, Invalid, TooSlow, Unavailable
from inquiry_router.inquiry.rendering import format_time
from inquiry_router.process.clock import utc_now
from inquiry_router.process.ids import new_id
from inquiry_router.relief import mailbox_store as store
from inquiry_router.relief.baseline_files import digest_of
from inquiry_router.relief.mail_reading import begins_like_mailbox
from inquiry_router.relief.mailbox_folder import MailboxFolder
from inquiry_router.relief.mailbox_order import MailboxOrder

KINDS: Final = ("application/mbox", "application/zip", "application/x-zip-compressed")
MAX_BYTES: Final = 2 * 1024 * 1024 * 1024
_UPLOAD_S: Final = 3600.0
_COMMAND: Final = "inquiry-router baseline FILE --own-domain ... --url ..."


async def take_mailbox(request: Request, order: MailboxOrder) -> Response:
    """Keep a mailbox in a file, and answer where its progress is seen."""
    rooms, reading_id = house(request), new_id()
    folder = rooms.mailbox_reader.folder
    await _receive(request, folder, reading_id)
    allow_long_work(request)
    choices = (order.person, order.domains, order.zone)
    digest = await asyncio.to_thread(digest_of, folder.path(reading_id), *choices)
    begin = partial(
        store.begin_reading,
        reading_id=reading_id,
        order=order,
        digest=digest,
        actor=key_of(request).id,
        now=utc_now(),
    )
    try:
        made = await rooms.database.write(begin)
    except Conflict:
        folder.remove(reading_id)
        raise
    if made != reading_id:  # the same mailbox is being read already
        folder.remove(reading_id)
    rooms.mailbox_reader.wake()
    row = await rooms.database.read(partial(store.find_unfinished, reading_id=made))
    if row is None:
        raise Unavailable()
    location = path_here(request, f"/v1/baselines/{made}")
    return answer(reading_json(row), 202, location=location)


def reading_json(row: Row[Any]) -> dict[str, Any]:
    """Render a mailbox that is being read, or could not be."""
    return {
        "id": row.id,
        "kind": row.kind,
        "state": row.state,
        "name": row.name,
        "at": format_time(row.at),
        "actor": row.actor,
        "done": row.place,
        "mails": row.known.get("mails"),
        "problem": row.known.get("problem"),
    }


async def _receive(request: Request, folder: MailboxFolder, reading_id: str) -> None:
    """Write the body to the folder as it comes. Raises `RouterError` with the cure."""
    try:
        async with asyncio.timeout(_UPLOAD_S):
            with folder.receive(reading_id) as file:
                begin = b""
                async for part in body_parts(request, MAX_BYTES):
                    if len(begin) < 5:
                        begin += part[:5]
                        _require_mailbox(begin)
                    await asyncio.to_thread(folder.write, file, part)
                if len(begin) < 5:
                    raise _not_a_mailbox()
    except BodyTooLarge:
        raise BodyTooLarge(
            hint=f"2 GB are read here: cut the mailbox by year, or use the command {_COMMAND}, "
            "which reads files of any size. Nothing was stored."
        ) from None
    except TimeoutError:
        raise TooSlow(hint=f"An upload takes an hour at most; use the command {_COMMAND}") from None
    except OSError as error:
        raise Unavailable(
            f"The mailbox cannot be kept: {error.strerror}.",
            hint="Look at the folder INQUIRY_ROUTER_PHONE_DIR, or use the command: " + _COMMAND,
        ) from None


def _require_mailbox(begin: bytes) -> None:
    if len(begin) >= 5 and not begins_like_mailbox(begin):
        raise _not_a_mailbox()


def _not_a_mailbox() -> Invalid:
    return Invalid(
        "The body is no mailbox: an mbox file begins with 'From ', and a zip with 'PK'.",
        hint="Export the mailbox as mbox, or put its .eml files into a zip; send it unchanged, "
        "with curl: --data-binary @jan.mbox. Nothing was stored.",
    )
