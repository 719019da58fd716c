"""Store invoices once each, and let them win the referrals of their customers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, or_, select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from inquiry_router.accounts.tables import accounts, contact_points
from inquiry_router.inquiry.errors import RouterError
from inquiry_router.inquiry.reasons import reason
from inquiry_router.process.ids import new_id
from inquiry_router.referrals import acting
from inquiry_router.referrals.acting import OnStep, ReferralStep
from inquiry_router.referrals.invoices import InvoiceProblem, InvoiceRow
from inquiry_router.referrals.model import StoredReferral
from inquiry_router.referrals.stages import ReferralState
from inquiry_router.referrals.tables import invoices, referral_signs, referrals

_WINNABLE: Final = ("consent_known", "contacted", "qualified")
# Called for each new purchase of an account.
OnPurchase = Callable[[Connection, str], None]


@dataclass(frozen=True, slots=True)
class ImportedInvoices:
    """The result of an import. `won` are referrals."""

    stored: int
    repeated: int
    won: tuple[str, ...]
    problems: tuple[InvoiceProblem, ...]


def store_invoices(
    connection: Connection,
    rows: Sequence[InvoiceRow],
    actor: str,
    now: datetime,
    on_step: OnStep,
    on_purchase: OnPurchase,
) -> ImportedInvoices:
    """Store invoices. One that came before changes nothing; with another amount it is a problem."""
    stored = repeated = 0
    won: list[str] = []
    problems: list[InvoiceProblem] = []
    for row in rows:
        account = _account_of(connection, row.tax_id)
        if not _is_new(connection, row, account, now):
            repeated += 1
            problems += _contradiction(connection, row)
            continue
        stored += 1
        if account is not None:
            on_purchase(connection, account)
        try:
            with connection.begin_nested():
                found = _win(connection, row, account, actor, now, on_step)
        except RouterError as error:
            message = f"the invoice is stored, but its referral is not won: {error.detail}"
            problems.append(InvoiceProblem(row.line, message))
            continue
        if found is not None:
            won.append(found.id)
    return ImportedInvoices(stored, repeated, tuple(won), tuple(problems))


def _account_of(connection: Connection, tax_id: str) -> str | None:
    query = select(accounts.c.id).where(
        accounts.c.tax_id == tax_id, accounts.c.merged_into.is_(None)
    )
    found = list(connection.scalars(query.limit(2)))
    return found[0] if len(found) == 1 else None


def _is_new(connection: Connection, row: InvoiceRow, account: str | None, now: datetime) -> bool:
    into = sqlite_insert if connection.dialect.name == "sqlite" else postgres_insert
    values = {
        "id": new_id(),
        "tax_id": row.tax_id,
        "number": row.number,
        "amount_minor": row.amount_minor,
        "currency": row.currency,
        "issued_on": row.issued_on,
        "account_id": account,
        "imported_at": now,
    }
    return connection.execute(into(invoices).values(values).on_conflict_do_nothing()).rowcount == 1


def _contradiction(connection: Connection, row: InvoiceRow) -> list[InvoiceProblem]:
    query = select(invoices.c.amount_minor, invoices.c.currency).where(
        invoices.c.tax_id == row.tax_id, invoices.c.number == row.number
    )
    known = connection.execute(query).one()
    if (known.amount_minor, known.currency) == (row.amount_minor, row.currency):
        return []
    message = (
        f"the invoice {row.number} came before with {known.amount_minor / 100:.2f} "
        f"{known.currency}, not {row.amount_minor / 100:.2f} {row.currency}: the first one stays; "
        "undo the referral if it was wrong"
    )
    return [InvoiceProblem(row.line, message)]


def _win(
    connection: Connection,
    row: InvoiceRow,
    account: str | None,
    actor: str,
    now: datetime,
    on_step: OnStep,
) -> StoredReferral | None:
    """Let the first invoice after a referral win it."""
    referral_id = _find_referral(connection, row, account, now)
    if referral_id is None:
        return None
    step = ReferralStep(
        ReferralState.WON,
        actor,
        now,
        reason("won_by_invoice", number=row.number),
        amount_minor=row.amount_minor,
        currency=row.currency,
    )
    after = acting.take_step(connection, referral_id, step, on_step)
    this = (invoices.c.tax_id == row.tax_id) & (invoices.c.number == row.number)
    connection.execute(invoices.update().where(this).values(referral_id=referral_id))
    return after


def _find_referral(
    connection: Connection, row: InvoiceRow, account: str | None, now: datetime
) -> str | None:
    """The oldest protected referral of the buyer that was there before the invoice."""
    signs = [f"nip:{row.tax_id}"]
    if account is not None:
        points = select(contact_points.c.kind, contact_points.c.value)
        rows = connection.execute(points.where(contact_points.c.account_id == account))
        signs += [f"account:{account}", *(f"{kind}:{value}" for kind, value in rows)]
    by_sign = select(referral_signs.c.referral_id).where(referral_signs.c.sign.in_(signs))
    query = (
        select(referrals.c.id, referrals.c.received_at)
        .where(or_(referrals.c.id.in_(by_sign), referrals.c.prospect_account_id == account))
        .where(referrals.c.state.in_(_WINNABLE), referrals.c.candidate.is_(False))
        .where(referrals.c.expires_at > now)
        .order_by(referrals.c.id)
    )
    for found in connection.execute(query):
        if found.received_at.date() <= row.issued_on:
            return str(found.id)
    return None
