"""Mails that no person wrote now: automatic replies, bounces, lists. Rather miss one than silence a customer."""

import re
from collections.abc import Mapping
from typing import Final

from inquiry_router.inquiry.model import Automatic
from inquiry_router.text.folding import fold

_SEEN: Final = 600
_SUBJECT_REPLY: Final = re.compile(
    r"\W{0,3}(?:automatic reply|auto(?:matic)? ?-?response|auto-?reply|out of (?:the )?office|automatische antwort"
    r"|abwesenheits(?:notiz|meldung)"
    r"|abwesend:|(?:odpowiedz automatyczna|automatyczna odpowiedz|autoodpowiedz|autoresponder)|nieobecnosc w (?:biurze"
    r"|pracy)|poza biurem"
    r"|automaticka odpove|reponse automatique|respuesta automatica|risposta automatica|автоматична відповідь|автоответ)"
)
_SUBJECT_BOUNCE: Final = re.compile(
    r"\W{0,3}(?:undeliver(?:able|ed mail)|delivery status notification|mail delivery (?:failed|failure|subsystem)"
    r"|delivery (?:has )?fail(?:ed|ure)"
    r"|returned mail|failure notice|unzustellbar|nicht zustellbar|mail konnte nicht zugestellt|niedostarczaln"
    r"|nie mozna dostarczyc"
    r"|wiadomosc niedostarczona|blad dostarcz|zwrot niedoreczonej)"
)
_TEXT_REPLY: Final = re.compile(
    r"(?:this is an auto(?:mated|matic)|to jest (?:wiadomosc )?automatyczna|jest to automatyczna"
    r"|dies ist eine automatisch\w*(?: erstellte| generierte)?)"
    r" (?:reply|response|out.of.office|odpowiedz|antwort|abwesenheits)|to jest autoodpowiedz"
)
# Two signs are asked for where none of them is enough: the absence, and whom to turn to or when it ends.
_ABSENCE: Final = re.compile(
    r"\b(?:i am|i'm|i will be) (?:currently )?(?:out of (?:the )?office|on (?:annual |maternity |parental )?leave"
    r"|away from (?:the|my) (?:office|desk))"
    r"|\b(?:jestem|bede|przebywam) (?:obecnie |aktualnie )?(?:nieobecn[ya]|na urlopie|poza biurem)"
    r"|\b(?:ich bin|bin ich) .{0,60}(?:nicht im (?:buro|haus)|abwesend|im urlaub|ausser haus)"
)
_INSTEAD: Final = re.compile(
    r"(?:in|for) (?:all )?urgent|limited access|upon my return|when i return|i will (?:reply|respond|get back)"
    r"|w (?:pilnych|naglych|sprawach pilnych)|po (?:moim )?powrocie|ograniczony dostep|zastepuje mnie"
    r"|in dringenden|meine vertretung|nach meiner ruckkehr|nicht weitergeleitet|e-?mails? (?:wird|werden)"
)
_TEXT_BOUNCE: Final = re.compile(
    r"\W{0,3}(?:this is the mail (?:system|delivery)|this message was created automatically by mail delivery"
    r"|delivery to the following recipients? (?:has )?failed|your message (?:to \S+ )?(?:could not be|couldn't be"
    r"|wasn't) delivered"
    r"|delivery has failed to these|ihre nachricht .{0,80}konnte nicht zugestellt|die folgende nachricht konnte nicht"
    r"|(?:twoja |panstwa )?wiadomosc .{0,80}nie (?:zostala|mogla zostac) (?:dostarczona|doreczona)|nie (?:udalo"
    r"|mozna) (?:sie )?dostarczyc)"
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
    """What kind of automatic mail it is, by its headers (RFC 3834, older customs) or by typical words; None if a person wrote.

    `beginning` is that of the text, folded, on one line.
    """
    by_headers = (
        _by_headers({name.lower(): value.strip().lower() for name, value in headers.items()})
        if headers
        else None
    )
    return (
        by_headers
        or (_by_subject(fold(subject[:200])) if subject else None)
        or _by_text(beginning[:_SEEN])
    )


def _by_headers(headers: dict[str, str]) -> Automatic | None:
    said = headers.get("auto-submitted", "no").split(";")[0].strip()
    nobody = headers.get("return-path") == "<>"
    daemon = any(name in headers.get("from", "") for name in ("mailer-daemon", "postmaster@"))
    if "x-failed-recipients" in headers or "report-type=delivery-status" in headers.get(
        "content-type", ""
    ).replace('"', ""):
        return "bounce"
    if daemon and (nobody or said != "no"):
        return "bounce"
    precedence = headers.get("precedence")
    told = (
        headers.get("x-autoreply", "no") != "no"
        or "x-autorespond" in headers
        or "x-autoresponder" in headers
    )
    suppressed = headers.get("x-auto-response-suppress") == "all"
    if told or suppressed or nobody or said not in ("no", "") or precedence == "auto_reply":
        return "auto_reply"
    # A company's own address may be a Google group: every customer's mail then comes with the headers of a list.
    if "x-google-group-id" not in headers and (
        precedence in ("bulk", "list", "junk")
        or "list-id" in headers
        or "list-unsubscribe" in headers
    ):
        return "list"
    return None


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
