"""Try a policy on the newest inquiries while somebody waits."""

from dataclasses import dataclass

from sqlalchemy import Connection

from inquiry_router.configuration.documents import POLICY
from inquiry_router.configuration.model import Configuration
from inquiry_router.inquiry.model import Decision
from inquiry_router.policies import store
from inquiry_router.policies.moves import Recorded, decide_recorded
from inquiry_router.policies.service import rulebook_with
from inquiry_router.routing.decide import Rulebook
from inquiry_router.routing.policy import Policy


@dataclass(frozen=True, slots=True)
class ChangedDecision:
    """An inquiry that another policy would decide differently."""

    inquiry_id: str
    reference: str
    said: str
    before: Decision
    after: Decision


def preview_policy(
    connection: Connection, configuration: Configuration, policy: Policy, limit: int
) -> list[ChangedDecision | None]:
    """Return the change for each of the newest inquiries, or None if the decision stays."""
    tried = rulebook_with(configuration, policy, configuration.documents.version(POLICY) + 1)
    newest = store.read_newest(connection, limit)
    return [_change(one, [configuration.rulebook, tried]) for one in newest]


def _change(recorded: Recorded, rulebooks: list[Rulebook]) -> ChangedDecision | None:
    before, after = decide_recorded(recorded, rulebooks)
    if (before.team, before.priority, before.due_at) == (after.team, after.priority, after.due_at):
        return None
    draft = recorded.draft
    said = f"{draft.subject or ''} {draft.text}".strip()[:120]
    return ChangedDecision(recorded.id, recorded.reference, said, before, after)
