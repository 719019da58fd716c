"""The texts that the router writes into a helpdesk: notes for agents, and the opening of a ticket.

Each begins with a mark that names the reference; by it the router recognizes its own texts.
"""

import html
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from inquiry_router.inquiry.categories import CATEGORIES
from inquiry_router.inquiry.intents import INTENT_BY_ID
from inquiry_router.inquiry.model import Contact
from inquiry_router.inquiry.names import built_in_name
from inquiry_router.inquiry.reasons import say
from inquiry_router.providers.kit.customers import customer_lines
from inquiry_router.providers.kit.naming import due_time, name_priority, name_team
from inquiry_router.providers.kit.news import news_lines, origin_line
from inquiry_router.providers.kit.routed import RoutedInquiry
from inquiry_router.text.html_text import unescape
from inquiry_router.text.telling_words import telling_words

TAG: Final = "inquiry-router"
_MARK: Final = re.compile(r"\s*\[inquiry-router [0-9A-Z]{4}-[0-9A-Z]{4}\]")
_HTML_TAG: Final = re.compile(r"<[^<>]*>")
# From these probabilities on a decision is called sure or likely: agents read a word faster than
# a figure.
_SURE: Final = 0.9
_LIKELY: Final = 0.7
_MAX_TITLE_CHARS: Final = 120
# Codes of reasons that are told to agents.
_TOLD: Final = ("raises", "raised_before", "sales_guard", "maybe_sale", "moved", "recommended")
_CATEGORY_NAMES: Final = {category.id: category.names for category in CATEGORIES}

_TEXTS: Final = {
    "pl": {
        "category": "Kategoria: {category}",
        "looks": "Wygląda na: {intent} ({category}: {sure})",
        "is": "To {intent} ({category})",
        "sure": "pewne",
        "likely": "prawdopodobne",
        "unsure": "niepewne, proszę sprawdzić",
        "corrected": "Poprawione przez: {who}",
        "words": "Zadecydowały słowa: {words}",
        "word": "„{word}”",
        "team": "Zespół: {team}, priorytet: {priority} (reguła: {rule})",
        "why": "Dlaczego: {reasons}",
        "due": "Odpowiedź do: {due}",
        "has": "Prowadzi: {who}",
        "offered": "Zaproponowano osobie: {who}",
        "unmapped": (
            "Dla tego zespołu nie wskazano grupy w ustawieniach, więc zgłoszenie zostaje tutaj."
        ),
        "wrong": "Błędna decyzja? ",
        "correct": "Popraw tutaj",
        "second": (
            "W wiadomości jest też druga sprawa: {category}. Proszę przekazać ją osobom, które "
            "się tym zajmują."
        ),
        "unclassified": (
            "System nie zdążył jeszcze zrozumieć tej wiadomości. Zrobi to później i sam przeniesie "
            "zgłoszenie, chyba że ktoś wcześniej się nim zajmie."
        ),
        "undecided": (
            "Klient nie powiedział jeszcze, czego chce. Zdecyduje jego następna wiadomość."
        ),
        "shortened": "Wiadomość jest bardzo długa: zapisano tylko jej początek (1 MB).",
        "channel": "Kanał: {channel}",
        "contact": "Kontakt: {who}",
        "extension": "wew. {digits}",
    },
    "en": {
        "category": "Category: {category}",
        "looks": "Looks like {intent} ({category}: {sure})",
        "is": "This is {intent} ({category})",
        "sure": "sure",
        "likely": "likely",
        "unsure": "unsure, please check",
        "corrected": "Corrected by: {who}",
        "words": "Deciding words: {words}",
        "word": "'{word}'",
        "team": "Team: {team}, priority: {priority} (rule: {rule})",
        "why": "Why: {reasons}",
        "due": "Answer by: {due}",
        "has": "With: {who}",
        "offered": "Offered to: {who}",
        "unmapped": "No group is set for this team, so the ticket stays here.",
        "wrong": "Wrong decision? ",
        "correct": "Correct it here",
        "second": (
            "The message has a second matter: {category}. Please tell the people who handle that."
        ),
        "unclassified": (
            "The router has not understood this message yet. It will, and then it moves the ticket "
            "by itself unless somebody takes it first."
        ),
        "undecided": "The customer has not said yet what they want. Their next message decides.",
        "shortened": "The message is very long: only its beginning (1 MB) was kept.",
        "channel": "Channel: {channel}",
        "contact": "Contact: {who}",
        "extension": "ext. {digits}",
    },
    "de": {
        "category": "Kategorie: {category}",
        "looks": "Sieht aus wie: {intent} ({category}: {sure})",
        "is": "Das ist: {intent} ({category})",
        "sure": "sicher",
        "likely": "wahrscheinlich",
        "unsure": "unsicher, bitte prüfen",
        "corrected": "Berichtigt von: {who}",
        "words": "Ausschlaggebende Wörter: {words}",
        "word": "„{word}“",
        "team": "Team: {team}, Priorität: {priority} (Regel: {rule})",
        "why": "Warum: {reasons}",
        "due": "Antwort bis: {due}",
        "has": "Zuständig: {who}",
        "offered": "Angeboten an: {who}",
        "unmapped": "Für dieses Team ist keine Gruppe eingestellt, daher bleibt das Ticket hier.",
        "wrong": "Falsch entschieden? ",
        "correct": "Hier berichtigen",
        "second": (
            "Die Nachricht enthält noch ein zweites Anliegen: {category}. Bitte geben Sie es "
            "an die Zuständigen weiter."
        ),
        "unclassified": (
            "Das System hat diese Nachricht noch nicht verstanden. Es holt das nach und "
            "verschiebt das Ticket dann selbst, wenn es bis dahin niemand übernommen hat."
        ),
        "undecided": (
            "Der Kunde hat noch nicht gesagt, was er möchte. Seine nächste Nachricht entscheidet."
        ),
        "shortened": "Die Nachricht ist sehr lang: Gespeichert ist nur ihr Anfang (1 MB).",
        "channel": "Kanal: {channel}",
        "contact": "Kontakt: {who}",
        "extension": "Durchwahl {digits}",
    },
}


