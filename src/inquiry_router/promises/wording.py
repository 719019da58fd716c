"""Names of promises and of breaches for people, in three languages. Pure."""

from collections.abc import Mapping
from typing import Final

from inquiry_router.promises.model import FIRST_ANSWER, LAW, NEXT_ANSWER, RESOLUTION, Breach
from inquiry_router.routing.promise_rules import PromiseRules

Names = Mapping[str, str]

_PROMISES: Final[Mapping[str, Names]] = {
    FIRST_ANSWER: {"pl": "pierwsza odpowiedź", "en": "first answer", "de": "erste Antwort"},
    NEXT_ANSWER: {
        "pl": "odpowiedź na kolejną wiadomość",
        "en": "answer to a later message",
        "de": "Antwort auf eine weitere Nachricht",
    },
    RESOLUTION: {"pl": "załatwienie sprawy", "en": "resolution", "de": "Erledigung"},
}
_BREACHES: Final[Mapping[Breach, Names]] = {
    Breach.OVERDUE: {
        "pl": "minął termin",
        "en": "it is overdue",
        "de": "die Frist ist abgelaufen",
    },
    Breach.OWNER_AWAY: {
        "pl": "{owner} nie będzie już w pracy przed terminem",
        "en": "{owner} does not work any more before it is due",
        "de": "{owner} ist bis zum Ablauf der Frist nicht mehr im Dienst",
    },
    Breach.NOBODY: {
        "pl": "nikt z zespołu nie będzie już w pracy przed terminem",
        "en": "nobody of the team works any more before it is due",
        "de": "bis zum Ablauf der Frist ist niemand aus dem Team mehr im Dienst",
    },
    Breach.NO_TEAM: {
        "pl": "zespół, który prowadził sprawę, już nie istnieje",
        "en": "its team does not exist any more",
        "de": "das zuständige Team gibt es nicht mehr",
    },
}


def name_promise(kind: str, rules: PromiseRules) -> dict[str, str]:
    """The name of a promise by language; of a law as the admin named it."""
    if kind in _PROMISES:
        return dict(_PROMISES[kind])
    deadline = next((one for one in rules.deadlines if LAW + one.id == kind), None)
    return dict(deadline.names) if deadline is not None else {"en": kind}


def name_breach(breach: str, owner: str | None) -> dict[str, str]:
    """The sentence about a breach, by language."""
    names = _BREACHES[Breach(breach)]
    return {language: text.format(owner=owner or "?") for language, text in names.items()}
