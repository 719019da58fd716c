"""Inquiries that another policy decides differently, counted by what changes. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Final

from inquiry_router.inquiry.model import Classification, Decision, Draft, Entity
from inquiry_router.inquiry.model import Flag as Mark
from inquiry_router.inquiry.reasons import Reason
from inquiry_router.routing.decide import Rulebook, decide
from inquiry_router.text.folding import read_words

# More kinds of moves than people would read; the others are counted together.
MAX_KINDS: Final = 300
_CHOSEN: Final = ("chosen_by_person", "chosen_by_call")
_HELPS_OUT: Final = "helps_out"
Place = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Recorded:
    """An inquiry as it was decided: the facts that every policy decides from, and the decision.

    `team` has it now.
    """

    id: str
    reference: str
    team: str
    draft: Draft
    classification: Classification
    entities: tuple[Entity, ...]
    decision: Decision

    @property
    def chosen(self) -> tuple[str, str] | None:
        """The team that somebody chose instead of the rule's, and the code of the reason."""
        for one in self.decision.reasons:
            if isinstance(one, Reason) and one.code in _CHOSEN:
                return one.facts["team"], one.code
        return None

    @property
    def by_policy(self) -> Decision:
        """The decision as the policy made it, before another team helped out."""
        for one in self.decision.reasons:
            if isinstance(one, Reason) and one.code == _HELPS_OUT:
                return replace(self.decision, team=one.facts["wanted"])
        return self.decision


def decide_recorded(recorded: Recorded, rulebooks: Iterable[Rulebook]) -> list[Decision]:
    """Decide an inquiry by each rulebook, as of the moment it came, by the code for live ones."""
    draft, chosen = recorded.draft, recorded.chosen
    assert draft.received_at is not None
    words = read_words(draft.subject, draft.text)
    team, code = chosen if chosen is not None else (None, _CHOSEN[0])
    return [
        decide(
            draft,
            recorded.classification,
            recorded.entities,
            rulebook,
            draft.received_at,
            team if team in rulebook.teams.by_id else None,
            words,
            chosen_by=code,
            undecided=Mark.UNDECIDED in recorded.decision.flags,
        )
        for rulebook in rulebooks
    ]


def place_of(decision: Decision) -> Place:
    """Team, priority and rule of a decision."""
    return decision.team, decision.priority.value, decision.rule


@dataclass
class Moves:
    """Counts of inquiries by where they are and where they would be, with samples.

    A sample is the reference of an inquiry and the team that has it now.
    """

    samples: int
    counts: Counter[tuple[Place, Place]] = field(default_factory=Counter)
    shown: dict[tuple[Place, Place], list[tuple[str, str]]] = field(default_factory=dict)
    moved: int = 0
    later: int = 0
    sooner: int = 0
    other_kinds: int = 0

    def add(self, recorded: Recorded, before: Decision, after: Decision) -> None:
        """Count one inquiry."""
        self._count_promise(before, after)
        move = (place_of(before), place_of(after))
        if move[0] == move[1]:
            return
        self.moved += 1
        if move not in self.counts and len(self.counts) >= MAX_KINDS:
            self.other_kinds += 1
            return
        self.counts[move] += 1
        shown = self.shown.setdefault(move, [])
        if len(shown) < self.samples:
            shown.append((recorded.reference, recorded.team))

    def _count_promise(self, before: Decision, after: Decision) -> None:
        if before.due_at == after.due_at:
            return
        if after.due_at is None or (before.due_at is not None and before.due_at < after.due_at):
            self.later += 1
        else:
            self.sooner += 1

    def as_json(self) -> dict[str, Any]:
        """Render everything, to go on later."""
        return {
            "moved": self.moved,
            "later": self.later,
            "sooner": self.sooner,
            "other_kinds": self.other_kinds,
            "moves": [
                [list(before), list(after), count, [list(one) for one in self.shown[before, after]]]
                for (before, after), count in self.counts.most_common()
            ],
        }

    @classmethod
    def read(cls, data: dict[str, Any], samples: int) -> "Moves":
        """Read back the result of `as_json`; empty for nothing."""
        moves = cls(samples)
        for name in ("moved", "later", "sooner", "other_kinds"):
            setattr(moves, name, data.get(name, 0))
        for before, after, count, shown in data.get("moves", ()):
            move = _place(before), _place(after)
            moves.counts[move] = count
            moves.shown[move] = [(reference, team) for reference, team in shown]
        return moves


def _place(written: list[str]) -> Place:
    team, priority, rule = written
    return team, priority, rule


def seen_moves(found: dict[str, Any], only_teams: tuple[str, ...] | None) -> list[dict[str, Any]]:
    """The moves as people read them; who is bound to teams sees those from or to their teams.

    Their samples are inquiries that these teams have now.
    """
    return [
        {
            "from": _named(before),
            "to": _named(after),
            "count": count,
            "samples": [
                reference for reference, team in shown if only_teams is None or team in only_teams
            ],
        }
        for before, after, count, shown in found.get("moves", ())
        if only_teams is None or not {before[0], after[0]}.isdisjoint(only_teams)
    ]


def _named(place: list[str]) -> dict[str, str]:
    return dict(zip(("team", "priority", "rule"), place, strict=True))
