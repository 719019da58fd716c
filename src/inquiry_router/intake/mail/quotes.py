"""Find quoted mail: `>` lines, and text below a line such as "On Monday Anna wrote:"."""

import re
from dataclasses import dataclass
from typing import Final

from inquiry_router.intake.mail.attributions import (
    Attribution,
    is_attribution_above,
    is_reply_marker,
    read_attribution,
)
from inquiry_router.intake.mail.header_blocks import HeaderBlock, read_header_block
from inquiry_router.intake.mail.lines import MailLines

_QUANTITY: Final = re.compile(r">+\s*\d")


@dataclass(frozen=True, slots=True)
class Quote:
    """A quoted mail, up to before `end`.

    The line that names the writer begins at `start`, the quoted text at `body`.
    """

    start: int
    body: int
    end: int
    attribution: Attribution | None = None


def next_opening(
    mail: MailLines, start: int, end: int, expected: bool
) -> HeaderBlock | Quote | None:
    """Return the first header block or quote in these lines.

    `expected` is True if the subject is one of a reply or a forwarded mail.
    """
    for at in range(start, end):
        line = mail.folded[at]
        if not line:
            continue
        found: HeaderBlock | Quote | None = _opening(mail, at, start, end, expected)
        if found is not None:
            return found
    return None


def end_of_quote(mail: MailLines, body: int, end: int) -> int:
    """Return the end of the quote whose first line is `body`.

    It ends after its `>` lines; a quote without them ends with the mail.
    """
    first = mail.next_nonblank(body, end)
    if first >= end or mail.folded[first][0] != ">":
        return end
    last = at = first
    while at < end and (not mail.folded[at] or mail.folded[at][0] == ">"):
        if mail.folded[at]:
            last = at
        at += 1
    return last + 1


def _opening(
    mail: MailLines, at: int, start: int, end: int, expected: bool
) -> HeaderBlock | Quote | None:
    line = mail.folded[at]
    if line[0] == ">":
        block = read_header_block(mail, at, end, expected) if expected else None
        return block or _marked_quote(mail, at, start, end, expected)
    if is_reply_marker(line):
        return Quote(at, at + 1, end)
    return read_header_block(mail, at, end, expected) or _attributed_quote(
        mail, at, start, end, expected
    )


def _attributed_quote(
    mail: MailLines, at: int, start: int, end: int, expected: bool
) -> Quote | None:
    """Return the quote below an attribution that begins here.

    Nothing of a mail that is no reply is a quote, unless the attribution names an address, or `>`
    lines follow it, and there are words above it.
    """
    found = read_attribution(mail, at, end)
    if found is None:
        return None
    body = mail.next_nonblank(found.end, end)
    marked = body < end and mail.folded[body][0] == ">"
    sure = not found.passed_on and (found.addressed or marked) and bool(mail.kept(start, at))
    if found.passed_on and not expected:
        return None
    if expected or sure:
        return Quote(at, found.end, end_of_quote(mail, found.end, end), found)
    return None


def _marked_quote(mail: MailLines, at: int, start: int, end: int, expected: bool) -> Quote | None:
    """Return the `>` lines from here as a quote, with the attribution above them.

    One line alone may be "> 20 kg".
    """
    if not expected:
        return None
    after = end_of_quote(mail, at, end)
    above = at - 1
    while above >= start and not mail.folded[above]:
        above -= 1
    if above >= start and is_attribution_above(mail.folded[above]):
        return Quote(above, at, after)
    if after - at > 1 or not _QUANTITY.match(mail.folded[at]):
        return Quote(at, at, after)
    return None
