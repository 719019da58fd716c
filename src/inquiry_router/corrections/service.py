"""Correct an inquiry: decide again, record the correction, deliver again."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from inquiry_router.configuration.model import Configuration
from inquiry_router.configuration.service import ConfigurationService
from inquiry_router.corrections.tables import corrections
from inquiry_router.database.session import Database
from inquiry_router.delivery.outbox import record_deliveries
from inquiry_router.inquiries import store
from inquiry_router.inquiries.rows import read_draft
from inquiry_router.inquiry.categories import OTHER
from inquiry_router.inquiry.errors import Invalid
from inquiry_router.inquiry.model import (
    UNSURE_FLAGS,
    Classification,
    Decision,
    Draft,
    Event,
    Priority,
    Ranked,
    Receipt,
    Status,
)
from inquiry_router.process.ids import new_id
from inquiry_router.routing.acknowledgement import acknowledge
from inquiry_router.routing.decide import Rulebook, decide


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction by a person, of the category, the team or both."""

    who: str
    category: str | None = None
    team: str | None = None
    why: str | None = None


class CorrectionService:
    """Corrects inquiries. `on_commit` is called when there is something to deliver.

    The promise counts from when the customer wrote. What is resolved stays resolved, and a priority
    that a later message raised stays raised. Saying that the decision was right changes nothing;
    the router only learns from it.
    """

    def __init__(
        self, database: Database, configuration: ConfigurationService, on_commit: Callable[[], None]
    ) -> None:
        self._database = database
        self._configuration = configuration
        self._on_commit = on_commit

    async def correct(
        self, inquiry: str, correction: Correction, actor: str, now: datetime
    ) -> Receipt:
        """Decide again with what the person says, record it, and deliver it.

        Raises `NotFound`, and `Invalid` for an unknown team or for `other` sent to sales.
        """
        configuration = self._configuration.current

        def work(connection: Connection) -> Receipt:
            row = store.find_inquiry(connection, inquiry, for_update=True)
            before = store.read_receipt(connection, row)
            draft = read_draft(row)
            receipt = _correct(before, draft, correction, configuration, row.asked_at)
            details = _details(correction)
            row_of_correction = (corrections, [_row(before, receipt, correction, now)])
            entries = [store.timeline_entry(row.id, now, "corrected", actor, details)]
            if _confirms(before, receipt, correction):
                store.record_change(connection, before, entries, row_of_correction)
                return before
            entries.append(store.routed_entry(receipt, now, actor))
            told = configuration.destinations_for(Event.CORRECTED, receipt, draft)
            store.record_change(connection, receipt, entries, row_of_correction)
            store.set_columns(connection, row.id, placed_by=correction.who)
            record_deliveries(
                connection, Event.CORRECTED, receipt, draft, told, now, correction=details
            )
            return receipt

        receipt = await self._database.write(work)
        self._on_commit()
        return receipt


def _correct(
    before: Receipt,
    draft: Draft,
    correction: Correction,
    configuration: Configuration,
    asked_at: datetime,
) -> Receipt:
    classification = _classification_of(before, correction)
    if correction.team is not None:
        _require_team(correction.team, classification.category, configuration)
    decision = decide(
        draft, classification, before.entities, configuration.rulebook, asked_at, correction.team
    )
    language, rulebook = classification.language, configuration.rulebook
    decision = _keep_raised(decision, before, draft, rulebook, asked_at)
    return replace(
        before,
        status=Status.ROUTED if before.status is Status.NEW else before.status,
        classification=classification,
        decision=decision,
        acknowledgement=acknowledge(draft, language, before.reference, decision, rulebook),
    )


def _keep_raised(
    decision: Decision, before: Receipt, draft: Draft, rulebook: Rulebook, asked_at: datetime
) -> Decision:
    """Keep the priority if a later message raised it above what the opening asks for."""
    opening = decide(draft, before.classification, before.entities, rulebook, asked_at)
    kept = before.decision.priority
    if _rank(kept) <= max(_rank(opening.priority), _rank(decision.priority)):
        return decision
    reason = f"a later message raised the priority to {kept}"
    return replace(decision, priority=kept, reasons=(*decision.reasons, reason))


def _rank(priority: Priority) -> int:
    return tuple(Priority).index(priority)


def _confirms(before: Receipt, after: Receipt, correction: Correction) -> bool:
    """True if the person only says that the decision was right."""
    return (
        correction.category == before.classification.category
        and after.decision.team == before.decision.team
        and UNSURE_FLAGS.isdisjoint(before.decision.flags)
    )


def _classification_of(before: Receipt, correction: Correction) -> Classification:
    if correction.category is None:
        return before.classification
    return Classification(
        category=correction.category,
        confidence=1.0,
        language=before.classification.language,
        method="person",
        model=before.classification.model,
        ranking=(Ranked(correction.category, 1.0),),
    )


def _require_team(team_id: str, category: str, configuration: Configuration) -> None:
    team = configuration.teams.by_id.get(team_id)
    if team is None:
        raise Invalid(f"There is no team '{team_id}'.", hint="GET /v1/teams lists them.")
    if team.kind == "sales" and category == OTHER:
        raise Invalid("'other' never reaches sales.", hint="Say the right category too.")


def _details(correction: Correction) -> dict[str, Any]:
    return {
        "who": correction.who,
        "category": correction.category,
        "team": correction.team,
        "why": correction.why,
    }


def _row(before: Receipt, after: Receipt, correction: Correction, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "inquiry_id": before.id,
        "at": now,
        "who": correction.who,
        "why": correction.why,
        "category_before": before.classification.category,
        "category": after.classification.category,
        "team_before": before.decision.team,
        "team": after.decision.team,
    }