def mark(reference: str) -> str:
    """The first line of every text that the router writes into a helpdesk."""
    return f"[{TAG} {reference}]"


def is_own(text: str | None) -> bool:
    """True if the text begins with a mark. A mark further down may be a customer's quotation."""
    return bool(text) and _MARK.match(str(text)) is not None


def note_lines(inquiry: RoutedInquiry, language: str) -> list[str]:
    """The note for the agent, line by line; the first is the mark.

    The second is the category, or the news if there are any.
    """
    lines, news = [mark(inquiry.reference)], inquiry.news
    if news is not None:
        lines += news_lines(news, language, inquiry.zone)
    if news is not None and news.changed != "decided" and inquiry.due_at:
        due = due_time(inquiry.due_at, language, inquiry.zone)
        lines.insert(2, _TEXTS[language]["due"].format(due=due))
    if news is None or news.changed == "decided":
        lines += _decision_lines(inquiry, language)
    return lines


def note_text(inquiry: RoutedInquiry, language: str) -> str:
    """The note as plain text."""
    return "\n".join(note_lines(inquiry, language))


def note_html(inquiry: RoutedInquiry, language: str) -> str:
    """The note as HTML, with the customer's words escaped and a link for corrections."""
    lines = [html.escape(line) for line in note_lines(inquiry, language)]
    if inquiry.correction_url and lines[-1].endswith(html.escape(inquiry.correction_url)):
        texts, url = _TEXTS[language], html.escape(inquiry.correction_url)
        lines[-1] = f'{texts["wrong"]}<a href="{url}">{texts["correct"]}</a>'
    return "<br>".join(lines)


def is_noted(inquiry: RoutedInquiry, language: str, notes: Iterable[object]) -> bool:
    """True if one of these notes, plain or HTML, is the one of this very event."""
    first, *others = note_lines(replace(inquiry, correction_url=None), language)
    if inquiry.news is None:
        others = others[:1]
        if inquiry.corrected_by:
            others.append(_TEXTS[language]["corrected"].format(who=inquiry.corrected_by))
    needed = [(_plain(line), _plain(_without_tags(line))) for line in others]
    plain = (_plain(unescape(_without_tags(one))) for one in notes if isinstance(one, str))
    return any(
        text.startswith(first) and all(line in text or bare in text for line, bare in needed)
        for text in plain
    )


def _without_tags(text: str) -> str:
    return _HTML_TAG.sub(" ", text)


def _plain(text: str) -> str:
    """A text with single spaces, as helpdesks may change the others."""
    return " ".join(text.split())


def opening_lines(inquiry: RoutedInquiry, language: str) -> list[str]:
    """The opening of a new ticket: the mark, channel and contact, then the customer's words."""
    texts, contact = _TEXTS[language], inquiry.contact
    about = [texts["channel"].format(channel=inquiry.channel)]
    known = (contact.name, contact.company, contact.email, phone_with_extension(contact, language))
    if who := ", ".join(part for part in known if part):
        about.append(texts["contact"].format(who=who))
    if inquiry.origin and (line := origin_line(inquiry.origin, language)):
        about.append(line)
    return [mark(inquiry.reference), *about, "", *inquiry.text.splitlines()]


def phone_with_extension(contact: Contact, language: str) -> str | None:
    """The phone number with its extension, for people who dial it."""
    if contact.phone is None or contact.extension is None:
        return contact.phone
    return f"{contact.phone} {_TEXTS[language]['extension'].format(digits=contact.extension)}"


def opening_text(inquiry: RoutedInquiry, language: str) -> str:
    """The opening of a new ticket as plain text."""
    return "\n".join(opening_lines(inquiry, language))


