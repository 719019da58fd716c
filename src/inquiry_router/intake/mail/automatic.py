"""Detect automatic mail: replies, bounces, mailing lists.

The patterns prefer a miss to a false alarm, which would silence a customer.
"""

import re
from collections.abc import Mapping
from typing import Final

from inquiry_router.inquiry.model import Automatic
from inquiry_router.text.folding import fold

_MAX_TEXT_CHARS: Final = 600
_SUBJECT_REPLY: Final = re.compile(
    r"\W{0,3}(?:automatic reply|auto(?:matic)? ?-?response|auto-?reply|out of (?:the )?office"
    r"|automatische antwort"
    r"|abwesenheits(?:notiz|meldung)"
    r"|abwesend:|(?:odpowiedz automatyczna|automatyczna odpowiedz|autoodpowiedz|autoresponder)"
    r"|nieobecnosc w (?:biurze|pracy)|poza biurem"
    r"|automaticka odpove|reponse automatique|respuesta automatica|risposta automatica"
    r"|автоматична відповідь|автоответ)"
)
_SUBJECT_BOUNCE: Final = re.compile(
    r"\W{0,3}(?:undeliver(?:able|ed mail)|delivery status notification"
    r"|mail delivery (?:failed|failure|subsystem)"
    r"|delivery (?:has )?fail(?:ed|ure)"
    r"|returned mail|failure notice|unzustellbar|nicht zustellbar|mail konnte nicht zugestellt"
    r"|niedostarczaln"
    r"|nie mozna dostarczyc"
    r"|wiadomosc niedostarczona|blad dostarcz|zwrot niedoreczonej)"
)
_TEXT_REPLY: Final = re.compile(
    r"(?:this is an auto(?:mated|matic)|to jest (?:wiadomosc )?automatyczna|jest to automatyczna"
    r"|dies ist eine automatisch\w*(?: erstellte| generierte)?)"
    r" (?:reply|response|out.of.office|odpowiedz|antwort|abwesenheits)|to jest autoodpowiedz"
)
# An absence alone is not enough: the text must also name a substitute or the end of the absence.
_ABSENCE: Final = re.compile(
    r"\b(?:i am|i'm|i will be) (?:currently )?(?:out of (?:the )?office"
    r"|on (?:annual |maternity |parental )?leave|away from (?:the|my) (?:office|desk))"
    r"|\b(?:jestem|bede|przebywam) (?:obecnie |aktualnie )?(?:nieobecn[ya]|na urlopie|poza biurem)"
    r"|\b(?:ich bin|bin ich) .{0,60}(?:nicht im (?:buro|haus)|abwesend|im urlaub|ausser haus)"
)
_INSTEAD: Final = re.compile(
    r"(?:in|for) (?:all )?urgent|limited access|upon my return|when i return"
    r"|i will (?:reply|respond|get back)"
    r"|w (?:pilnych|naglych|sprawach pilnych)|po (?:moim )?powrocie|ograniczony dostep"
    r"|zastepuje mnie"
    r"|in dringenden|meine vertretung|nach meiner ruckkehr|nicht weitergeleitet"
    r"|e-?mails? (?:wird|werden)"
)
_TEXT_BOUNCE: Final = re.compile(
    r"\W{0,3}(?:this is the mail (?:system|delivery)"
    r"|this message was created automatically by mail delivery"
    r"|delivery to the following recipients? (?:has )?failed"
    r"|your message (?:to \S+ )?(?:could not be|couldn't be|wasn't) delivered"
    r"|delivery has failed to these|ihre nachricht .{0,80}konnte nicht zugestellt"
    r"|die folgende nachricht konnte nicht"
    r"|(?:twoja |panstwa )?wiadomosc .{0,80}nie (?:zostala|mogla zostac) (?:dostarczona|doreczona)"
    r"|nie (?:udalo|mozna) (?:sie )?dostarczyc)"
)
_STATUS: Final = re.compile(
    r"\b[45]\.\d{1,3}\.\d{1,3}\b|\b55\d\b|mailer-daemon|postmaster|\bsmtp\b|mail delivery system"
)
_HINTS: Final = (
    "automat",
    "autoodp",
    "office",
    "leave",
    "away",
    "biur",
    "urlop",
    "nieobecn",
    "abwes",
    "buro",
    "haus",
    "deliver",
    "dostarcz",
    "zugestellt",
    "mail",
)


def automatic_kind(
    subject: str | None, beginning: str, headers: Mapping[str, str] | None = None
) -> Automatic | None:
    """Return the kind of automatic mail by headers (RFC 3834 and older ones), subject or text.

    Return None if a person wrote it. `beginning` is the beginning of the text, folded, on one line.
    """
    return (
        _by_headers(headers or {})
        or _by_subject(fold((subject or "")[:200]))
        or _by_text(beginning[:_MAX_TEXT_CHARS])
    )


def _by_headers(received: Mapping[str, str]) -> Automatic | None:
    headers = {name.lower(): value.strip().lower() for name, value in received.items()}
    if _is_bounce(headers):
        return "bounce"
    if _is_reply(headers):
        return "auto_reply"
    return "list" if _is_list(headers) else None


def _is_bounce(headers: dict[str, str]) -> bool:
    content_type = headers.get("content-type", "").replace('"', "")
    if "x-failed-recipients" in headers or "report-type=delivery-status" in content_type:
        return True
    sender = headers.get("from", "")
    by_daemon = "mailer-daemon" in sender or "postmaster@" in sender
    return by_daemon and (_has_null_sender(headers) or _submitted(headers) != "no")


def _is_reply(headers: dict[str, str]) -> bool:
    return (
        headers.get("x-autoreply", "no") != "no"
        or "x-autorespond" in headers
        or "x-autoresponder" in headers
        or headers.get("x-auto-response-suppress") == "all"
        or _has_null_sender(headers)
        or _submitted(headers) not in ("no", "")
        or headers.get("precedence") == "auto_reply"
    )


def _is_list(headers: dict[str, str]) -> bool:
    # A company's own address may be a Google group: then every customer's mail has list headers.
    return "x-google-group-id" not in headers and (
        headers.get("precedence") in ("bulk", "list", "junk")
        or "list-id" in headers
        or "list-unsubscribe" in headers
    )


def _has_null_sender(headers: dict[str, str]) -> bool:
    return headers.get("return-path") == "<>"


def _submitted(headers: dict[str, str]) -> str:
    return headers.get("auto-submitted", "no").split(";")[0].strip()


def _by_subject(subject: str) -> Automatic | None:
    if _SUBJECT_BOUNCE.match(subject):
        return "bounce"
    return "auto_reply" if _SUBJECT_REPLY.match(subject) else None


def _by_text(text: str) -> Automatic | None:
    if not any(hint in text for hint in _HINTS):
        return None
    if _TEXT_BOUNCE.match(text) and _STATUS.search(text):
        return "bounce"
    if _TEXT_REPLY.search(text[:300]):
        return "auto_reply"
    absent = "?" not in text and _ABSENCE.search(text[:300]) and _INSTEAD.search(text)
    return "auto_reply" if absent else None
