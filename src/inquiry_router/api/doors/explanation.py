"""The door for the reasons of a classification, for and against."""

import asyncio
from functools import partial
from typing import Any

from fastapi import Request, Response
from sqlalchemy import Connection

from inquiry_router.access.roles import Scope
from inquiry_router.api.doors.inquiries import InquiryId
from inquiry_router.api.schemas.inquiry_answers import ExplanationOut
from inquiry_router.api.web.routing import Door, answer, house, key_of
from inquiry_router.api.web.speaking import ReadersLanguage, language_of, say_all
from inquiry_router.classification.examples import Neighbour
from inquiry_router.configuration.documents import POLICY
from inquiry_router.inquiries import store
from inquiry_router.inquiries.rows import read_draft
from inquiry_router.inquiry.errors import NotFound
from inquiry_router.inquiry.model import (
    UNAVAILABLE,
    UNREAD,
    Classification,
    Draft,
    Flag,
    Receipt,
)
from inquiry_router.inquiry.reasons import Reason
from inquiry_router.inquiry.rendering import classification_json, evidence_json
from inquiry_router.policies.service import rulebook_with
from inquiry_router.policies.store import find_version
from inquiry_router.routing.decide import Rulebook, make_case
from inquiry_router.routing.own_intents import OwnIntents
from inquiry_router.routing.trying import try_rules
from inquiry_router.routing.what_if import DecidedCase, what_if
from inquiry_router.text.folding import read_words

door = Door("Inquiries")


@door.operation(
    "GET",
    "/inquiries/{inquiry_id}/explanation",
    scope=Scope.INQUIRIES,
    response_model=ExplanationOut,
    problems=(404,),
    summary="See why it was understood so",
)
async def explain_inquiry(
    request: Request, inquiry_id: InquiryId, lang: ReadersLanguage = None
) -> Response:
    """Explain the classification and the decision: the words for and against, and the rules.

    `rules` are those of the policy that decided, in the order in which they were tried, each with
    the conditions for which it failed. `what_if` are single changes that would lead to another
    team, priority or rule by the policy in force; each was decided to know it.

    For it spoke its `evidence`, against it that of the strongest rival. The three most similar
    examples come from the corpus of the shipped model and from the company's corrections.
    """
    return answer(
        await explain(request, inquiry_id, language_of(request)),
        content_language=language_of(request),
    )


async def explain(request: Request, inquiry_id: str, language: str) -> dict[str, Any]:
    """Explain a decision in a language. Raises `NotFound`."""
    rooms = house(request)

    def work(connection: Connection) -> tuple[Receipt, Draft]:
        row = store.find_inquiry(connection, inquiry_id)
        return store.read_receipt(connection, row), read_draft(row)

    receipt, draft = await rooms.database.read(work)
    nearest = await rooms.learning.explain(draft)
    if key_of(request).is_bound:  # what was learnt are texts of all teams
        nearest = tuple(one for one in nearest if one.origin != "learnt")
    classification, own = receipt.classification, rooms.configuration.current.own_intents
    return {
        "classification": classification_json(classification),
        "looks_like": _looks_like(classification, own),
        "rival": _rival(classification),
        "nearest": [_neighbour(one) for one in nearest],
        **await _explain_rules(request, receipt, draft, language),
    }


async def _explain_rules(
    request: Request, receipt: Receipt, draft: Draft, language: str
) -> dict[str, Any]:
    """The rules that were tried, by the policy that decided, and single changes."""
    rooms, version = house(request), receipt.decision.policy_version
    rulebook = rooms.configuration.current.rulebook
    then = await _rulebook_then(request, version)
    at, undecided = receipt.received_at, Flag.UNDECIDED in receipt.decision.flags
    words = read_words(draft.subject, draft.text)
    classification, entities = receipt.classification, receipt.entities
    case = make_case(draft, classification, entities, then, at, words, undecided=undecided)
    tried = try_rules(case)
    changes: list[Reason] = []
    if not undecided and classification.method not in (UNAVAILABLE, UNREAD):
        sure_from = rooms.classifier.sure_from(classification.category)
        situation = DecidedCase(draft, classification, entities, at, sure_from)
        changes = await asyncio.to_thread(what_if, situation, rulebook)
    return {
        "policy_version": then.version,
        "rules": [
            {
                "rule": one.rule,
                "applied": one.applied,
                "failed": say_all(request, one.failed, language),
            }
            for one in tried
        ],
        "what_if": say_all(request, changes, language),
    }


async def _rulebook_then(request: Request, version: int) -> Rulebook:
    """The rules as they were when the inquiry was decided; those in force if they are gone."""
    rooms = house(request)
    present = rooms.configuration.current
    if version == present.documents.version(POLICY):
        return present.rulebook
    try:
        find = partial(find_version, version=version)
        return rulebook_with(present, await rooms.database.read(find), version)
    except NotFound:
        return present.rulebook


def _looks_like(classification: Classification, own: OwnIntents) -> dict[str, Any] | None:
    if classification.intent is None:
        return None
    return {
        "intent": classification.intent,
        "names": own.names(classification.intent),
        "confidence": classification.intent_confidence,
    }


def _rival(classification: Classification) -> dict[str, Any] | None:
    if len(classification.ranking) < 2:
        return None
    second = classification.ranking[1]
    evidence = evidence_json(classification.rival_evidence)
    return {"category": second.category, "confidence": second.confidence, "evidence": evidence}


def _neighbour(one: Neighbour) -> dict[str, Any]:
    return {
        "text": one.text,
        "category": one.category,
        "similarity": one.similarity,
        "origin": one.origin,
    }
