"""The account of an inquiry as it was recognised at intake, and its JSON form."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

OWNER: Final = "owner"
DEPUTY: Final = "deputy"


@dataclass(frozen=True, slots=True)
class LastComplaint:
    """The newest complaint of an account."""

    reference: str
    received_at: datetime
    is_open: bool


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """An account, and the sign by which it was recognised.

    `roles` are pairs of a role at our side and the name of its person. `open_matters` and
    `last_complaint` are read for a sure account only, and without the inquiry itself.
    `last_handler` is the id of the member who had its newest inquiry; it is not stored.
    """

    id: str
    name: str
    sign: str
    external_id: str | None = None
    tier: str | None = None
    roles: tuple[tuple[str, str], ...] = ()
    open_matters: int = 0
    last_complaint: LastComplaint | None = None
    brand: str | None = None
    last_handler: str | None = field(default=None, compare=False)

    def person(self, role: str) -> str | None:
        """The name of the person with a role at our side."""
        return dict(self.roles).get(role)

    @property
    def owner(self) -> str | None:
        """The name of its salesperson."""
        return self.person(OWNER)


@dataclass(frozen=True, slots=True)
class Recognised:
    """The account of a message: a sure one, or those that it may be."""

    sure: KnownAccount | None = None
    maybe: tuple[KnownAccount, ...] = ()


NOBODY: Final = Recognised()


def learn_account(known: Recognised, news: Recognised) -> Recognised:
    """Add to an inquiry's account what a later message says; a sure one is never replaced."""
    if known.sure is not None or news == NOBODY:
        return known
    if news.sure is None:
        return known if known != NOBODY else news
    return Recognised(news.sure, tuple(one for one in known.maybe if one.id != news.sure.id))


def recognised_json(found: Recognised) -> dict[str, Any]:
    """Render a result, with sure and maybe apart."""
    return {
        "account": _sure_json(found.sure) if found.sure is not None else None,
        "maybe_accounts": [_maybe_json(one) for one in found.maybe],
    }


def stored_json(found: Recognised) -> dict[str, Any] | None:
    """Render a result for the database; None if there is nothing."""
    return recognised_json(found) if found != NOBODY else None


def read_recognised(data: dict[str, Any] | None) -> Recognised:
    """Read back the result of `recognised_json`."""
    if not data:
        return NOBODY
    sure = data["account"]
    return Recognised(
        _read(sure) if sure is not None else None,
        tuple(_read(one) for one in data["maybe_accounts"]),
    )


def _maybe_json(account: KnownAccount) -> dict[str, Any]:
    return {
        "id": account.id,
        "name": account.name,
        "external_id": account.external_id,
        "sign": account.sign,
    }


def _sure_json(account: KnownAccount) -> dict[str, Any]:
    last = account.last_complaint
    return {
        **_maybe_json(account),
        "tier": account.tier,
        "brand": account.brand,
        "roles": dict(account.roles),
        "open_matters": account.open_matters,
        "last_complaint": {
            "reference": last.reference,
            "received_at": _written(last.received_at),
            "is_open": last.is_open,
        }
        if last is not None
        else None,
    }


def _read(data: dict[str, Any]) -> KnownAccount:
    return KnownAccount(
        id=data["id"],
        name=data["name"],
        sign=data["sign"],
        external_id=data["external_id"],
        tier=data.get("tier"),
        brand=data.get("brand"),
        roles=_pairs(data.get("roles", {}).items()),
        open_matters=data.get("open_matters", 0),
        last_complaint=_read_complaint(data.get("last_complaint")),
    )


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _read_complaint(data: dict[str, Any] | None) -> LastComplaint | None:
    if data is None:
        return None
    at = datetime.fromisoformat(data["received_at"])
    return LastComplaint(data["reference"], at, data["is_open"])


def _pairs(roles: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(roles))
