"""Let the owner of an account know of its inquiries without asking them to act.

By default a line in the digest of each sure service matter; nothing of what is unsure or `other`;
nothing of a sales matter, which they are offered. A rule may say otherwise (`owner_gets`).
"""

from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from inquiry_router.configuration.model import Configuration
from inquiry_router.database.group_commit import TableRows
from inquiry_router.inquiry.categories import OTHER
from inquiry_router.inquiry.model import UNSURE_FLAGS, Draft, Receipt
from inquiry_router.routing.assigning import OwnerGets
from inquiry_router.routing.decide import outcome_of
from inquiry_router.staff.model import Member, Roster
from inquiry_router.staff.store import load_roster
from inquiry_router.telling.model import Notice, Receiver
from inquiry_router.telling.store import add_notice, notice_rows

_KINDS: Final = {"digest": "line_for_digest", "copy": "copy_for_owner"}
_MAX_TEXT_CHARS: Final = 400


def owner_gets(receipt: Receipt, configuration: Configuration) -> OwnerGets:
    """Decide on what the owner hears of an inquiry."""
    decision, rulebook = receipt.decision, configuration.rulebook
    if not UNSURE_FLAGS.isdisjoint(decision.flags) or receipt.classification.category == OTHER:
        return "nothing"
    outcome = outcome_of(rulebook.policy, decision.rule)
    if outcome.owner_gets is not None:
        return outcome.owner_gets
    team = rulebook.teams.by_id.get(decision.team)
    return "digest" if team is not None and team.kind == "service" else "nothing"


def owner_notice(
    receipt: Receipt, draft: Draft, configuration: Configuration, roster: Roster
) -> Notice | None:
    """The notice for the owner of a sure account; None if they hear nothing, or have it."""
    account, provenance = receipt.account.sure, draft.provenance
    if account is None or provenance.shadow or provenance.automatic is not None:
        return None
    gets = owner_gets(receipt, configuration)
    owner = roster.by_name(account.owner)
    if gets == "nothing" or owner is None or owner.id == receipt.decision.assignee_id:
        return None
    return _notice(receipt, draft, owner, _KINDS[gets])


def owner_rows(
    receipt: Receipt, draft: Draft, configuration: Configuration, roster: Roster, now: datetime
) -> list[TableRows]:
    """The row of the notice about a new inquiry."""
    notice = owner_notice(receipt, draft, configuration, roster)
    return [notice_rows(notice, now)] if notice is not None else []


def inform_owner(
    connection: Connection,
    receipt: Receipt,
    draft: Draft,
    configuration: Configuration,
    now: datetime,
) -> None:
    """Queue the notice about an inquiry that was decided later."""
    if receipt.account.sure is None:
        return
    notice = owner_notice(receipt, draft, configuration, load_roster(connection))
    if notice is not None:
        add_notice(connection, notice, now)


def _notice(receipt: Receipt, draft: Draft, owner: Member, kind: str) -> Notice:
    facts = {"subject": draft.subject}
    if kind == "copy_for_owner":
        facts["text"] = draft.text[:_MAX_TEXT_CHARS]
    return Notice(kind, f"{kind}:{receipt.id}", Receiver(owner.id), facts, receipt.id)
