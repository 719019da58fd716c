"""Find the people and companies that a message names as recommender or prospect. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from inquiry_router.inquiry.model import Draft, Entity, EntityKind
from inquiry_router.inquiry.referral import Quoted, ReferralParty

_NAMED: Final = 0.9


@dataclass(frozen=True, slots=True)
class Named:
    """The parties that a message names. `negated`: it advises against somebody."""

    recommender: ReferralParty | None = None
    prospect: ReferralParty | None = None
    negated: bool = False

    @property
    def is_empty(self) -> bool:
        """True if nobody is named."""
        return self.recommender is None and self.prospect is None

    @property
    def certainty(self) -> float:
        """The certainty of the surest name."""
        quoted = (
            one
            for party in (self.recommender, self.prospect)
            if party is not None
            for one in (party.name, party.company)
            if one is not None
        )
        return max((one.certainty for one in quoted), default=0.0)


def find_named(draft: Draft, entities: Iterable[Entity]) -> Named:
    """Find the recommender and the prospect that the words name."""
    found: dict[EntityKind, ReferralParty] = {}
    for one in entities:
        if one.kind in (EntityKind.PERSON_RECOMMENDING, EntityKind.PERSON_RECOMMENDED):
            name = Quoted(one.value or one.text, one.text, _NAMED)
            found.setdefault(one.kind, ReferralParty(name=name))
    return Named(
        found.get(EntityKind.PERSON_RECOMMENDING), found.get(EntityKind.PERSON_RECOMMENDED)
    )
