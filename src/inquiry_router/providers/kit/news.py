"""News of an inquiry after its first decision, and their words for agents.

Texts are in `news_texts`. The line with the time comes first, so that two equal events differ.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from inquiry_router.inquiry.model import Channel, Event
from inquiry_router.providers.kit.naming import ZONE, name_priority, name_team
from inquiry_router.providers.kit.news_texts import CALLS, CHANNELS, LINKS, MONTHS, NEWS

# News for a second ticket, which a message joined to an inquiry.
JOINED: Final = "joined"
# The part of the payload that each event adds.
_PARTS: Final = {
    Event.MESSAGE: "message",
    Event.LINKED: "link",
    Event.MERGED: "merge",
    Event.UNLINKED: "link",
    Event.UNMERGED: "merge",
    Event.RESOLVED: "resolution",
    Event.REOPENED: "reopening",
    Event.CALL: "call",
    Event.ASSIGNED: "assignment",
}
# Stands for the name of a person whom a helpdesk does not name.
_NOBODY: Final = "?"
# What the router's reasons quote: words in quotation marks, and numbers of orders and the like.
_QUOTED: Final = re.compile(r"'([^']+)'")
_NUMBER: Final = re.compile(r"(?=\S*\d)[\w/-]{5,}")
_DECIDING: Final = ("raised", "decided", "reopened")


@dataclass(frozen=True, slots=True)
class News:
    """An event of an inquiry after its decision, and its own part of the payload.

    `kind`: the event, or `JOINED`. `details` are what it adds to the payload: the message, the
    link, the call. `change` is the change that a message made. `reference`, `team` and `priority`
    are the inquiry's. `is_here`: it came by the inquiry's own ticket, which shows the words.
    """

    kind: str
    at: datetime
    reference: str
    team: str
    priority: str
    details: Mapping[str, Any] = field(default_factory=dict, repr=False)
    change: Mapping[str, Any] = field(default_factory=dict, repr=False)
    is_here: bool = False

    @property
    def changed(self) -> str | None:
        """The kind of change that a message made; None for other news."""
        kind = self.change.get("kind")
        return str(kind) if self.kind == Event.MESSAGE and kind else None

    @property
    def moves(self) -> bool:
        """True if the ticket gets the decision too."""
        return self.kind == JOINED or self.changed in _DECIDING

    @property
    def keeps_group(self) -> bool:
        """True if a person moved the ticket, so that only its priority may change."""
        return self.change.get("keeps_group") is True

    @property
    def reopens(self) -> bool:
        """True if the inquiry was resolved and is open again."""
        return self.changed == "reopened" or self.kind == Event.REOPENED

    @property
    def opens(self) -> bool:
        """True if a closed ticket is opened again; most helpdesks open one that is written to."""
        return self.reopens and not self.is_here

    @property
    def only_once(self) -> bool:
        """True if each later message of the same ticket would tell the same again."""
        return self.kind == JOINED

    def seen_from(self, system: str | None, ticket: str) -> "News":
        """The same news for this ticket: it shows the words of a message that came by it."""
        source = self.details.get("source") if self.kind == Event.MESSAGE else None
        is_here = is_same_ticket(source, {"system": system, "id": ticket})
        return replace(self, is_here=True) if is_here else self


def read_news(event: str, payload: Mapping[str, Any]) -> News | None:
    """Read the news in the payload of an event; None if the ticket has all of it already."""
    if event not in _PARTS:
        return None
    data = payload["data"]
    details, change = data.get(_PARTS[Event(event)]) or {}, data.get("change") or {}
    is_here = is_same_ticket(details.get("source"), data.get("source"))
    if details.get("copy") is True:  # of a mail that the ticket shows
        return None
    if _is_first_call(data, details) or (is_here and event in (Event.RESOLVED, Event.REOPENED)):
        return None
    news = _news(event, payload, details, change, is_here=is_here)
    return news if news_lines(news, "en") else None


def join_news(payload: Mapping[str, Any]) -> News | None:
    """The news for the ticket of a message that joined an inquiry; None if it was split off."""
    change = payload["data"].get("change") or {}
    return None if change.get("kind") == "split" else _news(JOINED, payload, {}, {})


def is_same_ticket(one: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> bool:
    """True if both name the same ticket of the same system."""
    if not one or not other:
        return False
    return (one.get("system"), one.get("id")) == (other.get("system"), other.get("id"))


def _news(
    kind: str,
    payload: Mapping[str, Any],
    details: Mapping[str, Any],
    change: Mapping[str, Any],
    *,
    is_here: bool = False,
) -> News:
    data, at = payload["data"], datetime.fromisoformat(payload["timestamp"])
    team, priority = data["decision"]["team"], data["decision"]["priority"]
    return News(kind, at, data["reference"], team, priority, details, change, is_here)


def _is_first_call(data: Mapping[str, Any], call: Mapping[str, Any]) -> bool:
    """True for the call that the inquiry was made of: its decision tells of it already."""
    is_first = (call.get("details") or {}).get("attempt") == 1
    return data["channel"] == Channel.PHONE and call.get("kind") == "called" and is_first


def news_lines(news: News, language: str, zone: ZoneInfo = ZONE) -> list[str]:
    """The lines of a note, with times of this zone; none if there is nothing to tell."""
    if news.kind == Event.MESSAGE:
        return _message(news, language, zone)
    if news.kind == Event.CALL:
        return _call(news, language, zone)
    if news.kind in (Event.LINKED, Event.UNLINKED):
        return _linked(news, language)
    if news.kind in (Event.MERGED, Event.UNMERGED):
        return _merge(news, language)
    if news.kind == JOINED:
        team = name_team(news.team, language)
        return [NEWS[language]["joined"].format(reference=news.reference, team=team)]
    return _status(news, language, zone)


def origin_line(link: Mapping[str, Any], language: str) -> str | None:
    """The line by which a ticket of its own names the inquiry that it came from."""
    return next(iter(_link(link, language, came_from=True)), None)


def local_time(written: object, language: str, zone: ZoneInfo) -> str:
    """A time of the payload as people of this zone write it; blank if there is none."""
    try:
        moment = datetime.fromisoformat(str(written)).astimezone(zone)
    except ValueError:
        return ""
    month = MONTHS[language][moment.month - 1]
    return NEWS[language]["time"].format(
        day=moment.day, month=month, year=moment.year, time=f"{moment.hour}:{moment:%M}"
    )


def _message(news: News, language: str, zone: ZoneInfo) -> list[str]:
    texts, kind, lines = NEWS[language], news.changed, list[str]()
    when = local_time(news.details.get("received_at"), language, zone)
    if kind == "raised":
        before = name_priority(str(news.change.get("priority_before") or "?"), language)
        now = name_priority(news.priority, language)
        raised = texts["raised"].format(before=before, now=now, when=when)
        lines.append(_with_reasons(raised, news.change, language))
    elif kind in ("decided", "reopened", "split"):
        lines.append(texts[kind].format(when=when))
    words = str(news.details.get("text") or "")
    if news.is_here or not words:
        return lines
    channel = str(news.details.get("channel"))
    contact = news.details.get("contact") or {}
    who = contact.get("name") or contact.get("email") or contact.get("phone")
    lines.append(
        texts["message"].format(
            channel=CHANNELS[language].get(channel, channel),
            when=when,
            who=f", {who}" if who else "",
        )
    )
    if subject := news.details.get("subject"):
        lines.append(texts["subject"].format(subject=subject))
    return lines + words.splitlines()


def _with_reasons(line: str, change: Mapping[str, Any], language: str) -> str:
    """The line with the customer's words that were the reason."""
    reasons = " ".join(str(reason) for reason in change.get("reasons") or ())
    words = [NEWS[language]["word"].format(word=word) for word in _QUOTED.findall(reasons)]
    return f"{line}: {', '.join(words)}" if words else f"{line}."


