"""Correct an inquiry: decide again, record the correction, deliver again."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from inquiry_router.assignment.placing import carry_on
from inquiry_router.configuration.model import Configuration
from inquiry_router.configuration.service import ConfigurationService
from inquiry_router.corrections.links import MAX_CORRECTIONS, use_link
from inquiry_router.corrections.tables import corrections
from inquiry_router.corrections.tokens import OpenedLink
from inquiry_router.database.session import Database
from inquiry_router.delivery.outbox import record_deliveries
from inquiry_router.inquiries import store
from inquiry_router.inquiries.rows import read_draft
from inquiry_router.inquiry.categories import OTHER, REFERRAL
from inquiry_router.inquiry.errors import Invalid
from inquiry_router.inquiry.model import (
    UNSURE_FLAGS,
    Classification,
    Draft,
    Event,
    Ranked,
    Receipt,
    Status,
)
from inquiry_router.process.ids import new_id
from inquiry_router.recording.showing import show
from inquiry_router.referrals.correcting import refer_corrected
from inquiry_router.routing.acknowledgement import acknowledge
from inquiry_router.routing.decide import decide, keep_raised


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction by a person, of the category, the team or both; an intent of the category."""

    who: str
    category: str | None = None
    team: str | None = None
    why: str | None = None
    intent: str | None = None


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
        self,
        inquiry: str,
        correction: Correction,
        actor: str,
        now: datetime,
        link: OpenedLink | None = None,
    ) -> Receipt:
        """Decide again with what the person says, record it, and deliver it.

        A use of the `link` is counted. Raises `LinkUsedUp`, `NotFound`, and `Invalid` for an
        unknown team, for an intent of another category, or for `other` sent to sales.
        """
        configuration = self._configuration.current

        def work(connection: Connection) -> Receipt:
            row = store.find_inquiry(connection, inquiry, for_update=True)
            if link is not None:
                use_link(connection, link.digest, MAX_CORRECTIONS, now)
            row = show(connection, row, configuration, now)
            before = store.read_receipt(connection, row)
            draft = read_draft(row)
            receipt = _correct(before, draft, correction, configuration, row.asked_at)
            confirms = _confirms(before, receipt, correction)
            if not confirms:
                rulebook = configuration.rulebook
                receipt = carry_on(connection, before, receipt, draft, rulebook, now)
            details = _details(correction)
            row_of_correction = (corrections, [_row(before, receipt, correction, now)])
            entries = [store.timeline_entry(row.id, now, "corrected", actor, details)]
            if confirms:
                store.record_change(connection, before, entries, row_of_correction)
                return before
            if receipt.classification.category == REFERRAL:
                rules = configuration.referrals
                refer_corrected(connection, receipt, draft, rules, actor, now)
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
    if correction.intent is not None:
        _require_intent(correction.intent, correction.category, configuration)
    classification = _classification_of(before, correction)
    if correction.team is not None:
        _require_team(correction.team, classification.category, configuration)
    decision = decide(
        draft, classification, before.entities, configuration.rulebook, asked_at, correction.team
    )
    language, rulebook = classification.language, configuration.rulebook
    decision = keep_raised(decision, before, draft, rulebook, asked_at)
    return replace(
        before,
        status=Status.ROUTED if before.status is Status.NEW else before.status,
        classification=classification,
        decision=decision,
        acknowledgement=acknowledge(
            draft, language, before.reference, decision, rulebook, before.entities
        ),
    )


def _confirms(before: Receipt, after: Receipt, correction: Correction) -> bool:
    """True if the person only says that the decision was right."""
    return (
        correction.category == before.classification.category
        and correction.intent in (None, before.classification.intent)
        and after.decision.team == before.decision.team
        and UNSURE_FLAGS.isdisjoint(before.decision.flags)
    )


def _classification_of(before: Receipt, correction: Correction) -> Classification:
    """The classification that a person gives. What they leave open about it stays as it was."""
    present = before.classification
    if correction.category is None:
        return present
    intent, intent_confidence = correction.intent, 1.0 if correction.intent else None
    if intent is None and correction.category == present.category:
        intent, intent_confidence = present.intent, present.intent_confidence
    return Classification(
        category=correction.category,
        confidence=1.0,
        language=present.language,
        method="person",
        model=present.model,
        ranking=(Ranked(correction.category, 1.0),),
        intent=intent,
        intent_confidence=intent_confidence,
    )


def _require_intent(intent: str, category: str | None, configuration: Configuration) -> None:
    belongs_to = configuration.own_intents.category_of.get(intent)
    if belongs_to is None:
        raise Invalid(f"There is no intent '{intent}'.", hint="GET /v1/intents lists them.")
    if category is None:
        raise Invalid(
            f"The intent '{intent}' came without its category.",
            hint=f"Say the category too: '{belongs_to}'.",
        )
    if category != belongs_to:
        raise Invalid(
            f"'{intent}' is an intent of '{belongs_to}', not of '{category}'.",
            hint="Say an intent of the right category, or none.",
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
        "intent": correction.intent,
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
        "intent": correction.intent,
    }
