"""START HERE. Reading a mail: what the customer asks now, what was cut, who wrote it, whether a person did."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from inquiry_router.inquiry.model import Contact
from inquiry_router.intake.mail.automatic import automatic_kind
from inquiry_router.intake.mail.footers import mark_footers
from inquiry_router.intake.mail.forwarding import forwarder, points_below, says_nothing
from inquiry_router.intake.mail.header_blocks import HeaderBlock, parse_mailbox
from inquiry_router.intake.mail.html import html_to_text
from inquiry_router.intake.mail.lines import MailLines, split_lines
from inquiry_router.intake.mail.model import ParsedMail
from inquiry_router.intake.mail.quotes import Quote, next_opening
from inquiry_router.intake.mail.signatures import mark_signature
from inquiry_router.intake.mail.subjects import is_forward, is_reply, without_prefix

# A mail forwarded more often is read as far as that.
_DEEPEST: Final = 6
# Some programs send a text that says nothing but that the mail is HTML.
_STUB: Final = 300
# A colleague's note is short; who writes more above a forwarded mail is the customer himself, showing what he got.
_LONGEST_NOTE: Final = 40
# An automatic mail says so in its first lines.
_BEGINNING: Final = 20
_WORD: Final = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True)
class _Found:
    sender: Contact | None = None
    forwarded_by: Contact | None = None


def parse_mail(
    subject: str | None,
    text: str,
    html: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> ParsedMail:
    """Read a mail. Pure; any input is read in bounded time, and a letter of which nothing would be left is kept whole.

    `html` is read where `text` is blank or only says that the mail is HTML. `headers` are those of the mail, under any case.
    """
    body = _body(text, html)
    mail = split_lines(body)
    automatic = automatic_kind(subject, " ".join(mail.folded[:_BEGINNING]), headers)
    if len(mail.lines) == 1:
        return ParsedMail(body, automatic=automatic)
    found = _read(mail, 0, len(mail.lines), subject or "", _header_from(headers), _DEEPEST)
    kept = mail.text()
    if not any(mail.marks) or not _WORD.search(kept):
        return ParsedMail(body, automatic=automatic)
    return ParsedMail(kept, mail.cuts(), found.sender, found.forwarded_by, automatic)


def _body(text: str, html: str | None) -> str:
    if not html or (text.strip() and not (len(text) < _STUB and "html" in text.lower())):
        return text
    return html_to_text(html) or text


def _header_from(headers: Mapping[str, str] | None) -> Contact | None:
    return next(
        (parse_mailbox(value) for name, value in (headers or {}).items() if name.lower() == "from"), None
    )


def _read(
    mail: MailLines, start: int, end: int, subject: str, header_from: Contact | None, depth: int
) -> _Found:
    """Mark what is to be cut of the letter in these lines, which may hold the letter that was forwarded with it."""
    forward, expected = is_forward(subject), is_forward(subject) or is_reply(subject)
    written: list[tuple[int, int]] = []
    quotes: list[HeaderBlock | Quote] = []
    at, levels = start, 0
    while (opening := next_opening(mail, at, end, expected)) is not None:
        written.append((at, opening.start))
        if isinstance(opening, HeaderBlock):
            if depth and (forward or opening.forwarded or not _stands_alone(mail, written)):
                return _forwarded(mail, written, opening, end, subject, header_from, depth)
            mail.mark(opening.start, end, "quote")
            at = end
        elif forward:
            # Some programs forward with `>` before every line, the headers too: read on what stands behind them.
            mail.unquote(opening.body, opening.end)
            levels += 1
            at = opening.body if levels < _DEEPEST else opening.end
        else:
            mail.mark(opening.start, opening.end, "quote")
            at = opening.end
        quotes.append(opening)
    written.append((at, end))
    _mark_endings(mail, written)
    if depth and not forward and quotes and not _stands_alone(mail, written):
        _keep_quote(mail, quotes[0], subject, depth)
    return _Found()


def _forwarded(
    mail: MailLines,
    written: list[tuple[int, int]],
    header_block: HeaderBlock,
    end: int,
    subject: str,
    header_from: Contact | None,
    depth: int,
) -> _Found:
    """Read the mail below the header_block; the words above it stay, for they may decide."""
    mail.mark(header_block.start, header_block.end, "forward_header")
    start = written[0][0]
    bare = says_nothing(mail, start, header_block.start)
    passed_on = forwarder(mail, start, header_block.start, header_block, header_from)
    _mark_endings(mail, written)
    first = mail.next_said(header_block.end, end)
    if first < end and mail.folded[first][0] == ">":
        mail.unquote(first, end)
    inner = (
        header_block.subject
        if header_block.subject is not None
        else subject
        if bare
        else without_prefix(subject)
    )
    found = _read(mail, header_block.end, end, inner, None, depth - 1)
    replied = is_reply(subject) and not header_block.forwarded
    if replied or len(mail.words(start, header_block.start).split()) > _LONGEST_NOTE:
        return _Found()
    if found.sender is None:
        return _Found(header_block.sender, passed_on)
    return _Found(found.sender, passed_on or header_block.sender or found.forwarded_by)


def _stands_alone(mail: MailLines, written: list[tuple[int, int]]) -> bool:
    """Whether the customer's own lines say what he wants without the quote."""
    return not all(points_below(mail, *lines) for lines in written)


def _mark_endings(mail: MailLines, written: list[tuple[int, int]]) -> None:
    for lines in written:
        mark_footers(mail, *lines)
        mark_signature(mail, *lines)


def _keep_quote(mail: MailLines, quote: HeaderBlock | Quote, subject: str, depth: int) -> None:
    """Keep what was quoted, one level of it: the request is there."""
    if isinstance(quote, Quote):
        mail.unquote(quote.body, quote.end)
        _read(mail, quote.body, quote.end, without_prefix(subject), None, depth - 1)
