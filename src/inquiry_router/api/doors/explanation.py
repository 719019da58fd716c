"""The door for the reasons of a classification, for and against."""

from typing import Any

from fastapi import Request, Response
from sqlalchemy import Connection

from inquiry_router.access.roles import Scope
from inquiry_router.api.doors.inquiries import InquiryId
from inquiry_router.api.schemas.inquiry_answers import ExplanationOut
from inquiry_router.api.web.routing import Door, answer, house, key_of
from inquiry_router.classification.examples import Neighbour
from inquiry_router.inquiries import store
from inquiry_router.inquiries.rows import read_draft
from inquiry_router.inquiry.model import Classification, Draft, Receipt
from inquiry_router.inquiry.rendering import classification_json, evidence_json
from inquiry_router.routing.own_intents import OwnIntents

door = Door("Inquiries")


@door.operation(
    "GET",
    "/inquiries/{inquiry_id}/explanation",
    scope=Scope.INQUIRIES,
    response_model=ExplanationOut,
    problems=(404,),
    summary="See why it was understood so",
)
async def explain_inquiry(request: Request, inquiry_id: InquiryId) -> Response:
    """Explain the classification: the intent in words, and the words for and against.

    For it spoke its `evidence`, against it that of the strongest rival. The three most similar
    examples come from the corpus of the shipped model and from the company's corrections.
    """
    rooms = house(request)

    def work(connection: Connection) -> tuple[Receipt, Draft]:
        row = store.find_inquiry(connection, inquiry_id)
        return store.read_receipt(connection, row), read_draft(row)

    receipt, draft = await rooms.database.read(work)
    nearest = await rooms.learning.explain(draft)
    if key_of(request).is_bound:  # what was learnt are texts of all teams
        nearest = tuple(one for one in nearest if one.origin != "learnt")
    classification, own = receipt.classification, rooms.configuration.current.own_intents
    return answer(
        {
            "classification": classification_json(classification),
            "looks_like": _looks_like(classification, own),
            "rival": _rival(classification),
            "nearest": [_neighbour(one) for one in nearest],
        }
    )


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
