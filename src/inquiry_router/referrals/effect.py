"""Asking does not hurt, measured: customers asked against those not asked. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

# Below this a difference is luck, and the page says so.
MIN_CUSTOMERS = 30


@dataclass(frozen=True, slots=True)
class CustomerAfter:
    """The deeds of a customer in the 90 days after an ask, or after a like day."""

    asked: bool
    orders: int
    complaints: int
    praised: bool = False
    said_no: bool = False


@dataclass(frozen=True, slots=True)
class AskedGroup:
    """The figures of one group of customers."""

    customers: int
    with_orders: int
    with_complaints: int
    with_praise: int

    @property
    def order_share(self) -> float | None:
        """The share with an order; None of nobody."""
        return self.with_orders / self.customers if self.customers else None

    @property
    def complaint_share(self) -> float | None:
        """The share with a complaint; None of nobody."""
        return self.with_complaints / self.customers if self.customers else None


@dataclass(frozen=True, slots=True)
class Effect:
    """Both groups, those who said no, and a verdict that is honest about small numbers."""

    asked: AskedGroup
    not_asked: AskedGroup
    said_no: AskedGroup
    verdict: str


def compare(customers: Iterable[CustomerAfter]) -> Effect:
    """Compare customers who were asked with the others."""
    found = list(customers)
    asked = _side(one for one in found if one.asked)
    others = _side(one for one in found if not one.asked)
    refused = _side(one for one in found if one.said_no)
    return Effect(asked, others, refused, _verdict(asked, others))


def _side(customers: Iterable[CustomerAfter]) -> AskedGroup:
    found = list(customers)
    return AskedGroup(
        len(found),
        sum(one.orders > 0 for one in found),
        sum(one.complaints > 0 for one in found),
        sum(one.praised for one in found),
    )


def _verdict(asked: AskedGroup, others: AskedGroup) -> str:
    """`too_few`, `no_difference`, `more_orders` or `fewer_orders`."""
    if min(asked.customers, others.customers) < MIN_CUSTOMERS:
        return "too_few"
    first, second = asked.order_share or 0.0, others.order_share or 0.0
    spread = sqrt(first * (1 - first) / asked.customers + second * (1 - second) / others.customers)
    if abs(first - second) <= 1.96 * spread:
        return "no_difference"
    return "more_orders" if first > second else "fewer_orders"
