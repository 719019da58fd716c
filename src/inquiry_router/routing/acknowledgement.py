"""The confirmation for the customer: team, reference and due time, in Polish, English or German."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date

from inquiry_router.inquiry.model import (
    THREATENING_LIFE,
    Acknowledgement,
    Channel,
    Decision,
    Draft,
    Entity,
    EntityKind,
    Priority,
)
from inquiry_router.routing.decide import Rulebook, is_due_at_any_hour, promised_minutes
from inquiry_router.routing.teams import Team


@dataclass(frozen=True, slots=True)
class _Words:
    """The sentences of one language. Plural forms are keyed by CLDR categories."""

    thanks: str
    thanks_for_call: str
    team: str
    reference: str
    promise: str
    promise_by_clock: str
    days: dict[str, str]
    hours: dict[str, str]
    minutes: dict[str, str]
    weekdays: tuple[str, ...]
    date: str
    safety: str
    hurry: str


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The sentences of a confirmation in one language; empty where there is nothing to say.

    `safety` tells somebody in danger to ring 112.
    """

    language: str
    thanks: str
    team: str
    reference: str
    promise: str
    safety: str = ""

    @property
    def text(self) -> str:
        """All of them."""
        said = (self.safety, self.thanks, self.team, self.reference, self.promise)
        return " ".join(filter(None, said))


