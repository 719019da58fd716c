"""Tell the sure account of a message from those that it may be. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Final

from inquiry_router.accounts.model import company_key, domains_of
from inquiry_router.inquiry.account import NOBODY, KnownAccount, Recognised
from inquiry_router.inquiry.model import Draft, Entity, EntityKind

# More accounts than these say nothing.
MAX_MAYBE: Final = 3
# Of a list of addresses or numbers in a text only the first ones are looked for.
_MAX_LOOKED_FOR: Final = 8


class Sign(IntEnum):
    """The signs of an account, the strongest first. The first two can make it sure."""

    CONTACT = 1  # the contact's own address or number
    TAX_ID = 2
    WRITTEN = 3  # an address or number inside the text
    DOMAIN = 4
    COMPANY = 5


@dataclass(frozen=True, slots=True)
class LookedFor:
    """The values of a message by which its account is looked for."""

    contact: tuple[str, ...] = ()
    tax_ids: tuple[str, ...] = ()
    written: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    company: str | None = None

    @property
    def points(self) -> tuple[str, ...]:
        """All addresses and numbers."""
        return (*self.contact, *self.written)

    @property
    def is_empty(self) -> bool:
        """True if there is nothing to look for."""
        return not (self.points or self.tax_ids or self.domains or self.company)


@dataclass(frozen=True, slots=True)
class Hit:
    """An account that has one of the values."""

    sign: Sign
    value: str
    account: KnownAccount


def looked_for_in(draft: Draft, entities: Iterable[Entity]) -> LookedFor:
    """Collect the values of a message by which its account is looked for."""
    contact = tuple(filter(None, (draft.contact.email, draft.contact.phone)))
    values: dict[EntityKind, list[str]] = {}
    for one in entities:
        if one.value is not None:
            values.setdefault(one.kind, []).append(one.value)
    written = (*values.get(EntityKind.EMAIL, ()), *values.get(EntityKind.PHONE, ()))
    others = (one for one in dict.fromkeys(written) if one not in contact)
    return LookedFor(
        contact,
        tuple(dict.fromkeys(values.get(EntityKind.TAX_ID, ())))[:_MAX_LOOKED_FOR],
        tuple(others)[:_MAX_LOOKED_FOR],
        domains_of(draft.contact.email),
        company_key(draft.contact.company),
    )


def recognise(hits: Iterable[Hit]) -> Recognised:
    """Tell the sure account from the others.

    A sign makes an account sure only if it names no second one. The contact's own address stands
    above a tax id, which may be that of somebody they write about.
    """
    by_sign: dict[Sign, dict[str, Hit]] = {}
    for hit in sorted(hits, key=lambda hit: (hit.sign, hit.value)):
        by_sign.setdefault(hit.sign, {}).setdefault(hit.account.id, hit)
    sure = _only(by_sign.get(Sign.CONTACT, {}))
    if sure is None and Sign.CONTACT not in by_sign:
        sure = _only(by_sign.get(Sign.TAX_ID, {}))
    maybe: dict[str, KnownAccount] = {}
    for found in by_sign.values():
        if len(found) <= MAX_MAYBE:
            for account_id, hit in found.items():
                if sure is None or account_id != sure.account.id:
                    maybe.setdefault(account_id, _known(hit))
    if sure is None and not maybe:
        return NOBODY
    return Recognised(_known(sure) if sure is not None else None, tuple(maybe.values())[:MAX_MAYBE])


def _only(found: Mapping[str, Hit]) -> Hit | None:
    return next(iter(found.values())) if len(found) == 1 else None


def _known(hit: Hit) -> KnownAccount:
    return replace(hit.account, sign=_describe(hit))


def _describe(hit: Hit) -> str:
    match hit.sign:
        case Sign.CONTACT:
            return "the address" if "@" in hit.value else "the number"
        case Sign.TAX_ID:
            return "the tax id in the text"
        case Sign.WRITTEN:
            return "an address in the text" if "@" in hit.value else "a number in the text"
        case Sign.DOMAIN:
            return "the mail domain"
        case Sign.COMPANY:
            return "the name of the company"
