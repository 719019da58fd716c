"""Check the conditions of a rule on one inquiry. Pure."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from inquiry_router.inquiry.account import KnownAccount
from inquiry_router.inquiry.model import Classification, Draft, Entity
from inquiry_router.routing.conditions import Conditions, entity_key, folded_name
from inquiry_router.routing.fields import DAYS
from inquiry_router.routing.policy import Policy
from inquiry_router.routing.spans import MINUTES_A_DAY, read_span
from inquiry_router.routing.teams import Teams
from inquiry_router.routing.working_hours import is_open
from inquiry_router.text.folding import read_words


class Case(NamedTuple):
    """Everything that conditions look at. `found` are the words of the policy in the draft."""

    draft: Draft
    entities: tuple[Entity, ...]
    found: frozenset[str]
    classification: Classification
    unsure: bool
    policy: Policy
    teams: Teams
    now: datetime

    @property
    def account(self) -> KnownAccount | None:
        """The account that it is surely from."""
        return self.draft.account.sure

    @property
    def local(self) -> datetime:
        """The moment in the policy's time zone."""
        return self.now.astimezone(ZoneInfo(self.policy.timezone))


def hold(conditions: Conditions, case: Case) -> bool:
    """True if every given condition holds."""
    return all(CHECKS[name](given, case) for name, given in conditions.named.items())


def _in_domain(email: str | None, domains: list[str]) -> bool:
    host = (email or "").rpartition("@")[2]
    return any(host == domain.lower() or host.endswith("." + domain.lower()) for domain in domains)


def _is_of(company: str | None, words: list[str], policy: Policy) -> bool:
    return not policy.companies.find_in(read_words(None, company or "")).isdisjoint(words)


def _is_named(name: str | None, wanted: list[str]) -> bool:
    return name is not None and folded_name(name) in wanted


def _has_entity(entities: tuple[Entity, ...], wanted: list[str]) -> bool:
    return any(
        one.kind in wanted or (one.value is not None and entity_key(one.kind, one.value) in wanted)
        for one in entities
    )


def _is_within(spans: list[str], local: datetime) -> bool:
    minute = local.hour * 60 + local.minute
    return any(
        begin <= minute < end or begin <= minute + MINUTES_A_DAY < end
        for begin, end in map(read_span, spans)
    )


def _open(teams: Teams, team: str, now: datetime) -> bool:
    return team in teams.by_id and is_open(teams.by_id[team].working_hours, now)


# The check of each condition, by its name: the value in the rule, and the case.
CHECKS: Final[dict[str, Callable[[Any, Case], bool]]] = {
    "category": lambda given, case: not case.unsure and case.classification.category in given,
    "intent": lambda given, case: not case.unsure and case.classification.intent in given,
    "secondary": lambda given, case: case.classification.secondary in given,
    "min_confidence": lambda given, case: case.classification.confidence >= given,
    "max_confidence": lambda given, case: case.classification.confidence <= given,
    "channel": lambda given, case: case.draft.channel in given,
    "source": lambda given, case: (
        case.draft.origin is not None and case.draft.origin.system in given
    ),
    "mailbox": lambda given, case: not set(case.draft.provenance.written_to).isdisjoint(given),
    "called_number": lambda given, case: case.draft.provenance.called in given,
    "language": lambda given, case: case.classification.language in given,
    "open_teams": lambda given, case: any(_open(case.teams, team, case.now) for team in given),
    "closed_teams": lambda given, case: any(
        not _open(case.teams, team, case.now) for team in given
    ),
    "weekday": lambda given, case: DAYS[case.local.weekday()] in given,
    "time": lambda given, case: _is_within(given, case.local),
    "words": lambda given, case: not case.found.isdisjoint(given),
    "entity": lambda given, case: _has_entity(case.entities, given),
    "attachment": lambda given, case: bool(case.draft.provenance.attachments) is given,
    "email": lambda given, case: case.draft.contact.email in given,
    "email_domain": lambda given, case: _in_domain(case.draft.contact.email, given),
    "phone_prefix": lambda given, case: (case.draft.contact.phone or "").startswith(tuple(given)),
    "company": lambda given, case: _is_of(case.draft.contact.company, given, case.policy),
    "account": lambda given, case: (
        case.account is not None
        and not {case.account.id, case.account.external_id}.isdisjoint(given)
    ),
    "tier": lambda given, case: case.account is not None and _is_named(case.account.tier, given),
    "owner": lambda given, case: case.account is not None and _is_named(case.account.owner, given),
    "known_customer": lambda given, case: (case.account is not None) is given,
}