_WORDS = {
    "pl": _Words(
        thanks="Dziękujemy za wiadomość.",
        thanks_for_call="Dziękujemy za telefon.",
        team="Państwa sprawę przekazaliśmy do zespołu „{team}”.",
        reference="Numer sprawy: {reference}.",
        promise="Odpowiemy w ciągu {span}, najpóźniej {weekday}, {date} do godz. {time}.",
        promise_by_clock="Odpowiemy najpóźniej {weekday}, {date} do godz. {time}.",
        days={
            "one": "{n} dnia roboczego",
            "few": "{n} dni roboczych",
            "many": "{n} dni roboczych",
        },
        hours={
            "one": "{n} godziny roboczej",
            "few": "{n} godzin roboczych",
            "many": "{n} godzin roboczych",
        },
        minutes={
            "one": "{n} minuty roboczej",
            "few": "{n} minut roboczych",
            "many": "{n} minut roboczych",
        },
        weekdays=(
            "w poniedziałek",
            "we wtorek",
            "w środę",
            "w czwartek",
            "w piątek",
            "w sobotę",
            "w niedzielę",
        ),
        date="d MMMM",
        safety="Jeśli coś zagraża zdrowiu lub życiu, proszę nie czekać na naszą odpowiedź "
        "i od razu zadzwonić pod numer 112.",
        hurry="Państwa zgłoszenie oznaczyliśmy jako pilne.",
    ),
    "en": _Words(
        thanks="Thank you for your message.",
        thanks_for_call="Thank you for your call.",
        team="We have passed it to our team “{team}”.",
        reference="Your reference: {reference}.",
        promise="We will answer within {span}, by {weekday}, {date} at {time} at the latest.",
        promise_by_clock="We will answer by {weekday}, {date} at {time} at the latest.",
        days={"one": "{n} working day", "other": "{n} working days"},
        hours={"one": "{n} working hour", "other": "{n} working hours"},
        minutes={"one": "{n} working minute", "other": "{n} working minutes"},
        weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        date="d MMMM",
        safety="If anybody is in danger, please do not wait for our answer: call 112 right away.",
        hurry="We have marked your message as urgent.",
    ),
    "de": _Words(
        thanks="Vielen Dank für Ihre Nachricht.",
        thanks_for_call="Vielen Dank für Ihren Anruf.",
        team="Wir haben Ihr Anliegen an unser Team „{team}“ weitergegeben.",
        reference="Ihre Vorgangsnummer: {reference}.",
        promise="Wir antworten innerhalb von {span}, spätestens am {weekday}, dem {date}, "
        "um {time} Uhr.",
        promise_by_clock="Wir antworten spätestens am {weekday}, dem {date}, um {time} Uhr.",
        days={"one": "{n} Arbeitstag", "other": "{n} Arbeitstagen"},
        hours={
            "one": "{n} Stunde unserer Geschäftszeit",
            "other": "{n} Stunden unserer Geschäftszeit",
        },
        minutes={
            "one": "{n} Minute unserer Geschäftszeit",
            "other": "{n} Minuten unserer Geschäftszeit",
        },
        weekdays=("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
        date="d. MMMM",
        safety="Wenn jemand in Gefahr ist, warten Sie bitte nicht auf unsere Antwort, sondern "
        "wählen Sie sofort die 112.",
        hurry="Wir haben Ihre Nachricht als dringend gekennzeichnet.",
    ),
}
_SUPPLIER = "supplier_offer"
# People count whole working days of eight hours as days.
_WORKING_DAY = 8 * 60
_COUNTRIES = {"48": "pl", "49": "de", "43": "de"}
_DOMAINS = {"pl": "pl", "de": "de", "at": "de"}


def acknowledge(
    draft: Draft,
    language: str,
    reference: str,
    decision: Decision,
    rulebook: Rulebook,
    entities: Collection[Entity],
    intent: str | None = None,
) -> Acknowledgement | None:
    """Write the confirmation for the customer; None for suppliers, and where a machine answers."""
    if draft.provenance.automatic is not None or draft.provenance.no_reply:
        return None
    if intent == _SUPPLIER:
        return None
    sentences = sentences_for(draft, language, reference, decision, rulebook, entities)
    return Acknowledgement(sentences.language, sentences.text)


def confirm(
    language: str,
    reference: str,
    team: Team | None,
    due_at: datetime | None = None,
    minutes: int | None = None,
    *,
    is_call: bool = False,
) -> Acknowledgement:
    """Write the confirmation in the language of the customer.

    `team` is None while nothing is decided. `minutes` is the promise in working minutes that leads
    to `due_at`; without it nothing is promised.
    """
    sentences = _sentences(language, reference, team, due_at, minutes, is_call=is_call)
    return Acknowledgement(sentences.language, sentences.text)


def sentences_for(
    draft: Draft,
    language: str,
    reference: str,
    decision: Decision,
    rulebook: Rulebook,
    entities: Collection[Entity],
) -> Confirmation:
    """Write the sentences about a decided inquiry, in the language of its customer.

    A danger to life among its entities adds the advice to ring 112, as on the phone.
    """
    team = rulebook.teams.by_id[decision.team]
    minutes = promised_minutes(rulebook.policy, decision)
    is_call = draft.channel is Channel.PHONE
    spoken = language_of(draft, language)
    by_clock = is_due_at_any_hour(draft, entities)
    said = _sentences(
        spoken, reference, team, decision.due_at, minutes, is_call=is_call, by_clock=by_clock
    )
    if not any(one.kind is EntityKind.DANGER and one.value in THREATENING_LIFE for one in entities):
        return said
    words = _WORDS[said.language]
    hurry = words.hurry if decision.priority is Priority.URGENT else ""
    return replace(said, safety=" ".join(filter(None, (words.safety, hurry))))


def language_of(draft: Draft, detected: str) -> str:
    """The language of a customer; their country decides only if their words do not tell."""
    if draft.language or any(map(str.isalpha, f"{draft.subject or ''}{draft.text}")):
        return detected
    phone, email = draft.contact.phone or "", draft.contact.email or ""
    by_number = _COUNTRIES.get(phone[1:3]) if phone.startswith("+") else None
    return by_number or _DOMAINS.get(email.rpartition(".")[2].lower()) or detected


def _sentences(
    language: str,
    reference: str,
    team: Team | None,
    due_at: datetime | None,
    minutes: int | None,
    *,
    is_call: bool,
    by_clock: bool = False,
) -> Confirmation:
    """Write the sentences: in English for languages that have none of their own."""
    spoken = language if language in _WORDS else "en"
    words = _WORDS[spoken]
    about_team = promise = ""
    if team is not None:
        name = team.name(spoken)
        about_team = words.team.format(team=name[:1].upper() + name[1:])
    if team is not None and due_at is not None and minutes is not None:
        until = due_at.replace(second=0, microsecond=0)
        promise = _promise(spoken, None if by_clock else minutes, until, team.timezone)
    return Confirmation(
        spoken,
        words.thanks_for_call if is_call else words.thanks,
        about_team,
        words.reference.format(reference=reference),
        promise,
    )


def _promise(language: str, minutes: int | None, due_at: datetime, timezone: str) -> str:
    """Write the promise to answer, to the minute; of no working minutes only the time."""
    words, local = _WORDS[language], due_at.astimezone(ZoneInfo(timezone))
    sentence = words.promise_by_clock if minutes is None else words.promise
    return sentence.format(
        span=_span(language, minutes) if minutes is not None else "",
        weekday=words.weekdays[local.weekday()],
        date=format_date(local.date(), words.date, locale=language),
        time=f"{local:%H:%M}",
    )


def _span(language: str, minutes: int) -> str:
    words = _WORDS[language]
    if minutes % _WORKING_DAY == 0:
        number, forms = minutes // _WORKING_DAY, words.days
    elif minutes % 60 == 0:
        number, forms = minutes // 60, words.hours
    else:
        number, forms = minutes, words.minutes
    return forms[_locale(language).plural_form(number)].format(n=number)


@lru_cache
def _locale(language: str) -> Locale:
    return Locale(language)
