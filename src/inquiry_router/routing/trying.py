"""The rules in the order in which they were tried, and why each failed. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from inquiry_router.inquiry.condition_words import short_value
from inquiry_router.inquiry.reasons import Reason, reason
from inquiry_router.routing.checks import CHECKS, Case, hold
from inquiry_router.routing.conditions import Conditions
from inquiry_router.routing.fields import DAYS
from inquiry_router.routing.policy import Rule
from inquiry_router.routing.working_hours import is_open

_UNSURE: Final = ("category", "intent")
# Conditions whose value in a text would be everything else in it.
_NOT_SHOWN: Final = ("words", "attachment", "known_customer")


@dataclass(frozen=True, slots=True)
class TriedRule:
    """A rule that was tried, and each condition for which it failed; none if it applied."""

    rule: str
    failed: tuple[Reason, ...]

    @property
    def applied(self) -> bool:
        """True for the rule that decided."""
        return not self.failed


def try_rules(case: Case) -> list[TriedRule]:
    """Try the rules one after the other, up to the one that applies."""
    tried = []
    for rule in case.policy.rules:
        tried.append(TriedRule(rule.id, tuple(_why_not(rule, case))))
        if tried[-1].applied:
            break
    return tried


def _why_not(rule: Rule, case: Case) -> list[Reason]:
    failed = [
        _failed(name, given, case)
        for name, given in rule.when.named.items()
        if not CHECKS[name](given, case)
    ]
    if failed or rule.unless is None or not hold(rule.unless, case):
        return failed
    return _excluded(rule.unless, case)


def _failed(name: str, given: Any, case: Case) -> Reason:
    conditions = [[name, short_value(given), False]]
    if name in _UNSURE and case.unsure:
        return reason("failed_unsure", conditions=conditions)
    actual = None if name in _NOT_SHOWN else ACTUAL[name](case)
    if actual in (None, "", []):
        return reason("failed_none", conditions=conditions)
    return reason("failed_here", conditions=conditions, actual=[name, short_value(actual)])


def _excluded(unless: Conditions, case: Case) -> list[Reason]:
    """The exceptions of a rule, all of which hold."""
    return [
        reason(
            "excluded",
            conditions=[[name, short_value(given), False]],
        )
        for name, given in unless.named.items()
    ]


def _teams(case: Case, *, working: bool) -> list[str]:
    return [
        team.id for team in case.teams.teams if is_open(team.working_hours, case.now) is working
    ]


def _of_account(name: str) -> Callable[[Case], Any]:
    return lambda case: getattr(case.account, name) if case.account is not None else None


# The value that each condition looks at, by its name.
ACTUAL: Final[dict[str, Callable[[Case], Any]]] = {
    "category": lambda case: [case.classification.category],
    "intent": lambda case: [case.classification.intent] if case.classification.intent else None,
    "secondary": lambda case: (
        [case.classification.secondary] if case.classification.secondary else None
    ),
    "min_confidence": lambda case: round(case.classification.confidence, 2),
    "max_confidence": lambda case: round(case.classification.confidence, 2),
    "channel": lambda case: [case.draft.channel.value],
    "source": lambda case: case.draft.origin.system if case.draft.origin is not None else None,
    "mailbox": lambda case: list(case.draft.provenance.written_to),
    "called_number": lambda case: case.draft.provenance.called,
    "language": lambda case: case.classification.language,
    "open_teams": lambda case: _teams(case, working=True),
    "closed_teams": lambda case: _teams(case, working=False),
    "weekday": lambda case: [DAYS[case.local.weekday()]],
    "time": lambda case: f"{case.local:%H:%M}",
    "entity": lambda case: list(dict.fromkeys(one.kind.value for one in case.entities)),
    "email": lambda case: case.draft.contact.email,
    "email_domain": lambda case: (case.draft.contact.email or "").rpartition("@")[2],
    "phone_prefix": lambda case: case.draft.contact.phone,
    "company": lambda case: case.draft.contact.company,
    "account": _of_account("name"),
    "tier": _of_account("tier"),
    "owner": _of_account("owner"),
}
