"""The introduction, in the name of a salesperson: names, hours, number. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from inquiry_router.routing.fields import DAYS
from inquiry_router.routing.teams import Team
from inquiry_router.telling.acknowledging import CustomerMessage, answer_subject, choose_text
from inquiry_router.telling.settings import IntroductionSettings
from inquiry_router.telling.texts import MAX_SUBJECT_CHARS, WrittenNotice, fill_lines

MAX_NAMES: Final = 2
_DAYS: Final = {
    "pl": ("pon.", "wt.", "śr.", "czw.", "pt.", "sob.", "niedz."),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "de": ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"),
}
_SUBJECTS: Final = {
    "pl": "Państwa sprawa {number} i nasz zespół",
    "en": "Your inquiry {number} and our team",
    "de": "Ihr Anliegen {number} und unser Team",
}
_TEXTS: Final = {
    "pl": (
        "Dzień dobry,\n\n"
        "Państwa sprawą zajmuje się już nasz zespół „{team_name}”. Numer sprawy: {number}.\n"
        "{promise}\n"
        "Do kontaktu: {names}.\n\n"
        "Następnym razem najszybciej pomoże Państwu właśnie ten zespół:\n"
        "telefon: {phone}\n"
        "e-mail: {email}\n"
        "godziny: {hours}\n\n"
        "W sprawach zakupowych nadal jestem do Państwa dyspozycji.\n\n"
        "Z pozdrowieniami\n"
        "{salesperson}\n"
        "{our_name}"
    ),
    "en": (
        "Hello,\n\n"
        "your inquiry is with our team “{team_name}” now, reference {number}.\n"
        "{promise}\n"
        "Taking care of it: {names}.\n\n"
        "Next time this team helps you fastest:\n"
        "phone: {phone}\n"
        "e-mail: {email}\n"
        "hours: {hours}\n\n"
        "For everything about buying I am still there for you.\n\n"
        "Best regards\n"
        "{salesperson}\n"
        "{our_name}"
    ),
    "de": (
        "Guten Tag,\n\n"
        "um Ihr Anliegen kümmert sich jetzt unser Team „{team_name}“, Vorgangsnummer {number}.\n"
        "{promise}\n"
        "Ihr Kontakt: {names}.\n\n"
        "Beim nächsten Mal hilft Ihnen dieses Team am schnellsten:\n"
        "Telefon: {phone}\n"
        "E-Mail: {email}\n"
        "Zeiten: {hours}\n\n"
        "Für alles rund um den Einkauf bin ich weiterhin für Sie da.\n\n"
        "Mit freundlichen Grüßen\n"
        "{salesperson}\n"
        "{our_name}"
    ),
}
# What the salesperson reads about it.
INTRODUCED: Final = {
    "pl": "W Twoim imieniu przedstawiliśmy klientowi: {names}.",
    "en": "In your name we introduced to the customer: {names}.",
    "de": "In Ihrem Namen haben wir dem Kunden vorgestellt: {names}.",
}


def write_introduction(
    settings: IntroductionSettings,
    facts: Mapping[str, Any],
    category: str,
    words: Mapping[str, Any],
) -> CustomerMessage:
    """Write the introduction. `facts` have the sentences, `words` the rest."""
    language = str(facts["language"])
    chosen = choose_text(settings.texts, facts, category)
    text = chosen.text if chosen is not None else _TEXTS[language]
    said = {**words, "promise": facts.get("promise"), "thanks": facts.get("thanks")}
    body = fill_lines(text.splitlines(), said)
    subject = answer_subject(words.get("subject"), str(words["number"]))
    own = chosen.subject if chosen is not None else None
    usual = subject or _SUBJECTS[language].format(number=words["number"])
    written = WrittenNotice(
        (fill_lines([own], said) if own else "")[:MAX_SUBJECT_CHARS] or usual, body
    )
    salesperson, our_name = str(words["salesperson"]), words.get("our_name")
    return CustomerMessage(written, f"{salesperson} ({our_name})" if our_name else salesperson)


def hours_text(team: Team, language: str) -> str:
    """The hours of a team, days with the same ones together: "pon.-pt. 8:00-16:00"."""
    names, parts = _DAYS[language], list[str]()
    begin = 0
    while begin < len(DAYS):
        spans = team.hours.get(DAYS[begin], [])
        end = begin
        while end + 1 < len(DAYS) and team.hours.get(DAYS[end + 1], []) == spans:
            end += 1
        if spans:
            days = names[begin] if begin == end else f"{names[begin]}–{names[end]}"
            written = ", ".join(span.replace("-", "–").lstrip("0") for span in spans)
            parts.append(f"{days} {written}")
        begin = end + 1
    return "; ".join(parts)


def names_of(settings: IntroductionSettings, team: str, people: Sequence[str]) -> str:
    """The people to be named for a team: those of the settings, else some of its own."""
    listed = settings.people.get(team) or list(people)
    return ", ".join(listed[:MAX_NAMES])