def opening_html(inquiry: RoutedInquiry, language: str) -> str:
    """The opening of a new ticket as HTML, with the customer's words escaped."""
    return "<br>".join(html.escape(line) for line in opening_lines(inquiry, language))


def tags_of(inquiry: RoutedInquiry) -> list[str]:
    """The tags of a routed ticket: the router's name and the category."""
    return [TAG, inquiry.category]


def external_id(inquiry: RoutedInquiry) -> str:
    """The unique name of a ticket that the router creates, to find it instead of a second one."""
    return f"{TAG}-{inquiry.inquiry}"


def title_of(inquiry: RoutedInquiry) -> str:
    """The title of a new ticket: the customer's subject, or else the beginning of the text."""
    said = inquiry.subject or " ".join(inquiry.text.split())
    return said[:_MAX_TITLE_CHARS] or inquiry.reference


def referenced_title_of(inquiry: RoutedInquiry) -> str:
    """The same title ending with the reference, for vendors that can search only titles."""
    return f"{title_of(inquiry)} ({inquiry.reference})"


def _decision_lines(inquiry: RoutedInquiry, language: str) -> list[str]:
    texts = _TEXTS[language]
    lines = [_category_line(inquiry, language)]
    if inquiry.corrected_by:
        lines.append(texts["corrected"].format(who=inquiry.corrected_by))
    elif told := telling_words(inquiry.words):
        words = ", ".join(texts["word"].format(word=word) for word in told)
        lines.append(texts["words"].format(words=words))
    lines += [texts[flag] for flag in ("shortened", "undecided") if flag in inquiry.flags]
    if inquiry.secondary:
        second = _name_category(inquiry, inquiry.secondary, language)
        lines.append(texts["second"].format(category=second))
    if inquiry.origin and (line := origin_line(inquiry.origin, language)):
        lines.append(line)
    lines += customer_lines(inquiry.customer, language)
    own_name = inquiry.own_name("team", inquiry.team, language)
    team = own_name or name_team(inquiry.team, language)
    priority = name_priority(inquiry.priority, language)
    lines.append(texts["team"].format(team=team, rule=inquiry.rule, priority=priority))
    if reasons := _reasons(inquiry, language):
        lines.append(texts["why"].format(reasons="; ".join(reasons)))
    if inquiry.assignee:
        key = "offered" if inquiry.is_offer else "has"
        lines.append(texts[key].format(who=inquiry.assignee))
    if inquiry.due_at and (due := due_time(inquiry.due_at, language, inquiry.zone)):
        lines.append(texts["due"].format(due=due))
    if inquiry.group is None and not (inquiry.news and inquiry.news.keeps_group):
        lines.append(texts["unmapped"])
    if inquiry.correction_url:
        lines.append(f"{texts['wrong']}{texts['correct']}: {inquiry.correction_url}")
    return lines


def _reasons(inquiry: RoutedInquiry, language: str) -> list[str]:
    """The reasons that the other lines do not tell: words of a rule, danger, the sales guard."""
    told = [
        one
        for one in inquiry.why
        if one["code"] in _TOLD or (one["code"] == "rule" and one.get("found"))
    ]
    return [say(one["code"], one, language, _name_of) for one in told]


def _name_of(kind: str, named: str, language: str) -> str:
    return name_team(named, language) if kind == "team" else built_in_name(kind, named, language)


def _category_line(inquiry: RoutedInquiry, language: str) -> str:
    """The category and how sure it is; with an intent, the intent first, in words."""
    if "unclassified" in inquiry.flags and not inquiry.corrected_by:
        return _TEXTS[language]["unclassified"]
    texts, sure = _TEXTS[language], _TEXTS[language][_name_certainty(inquiry)]
    if inquiry.intent is not None:
        intent, category = inquiry.intent, _name_category(inquiry, inquiry.category, language)
        if intent in INTENT_BY_ID:
            intent = INTENT_BY_ID[intent].name(language)
        else:
            intent = inquiry.own_name("intent", intent, language) or intent
        line = texts["is" if inquiry.corrected_by else "looks"]
        return line.format(intent=intent, category=category, sure=sure)
    category = texts["category"].format(
        category=_name_category(inquiry, inquiry.category, language)
    )
    return category if inquiry.corrected_by else f"{category} ({sure})"


def _name_certainty(inquiry: RoutedInquiry) -> str:
    if inquiry.unsure or inquiry.confidence < _LIKELY:
        return "unsure"
    return "sure" if inquiry.confidence >= _SURE else "likely"


def _name_category(inquiry: RoutedInquiry, category: str, language: str) -> str:
    """The name of a category, also of a company's own; its id if nobody knows the name."""
    if (own_name := inquiry.own_name("category", category, language)) is not None:
        return own_name
    return _CATEGORY_NAMES.get(category, {}).get(language, category)
