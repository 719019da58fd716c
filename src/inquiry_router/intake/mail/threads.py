"""The place of a mail in its thread, by the headers of RFC 5322, section 3.6.4."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from inquiry_router.inquiry.model import MailThread

_MAX_ID_CHARS: Final = 190
_MAX_REPLIES: Final = 20
_ID: Final = re.compile(r"<([^<>\s]+)>")


def read_thread(headers: Mapping[str, str]) -> MailThread:
    """Read the thread of a mail from its headers, by names in lower case."""
    mail_id = next(iter(_ids_in(headers.get("message-id", ""))), None)
    # The last of the references is the nearest.
    replies = [
        *_ids_in(headers.get("in-reply-to", "")),
        *reversed(_ids_in(headers.get("references", ""))),
    ]
    return thread_of(mail_id, replies)


def thread_of(mail_id: str | None, replies_to: Iterable[str]) -> MailThread:
    """Make the thread of a mail; ids may have their angle brackets, the nearest reply first."""
    own = _bare(mail_id or "")
    nearest = dict.fromkeys(bare for one in replies_to if (bare := _bare(one)) and bare != own)
    return MailThread(own or None, tuple(nearest)[:_MAX_REPLIES])


def _ids_in(header: str) -> list[str]:
    return _ID.findall(header) or header.split()[:1]


def _bare(mail_id: str) -> str:
    bare = mail_id.strip().strip("<>").strip()
    return bare if len(bare) <= _MAX_ID_CHARS else ""
