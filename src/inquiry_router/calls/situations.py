"""Describe the situation of a call to the conversation. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from inquiry_router.calls.comparing import Fit
from inquiry_router.calls.conversion import BY_CALLER, draft_of
from inquiry_router.calls.matters import CallerHistory, Found, Matter, Topic, find_matter
from inquiry_router.calls.model import Call
from inquiry_router.configuration.model import Configuration
from inquiry_router.entities.finding import find_entities
from inquiry_router.inquiry.account import DEPUTY, NOBODY, OWNER, Recognised
from inquiry_router.inquiry.model import Classification, Entity, EntityKind
from inquiry_router.inquiry.referral import KnownReferral
from inquiry_router.phone.conversation import KEY_CATEGORIES
from inquiry_router.phone.dictation import spoken_key
from inquiry_router.phone.model import Abilities, Caller, Heard, Situation, Understood
from inquiry_router.phone.turn import trusted_words
from inquiry_router.routing.decide import decide


@dataclass(frozen=True, slots=True)
class Line:
    """A line: the id of its source or of the API key, and the abilities of its platform."""

    id: str
    abilities: Abilities


@dataclass(frozen=True, slots=True)
class Recalled:
    """The facts of the database before a step: the call, its caller, the inquiry they named.

    `history`, `account` and `referral` are those of `number`.
    """

    call: Call | None = None
    number: str | None = None
    history: CallerHistory = field(default_factory=CallerHistory)
    named: Matter | None = None
    account: Recognised = NOBODY
    referral: KnownReferral | None = None


def describe_situation(
    line: Line,
    heard: Heard,
    call: Call,
    caller: Caller,
    recalled: Recalled,
    understood: Understood | None,
    configuration: Configuration,
    now: datetime,
) -> Situation:
    """Collect everything that the conversation needs beside the request itself."""
    history = recalled.history
    said = trusted_words(heard, configuration.phone)
    names_inquiry = understood is not None and understood.inquiry is not None
    found = Found(recalled.named, Fit.SAME) if names_inquiry else Found()
    if found.matter is None:
        words = call.state.words if call.state is not None else ()
        topic = Topic(
            _guess_category(heard, call, understood), None, (*words, said) if said else words
        )
        found = find_matter(history, topic, now)
    matter, perhaps = found.sure, found.perhaps
    return Situation(
        now=now,
        teams=configuration.teams,
        caller=caller,
        abilities=line.abilities,
        team_of={
            category: _choose_team(category, call, recalled.account, configuration, now)
            for category in KEY_CATEGORIES.values()
        },
        known=history.known,
        language=history.language,
        open_inquiries=history.open_inquiries,
        attempts=matter.attempts if matter is not None else 0,
        perhaps=perhaps.inquiry if perhaps is not None else None,
        dangers=_find_dangers(said, understood) if said else (),
        salespeople=_salespeople_of(recalled),
        recommender=recalled.referral.recommender or None if recalled.referral else None,
    )


def _salespeople_of(recalled: Recalled) -> tuple[str, ...]:
    """Those of the caller's account; of somebody new, those who brought them."""
    account = recalled.account.sure
    named = (account.person(role) for role in (OWNER, DEPUTY)) if account is not None else ()
    own = tuple(name for name in named if name is not None)
    if own or recalled.referral is None:
        return own
    return recalled.referral.salespeople


def _find_dangers(said: str, understood: Understood | None) -> tuple[str, ...]:
    return dangers_in(find_entities(None, said)) if understood is None else understood.dangers


def dangers_in(entities: Iterable[Entity]) -> tuple[str, ...]:
    """List the kinds of danger among entities."""
    found = (one.value for one in entities if one.kind is EntityKind.DANGER)
    return tuple(dict.fromkeys(kind for kind in found if kind is not None))


def _guess_category(heard: Heard, call: Call, understood: Understood | None) -> str | None:
    """Guess the category before it is decided: by the key pressed, else by the words."""
    language = call.state.language if call.state is not None else "pl"
    key = heard.digits or (spoken_key(heard.speech, language) if heard.speech is not None else None)
    if key in KEY_CATEGORIES:
        return KEY_CATEGORIES[key]
    return understood.category if understood is not None and not understood.unsure else None


def _choose_team(
    category: str, call: Call, account: Recognised, configuration: Configuration, now: datetime
) -> str:
    """Choose the team of a category that the caller chose by a key."""
    settings = configuration.phone
    spoken = call.state.language if call.state is not None else None
    language = spoken or settings.language_of_line(call.called) or settings.language
    draft = replace(draft_of(call, "", language), account=account)
    sure = Classification(category, 1.0, language, BY_CALLER, "none")
    return decide(draft, sure, (), configuration.rulebook, now).team