def _linked(news: News, language: str) -> list[str]:
    """The lines of a link that was made or removed."""
    if news.kind == Event.LINKED:
        return _link(news.details, language, came_from=news.details.get("came_from") is True)
    line = NEWS[language]["unlinked"].format(reference=news.details.get("reference"))
    return [line, *_by(news, language)]


def _link(link: Mapping[str, Any], language: str, *, came_from: bool) -> list[str]:
    texts = LINKS[language]
    kind, team = str(link.get("kind")), link.get("team")
    text = texts.get(f"{kind}_from" if came_from else kind) or texts.get(kind) or texts["by_hand"]
    lines = [
        text.format(
            reference=link.get("reference"),
            team=texts["team"].format(team=name_team(str(team), language)) if team else "",
        )
    ]
    if why := _why(link, language):
        lines.append(NEWS[language]["why"].format(why=why))
    return lines


def _why(link: Mapping[str, Any], language: str) -> str:
    """The reason of a link. The router's own reasons are English: others get what they quote."""
    why = str(link.get("why") or "")
    if language == "en" or link.get("kind") == "by_hand":
        return why
    return ", ".join(_NUMBER.findall(why))


def _merge(news: News, language: str) -> list[str]:
    texts, merge = NEWS[language], news.details
    is_gone = merge.get("from") == news.reference
    other = merge.get("into" if is_gone else "from")
    name = "unmerged" if news.kind == Event.UNMERGED else "merged"
    line = texts[f"{name}_away" if is_gone else name].format(reference=other)
    return [line, *_by(news, language)]


