"""START HERE. Parse a mail: the question, the cut pieces, the writer, automatic or not."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from inquiry_router.inquiry.model import Contact
from inquiry_router.intake.mail.automatic import automatic_kind
from inquiry_router.intake.mail.footers import mark_footers
from inquiry_router.intake.mail.forms import mark_form
from inquiry_router.intake.mail.forwarding import find_forwarder, is_empty_note, refers_to_quote
from inquiry_router.intake.mail.header_blocks import HeaderBlock, parse_mailbox
from inquiry_router.intake.mail.lines import MailLines, split_lines
from inquiry_router.intake.mail.model import ParsedMail
from inquiry_router.intake.mail.quotes import Quote, next_opening
from inquiry_router.intake.mail.signatures import mark_signature
from inquiry_router.text.folding import fold
from inquiry_router.text.subject_prefixes import is_forward, is_reply, without_prefix

# A mail that was forwarded more often is read to this depth.
_MAX_DEPTH: Final = 6
# A colleague's note is short. A longer text above a forwarded mail is the customer's own, who shows
# the mail that they received.
_MAX_NOTE_WORDS: Final = 40
# Automatic mail is recognised by its first lines.
_BEGINNING_LINES: Final = 20
_WORD: Final = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True)
class _Writers:
    sender: Contact | None = None
    forwarded_by: Contact | None = None


def parse_mail(
    subject: str | None,
    text: str,
    headers: Mapping[str, str] | None = None,
    *,
    keeps_quotes: bool = True,
) -> ParsedMail:
    """Parse a mail. Pure; takes bounded time for any input.

    `headers` are those of the mail, their names in any case. A mail of which nothing would be left
    is kept whole.
    `keeps_quotes`: what a short answer refers to, or what was forwarded, is kept.
    """
    mail = split_lines(text)
    beginning = " ".join(mail.folded[:_BEGINNING_LINES])
    automatic = automatic_kind(subject, beginning, headers)
    if len(mail.lines) == 1:
        return ParsedMail(text, automatic=automatic)
    form = None if _is_expected(subject or "") else mark_form(mail, fold(subject or ""))
    if form is not None:
        _mark_endings(mail, [(0, len(mail.lines))])
        found = _Writers()
    else:
        depth = _MAX_DEPTH if keeps_quotes else 0
        found = _mark_cuts(mail, 0, len(mail.lines), subject or "", _header_from(headers), depth)
    kept = mail.text()
    if not any(mail.marks) or not _WORD.search(kept):
        return ParsedMail(text, automatic=automatic, form=form)
    return ParsedMail(kept, mail.cuts(), found.sender, found.forwarded_by, automatic, form)


def _is_expected(subject: str) -> bool:
    return is_forward(subject) or is_reply(subject)


def _header_from(headers: Mapping[str, str] | None) -> Contact | None:
    values = (value for name, value in (headers or {}).items() if name.lower() == "from")
    return parse_mailbox(next(values, None))


def _mark_cuts(
    mail: MailLines,
    start: int,
    end: int,
    subject: str,
    header_from: Contact | None,
    depth: int,
    *,
    quoted: bool = False,
) -> _Writers:
    """Mark the lines of a mail that are cut.

    The lines may hold another mail that was forwarded with it. `quoted`: they are themselves a
    quote, so that there may be another one in them.
    """
    forward, expected = is_forward(subject), quoted or _is_expected(subject)
    written: list[tuple[int, int]] = []
    quotes: list[HeaderBlock | Quote] = []
    at, levels = start, 0
    while (opening := next_opening(mail, at, end, expected)) is not None:
        written.append((at, opening.start))
        if depth and forward and isinstance(opening, Quote):
            opening = _as_header_block(opening) or opening
        if isinstance(opening, HeaderBlock):
            if depth and (forward or not _is_answered(mail, written, opening, expected)):
                return _forwarded(mail, written, opening, end, subject, header_from, depth)
            mail.mark(opening.start, end, "quote")
            at = end
        elif forward:
            # Some programs forward with `>` before every line, the headers too.
            mail.unquote(opening.body, opening.end)
            levels += 1
            at = opening.body if levels < _MAX_DEPTH else opening.end
        else:
            mail.mark(opening.start, opening.end, "quote")
            at = opening.end
        quotes.append(opening)
    written.append((at, end))
    _mark_endings(mail, written)
    if depth and not forward and quotes and not _stands_alone(mail, written):
        _keep_quote(mail, quotes[0], subject, depth)
    return _Writers()


def _forwarded(
    mail: MailLines,
    written: list[tuple[int, int]],
    header_block: HeaderBlock,
    end: int,
    subject: str,
    header_from: Contact | None,
    depth: int,
) -> _Writers:
    """Read the mail below the header block. The words above it stay, since they may decide."""
    mail.mark(header_block.start, header_block.end, "forward_header")
    start = written[0][0]
    bare = is_empty_note(mail, start, header_block.start)
    forwarded_by = find_forwarder(mail, start, header_block.start, header_block, header_from)
    _mark_endings(mail, written)
    first = mail.next_nonblank(header_block.end, end)
    if first < end and mail.folded[first][0] == ">":
        mail.unquote(first, end)
    inner = header_block.subject
    if inner is None:
        inner = subject if bare else without_prefix(subject)
    found = _mark_cuts(mail, header_block.end, end, inner, None, depth - 1)
    replied = is_reply(subject) and not header_block.forwarded
    if replied or len(mail.words(start, header_block.start).split()) > _MAX_NOTE_WORDS:
        return _Writers()
    if found.sender is None:
        return _Writers(header_block.sender, forwarded_by)
    return _Writers(found.sender, forwarded_by or header_block.sender or found.forwarded_by)


def _as_header_block(quote: Quote) -> HeaderBlock | None:
    """Return the attribution of a forwarded mail as its headers, if it names an address."""
    writer = quote.attribution.writer() if quote.attribution is not None else None
    if writer is None:
        return None
    return HeaderBlock(quote.start, quote.body, True, writer, None, None)


def _is_answered(
    mail: MailLines, written: list[tuple[int, int]], header_block: HeaderBlock, expected: bool
) -> bool:
    """True if the mail below the header block is one that the customer answers.

    In a mail whose subject is not one of a reply, it must have all headers.
    """
    if header_block.forwarded or not _stands_alone(mail, written):
        return False
    return expected or header_block.complete


def _stands_alone(mail: MailLines, written: list[tuple[int, int]]) -> bool:
    """True if the customer's own lines can be understood without the quote."""
    return not all(refers_to_quote(mail, *lines) for lines in written)


def _mark_endings(mail: MailLines, written: list[tuple[int, int]]) -> None:
    for lines in written:
        mark_footers(mail, *lines)
        mark_signature(mail, *lines)


def _keep_quote(mail: MailLines, quote: HeaderBlock | Quote, subject: str, depth: int) -> None:
    """Keep one level of the quoted mail: the request is in it."""
    if isinstance(quote, Quote):
        mail.unquote(quote.body, quote.end)
        _mark_cuts(
            mail, quote.body, quote.end, without_prefix(subject), None, depth - 1, quoted=True
        )
