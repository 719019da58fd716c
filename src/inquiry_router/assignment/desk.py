"""The desk: everything that assigning needs, read once in a transaction.

Opening it locks assignment on this database, so two transactions never choose at once.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Connection

from inquiry_router.assignment import store
from inquiry_router.assignment.choosing import choose
from inquiry_router.assignment.model import (
    CALL_WEIGHT,
    MAIL_WEIGHT,
    Asked,
    Chosen,
    Load,
    State,
    Turns,
)
from inquiry_router.inquiry.categories import CATEGORIES, OTHER
from inquiry_router.inquiry.model import UNSURE_FLAGS, Channel, Decision, Draft, Receipt
from inquiry_router.inquiry.reasons import reason
from inquiry_router.routing.assigning import Assign
from inquiry_router.routing.decide import Rulebook, outcome_of
from inquiry_router.routing.teams import Team
from inquiry_router.routing.working_hours import add_working_minutes
from inquiry_router.staff.model import Roster
from inquiry_router.staff.store import load_roster
from inquiry_router.text.folding import fold, phrase_pattern, read_words
from inquiry_router.text.phrases import Phrases

# Somebody may be free then: what waits is looked at again.
LOOK_AGAIN: Final = timedelta(seconds=30)
_OF_SERVICE: Final = frozenset(one.id for one in CATEGORIES if one.side == "service")


@dataclass(frozen=True, slots=True)
class Placed:
    """An inquiry with its assignee, and the row of its assignment."""

    decision: Decision
    row: dict[str, Any]
    state: State
    chosen: Chosen | None = None


@dataclass(slots=True)
class AssignmentDesk:
    """The assigning of one transaction."""

    connection: Connection
    roster: Roster
    now: datetime
    _turns: dict[str, Turns] = field(default_factory=dict)
    _loads: dict[str, Load] | None = None
    _queues: dict[str, int] | None = None

    @property
    def loads(self) -> dict[str, Load]:
        """The open work of everybody, with what this transaction gave them."""
        if self._loads is None:
            self._loads, self._queues = store.read_work(self.connection, self.now)
        return self._loads

    @property
    def queues(self) -> dict[str, int]:
        """The number of inquiries that wait for a person, by team."""
        if self._queues is None:
            self._loads, self._queues = store.read_work(self.connection, self.now)
        return self._queues

    def turns(self, team: str) -> Turns:
        """The turns of a team."""
        if team not in self._turns:
            self._turns[team] = store.read_turns(self.connection, team)
        return self._turns[team]

    def place(
        self,
        receipt: Receipt,
        draft: Draft,
        assign: Assign,
        rulebook: Rulebook,
        *,
        is_new: bool = False,
    ) -> Placed:
        """Choose somebody for an inquiry, or put it behind those that wait.

        That of a new one (`is_new`) was recognised just now, with the last handler.
        """
        decision, team = self._overflowed(receipt.decision, assign, rulebook)
        asked = self.asked(receipt, draft, assign, team, is_new=is_new)
        chosen = self.choose(asked)
        if chosen is not None and chosen.in_turn and self.queues[team.id]:
            chosen = None  # others have waited longer
        return self._placed(asked, decision, receipt.received_at, chosen)

    def asked(
        self,
        receipt: Receipt,
        draft: Draft,
        assign: Assign,
        team: Team,
        passed: frozenset[str] = frozenset(),
        *,
        is_new: bool = False,
    ) -> Asked:
        """The values of an inquiry by which somebody is chosen."""
        classification, sure = receipt.classification, receipt.account.sure
        unsure = not UNSURE_FLAGS.isdisjoint(receipt.decision.flags)
        is_sales_matter = classification.category not in (*_OF_SERVICE, OTHER)
        last = None
        if assign.sticky and is_new and sure is not None:
            last = sure.last_handler
        elif assign.sticky:
            last = store.last_handler(self.connection, draft, sure.id if sure else None)
        skills: frozenset[str] = frozenset()
        if assign.skill is not None:
            known = (classification.category, classification.intent)
            skills = _skills_in(draft, self.roster) | {fold(one) for one in known if one}
        return Asked(
            receipt.id,
            team,
            assign,
            draft.channel,
            classification.language,
            is_sure=not unsure and is_sales_matter,
            skills=skills,
            people=dict(sure.roles) if sure is not None else {},
            last=last,
            passed=passed,
        )

    def choose(self, asked: Asked) -> Chosen | None:
        """Choose somebody who is free now."""
        return choose(asked, self.roster, self.loads, self.turns(asked.team.id), self.now)

    def give(self, asked: Asked, chosen: Chosen) -> None:
        """Count an inquiry as the work, and the turn, of somebody."""
        if chosen.in_turn:
            self.turns(asked.team.id).take(chosen.member_id)
        self.loads[chosen.member_id] = self.loads.get(chosen.member_id, Load()).plus(asked)

    def save(self, connection: Connection) -> None:
        """Store the turns."""
        for team, turns in self._turns.items():
            store.save_turns(connection, team, turns)

    def ends_at(self, asked: Asked, chosen: Chosen) -> datetime | None:
        """The end of an offer, after the minutes in which its member works."""
        minutes, member = asked.assign.accept_within_minutes, self.roster.member(chosen.member_id)
        if minutes is None or member is None:
            return None
        return add_working_minutes(member.hours_at(asked.team), self.now, minutes)

    def _overflowed(
        self, decision: Decision, assign: Assign, rulebook: Rulebook
    ) -> tuple[Decision, Team]:
        """The decision, for the team that helps out if too much waits for its own."""
        team = rulebook.teams.by_id.get(decision.team, rulebook.teams.triage)
        overflow = assign.overflow
        if overflow is None or overflow.above is None:
            return decision, team
        other = rulebook.teams.by_id.get(overflow.team)
        if self.queues[team.id] < overflow.above or not may_help_out(other, team):
            return decision, team
        assert other is not None
        return overflowed(decision, other, above=overflow.above), other

    def _placed(
        self, asked: Asked, decision: Decision, since: datetime, chosen: Chosen | None
    ) -> Placed:
        row: dict[str, Any] = {
            "inquiry_id": asked.inquiry_id,
            "state": State.QUEUED,
            "team": asked.team.id,
            "rule": decision.rule,
            "member_id": None,
            "weight": asked.weight,
            "is_call": asked.is_call,
            "since": since,
            "given_at": None,
            "in_turn": False,
            "ends_at": None,
            "told": False,
            "due_at": self.now,
            "passed": [],
        }
        if chosen is None:
            self.queues[asked.team.id] += 1
            why = reason("waits_for_person", team=asked.team.id)
            decision = replace(decision, reasons=(*decision.reasons, why))
            return Placed(decision, row, State.QUEUED)
        self.give(asked, chosen)
        ends_at = self.ends_at(asked, chosen)
        state = State.HELD if ends_at is None else State.OFFERED
        row |= {
            "state": state,
            "member_id": chosen.member_id,
            "given_at": self.now,
            "in_turn": chosen.in_turn,
            "ends_at": ends_at,
            "due_at": self.now if ends_at is not None else None,
        }
        return Placed(with_assignee(decision, chosen, state), row, state, chosen)


def held_row(receipt: Receipt, draft: Draft, member_id: str, now: datetime) -> dict[str, Any]:
    """The row of an inquiry that somebody has because a person said so."""
    is_call = draft.channel is Channel.PHONE
    return {
        "inquiry_id": receipt.id,
        "state": State.HELD,
        "team": receipt.decision.team,
        "rule": receipt.decision.rule,
        "member_id": member_id,
        "weight": CALL_WEIGHT if is_call else MAIL_WEIGHT,
        "is_call": is_call,
        "since": receipt.received_at,
        "given_at": now,
        "in_turn": False,
        "ends_at": None,
        "told": False,
        "due_at": None,
        "passed": [],
    }


def open_desk(connection: Connection, now: datetime, known: Roster | None = None) -> AssignmentDesk:
    """Open the desk. `known` is used if it is the present roster still."""
    revision = store.lock(connection)
    if known is None or known.revision != revision:
        known = load_roster(connection)
    return AssignmentDesk(connection, known, now)


def assign_of(decision: Decision, rulebook: Rulebook) -> Assign | None:
    """The assignment that the rule of a decision asks for; None if another team has it."""
    outcome = outcome_of(rulebook.policy, decision.rule)
    return outcome.assign if outcome.team == decision.team else None


def with_assignee(decision: Decision, chosen: Chosen, state: State) -> Decision:
    """The decision with the person who has it, or is asked."""
    code = "offered" if state is State.OFFERED else "assigned"
    why = reason(code, who=chosen.name, **chosen.why)
    return replace(
        decision,
        assignee=chosen.name,
        assignee_id=chosen.member_id,
        assignee_user=None if state is State.OFFERED else chosen.login,
        is_offer=state is State.OFFERED,
        reasons=(*decision.reasons, why),
    )


def overflowed(decision: Decision, team: Team, **facts: Any) -> Decision:
    """The decision for a team that helps out."""
    why = reason("helps_out", team=team.id, wanted=decision.team, **facts)
    return replace(decision, team=team.id, reasons=(*decision.reasons, why))


def may_help_out(other: Team | None, team: Team) -> bool:
    """True if a team may get what another one has no time for: never from service to sales."""
    return other is not None and (other.kind != "sales" or team.kind == "sales")


def _skills_in(draft: Draft, roster: Roster) -> frozenset[str]:
    """The skills of the roster that the words of a message name, folded."""
    phrases = _phrases(tuple(sorted({one for each in roster.members for one in each.skills})))
    found = phrases.find_in(read_words(draft.subject, draft.text))
    return frozenset(fold(one) for one in found)


@lru_cache(maxsize=4)
def _phrases(skills: tuple[str, ...]) -> Phrases:
    return Phrases({one: phrase_pattern(one) for one in skills})