def _by(news: News, language: str) -> list[str]:
    """The line with the person who did it, if they are known."""
    who = news.details.get("who")
    return [NEWS[language]["by"].format(who=who)] if who else []


def _status(news: News, language: str, zone: ZoneInfo) -> list[str]:
    """The lines of a resolution or a reopening by a person."""
    if news.kind == Event.ASSIGNED:
        has = str(news.details.get("to") or news.details.get("who") or _NOBODY)
        return [NEWS[language]["has"].format(who=has)]
    texts, written = NEWS[language], news.at.isoformat()
    name = "resolved" if news.kind == Event.RESOLVED else "reopened_by_person"
    lines = [texts[name].format(when=local_time(written, language, zone))]
    if (who := news.details.get("who")) and who != _NOBODY:
        lines.append(texts["by"].format(who=who))
    if note := news.details.get("note"):
        lines.append(texts["note"].format(note=" ".join(str(note).split())))
    return lines


def _call(news: News, language: str, zone: ZoneInfo) -> list[str]:
    texts = CALLS[language]
    kind, details = str(news.details.get("kind")), dict(news.details.get("details") or {})
    variant = _variant(kind, details)
    if variant not in texts:
        return []
    due = local_time(details.get("due_at"), language, zone)
    when = local_time(news.at.isoformat(), language, zone)
    attempt = details.get("attempt") or details.get("attempts") or 1
    names = ("who", "number", "url")
    known = {name: details.get(name) or "" for name in names}
    lines = [texts[variant].format(when=when, due=due, attempt=attempt, **known)]
    if kind == "voicemail" and details.get("text"):
        lines += str(details["text"]).splitlines()
    if owner := details.get("owner"):
        lines.append(NEWS[language]["owner"].format(owner=owner))
    if details.get("escalated") is True:
        lines.append(NEWS[language]["escalated"])
    return lines


def _variant(kind: str, details: Mapping[str, Any]) -> str:
    """The name of the text: some kinds have two."""
    if kind == "rung_back":
        return "rung_back" if details.get("reached") is True else "rung_back_in_vain"
    if kind == "voicemail":
        return "voicemail_words" if details.get("text") else "voicemail"
    return kind
