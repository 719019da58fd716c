"""The gain of recommendations, from what was won and not from promises. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from inquiry_router.configuration.referral_rules import ReferralRules
from inquiry_router.referrals.rewarding import amount_of

# With fewer deals than these an average is luck.
MIN_DEALS = 5


@dataclass(frozen=True, slots=True)
class CompanyFigures:
    """Figures of the company: amounts of referrals that were won, and counts of closed ones.

    The amounts are in one currency; `won_otherwise` counts those that were won in another one.
    """

    won_minor: tuple[int, ...] = ()
    closed: int = 0
    asks: int = 0
    named: int = 0
    won_otherwise: int = 0

    @property
    def won(self) -> int:
        """The number of those that were won with an amount."""
        return len(self.won_minor) + self.won_otherwise


@dataclass(frozen=True, slots=True)
class Gain:
    """The worth of some referrals a year. None where there are too few figures to say."""

    referrals: int
    won: float | None
    turnover_minor: int | None
    reward_minor: int | None
    hours: float | None
    deals: int
    is_enough: bool
    conversations: float | None = None


def gain_of(count: int, figures: CompanyFigures, rules: ReferralRules) -> Gain:
    """Work out what `count` referrals a year are worth to a salesperson."""
    deals = len(figures.won_minor)
    if not deals or not figures.closed:
        return Gain(count, None, None, None, None, deals, is_enough=False)
    won = count * figures.won / figures.closed
    typical = int(median(figures.won_minor))
    saved = won * (rules.hours_cold - rules.hours_recommended)
    conversations = count * figures.asks / figures.named if figures.named else None
    return Gain(
        count,
        round(won, 1),
        int(won * typical),
        int(_reward(won, count, typical, rules)),
        round(max(0.0, saved), 1),
        deals,
        is_enough=deals >= MIN_DEALS,
        conversations=round(conversations, 1) if conversations is not None else None,
    )


def _reward(won: float, count: int, typical: int, rules: ReferralRules) -> float:
    own: Sequence[tuple[float, int]] = [
        (won if rule.event == "won" else count, amount_of(rule, typical))
        for rule in rules.rewards
        if rule.receiver == "salesperson"
    ]
    return sum(times * amount for times, amount in own)
