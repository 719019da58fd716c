"""Inquiries as JSON: one form for API answers, webhooks and the database."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Final

from inquiry_router.inquiry.account import recognised_json
from inquiry_router.inquiry.model import (
    PLAIN,
    Acknowledgement,
    Attachment,
    Classification,
    Contact,
    Decision,
    Draft,
    Entity,
    EntityKind,
    Event,
    Evidence,
    Flag,
    Joined,
    Priority,
    Provenance,
    Ranked,
    Receipt,
    Status,
)
from inquiry_router.inquiry.reasons import read_reasons, reason_facts

Json = dict[str, Any]
# Former names of flags: sent for one more release, and read from stored decisions.
_FORMER_FLAGS: Final = {Flag.SALES_GUARD: "law"}


def format_time(moment: datetime | None) -> str | None:
    """Format a time as RFC 3339 in UTC with milliseconds: 2026-11-21T19:16:18.123Z."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read_time(written: str | None) -> datetime | None:
    """Read back the result of `format_time`."""
    return datetime.fromisoformat(written) if written is not None else None


def classification_json(classification: Classification) -> Json:
    """Render a classification, including `unsure`, so that it can be read back."""
    return {
        "category": classification.category,
        "confidence": classification.confidence,
        "intent": classification.intent,
        "intent_confidence": classification.intent_confidence,
        "secondary": classification.secondary,
        "ranking": [
            {"category": entry.category, "confidence": entry.confidence}
            for entry in classification.ranking
        ],
        "language": classification.language,
        "method": classification.method,
        "model": classification.model,
        "evidence": evidence_json(classification.evidence),
        "rival_evidence": evidence_json(classification.rival_evidence),
        "unsure": classification.unsure,
    }


def evidence_json(evidence: Iterable[Evidence]) -> list[Json]:
    """Render evidence."""
    return [{"text": entry.text, "weight": entry.weight} for entry in evidence]


def read_classification(data: Json) -> Classification:
    """Read back the result of `classification_json`."""
    return Classification(
        category=data["category"],
        confidence=data["confidence"],
        secondary=data["secondary"],
        ranking=tuple(Ranked(entry["category"], entry["confidence"]) for entry in data["ranking"]),
        language=data["language"],
        method=data["method"],
        model=data["model"],
        evidence=_read_evidence(data["evidence"]),
        unsure=data["unsure"],
        # Missing in rows of older versions.
        intent=data.get("intent"),
        intent_confidence=data.get("intent_confidence"),
        rival_evidence=_read_evidence(data.get("rival_evidence", ())),
    )


def _read_evidence(data: Iterable[Json]) -> tuple[Evidence, ...]:
    return tuple(Evidence(entry["text"], entry["weight"]) for entry in data)


def decision_json(decision: Decision) -> Json:
    """Render a decision; leave out the parts that few have."""
    more: Json = {
        "promised_minutes": decision.promised_minutes,
        "assignee_user": decision.assignee_user,
        "is_offer": decision.is_offer or None,
    }
    return {
        "team": decision.team,
        "assignee": decision.assignee,
        "assignee_id": decision.assignee_id,
        "priority": decision.priority.value,
        "due_at": format_time(decision.due_at),
        "rule": decision.rule,
        "policy_version": decision.policy_version,
        "reasons": list(decision.reasons),
        "reason_facts": reason_facts(decision.reasons),
        "flags": flag_names(decision.flags),
        **{name: value for name, value in more.items() if value is not None},
    }


def read_decision(data: Json) -> Decision:
    """Read back the result of `decision_json`."""
    return Decision(
        team=data["team"],
        assignee=data["assignee"],
        priority=Priority(data["priority"]),
        due_at=read_time(data["due_at"]),
        rule=data["rule"],
        policy_version=data["policy_version"],
        reasons=read_reasons(data["reasons"], data.get("reason_facts", ())),
        flags=_read_flags(data["flags"]),
        promised_minutes=data.get("promised_minutes"),
        assignee_id=data.get("assignee_id"),  # missing in rows of older versions
        assignee_user=data.get("assignee_user"),
        is_offer=data.get("is_offer", False),
    )


def flag_names(flags: Iterable[Flag]) -> list[str]:
    """List flags by name; a renamed flag by its former name too."""
    return [name for flag in flags for name in (flag.value, _FORMER_FLAGS.get(flag)) if name]


def _read_flags(names: Iterable[str]) -> tuple[Flag, ...]:
    present = {former: flag for flag, former in _FORMER_FLAGS.items()}
    return tuple(dict.fromkeys(present.get(name) or Flag(name) for name in names))


def entities_json(entities: tuple[Entity, ...]) -> list[Json]:
    """Render entities."""
    return [
        {
            "kind": one.kind.value,
            "text": one.text,
            "value": one.value,
            "field": one.field,
            "begin": one.begin,
            "end": one.end,
        }
        for one in entities
    ]


def read_entities(data: list[Json]) -> tuple[Entity, ...]:
    """Read back the result of `entities_json`."""
    return tuple(
        Entity(
            EntityKind(one["kind"]),
            one["text"],
            one["value"],
            one["begin"],
            one["end"],
            one["field"],
        )
        for one in data
    )


def acknowledgement_json(acknowledgement: Acknowledgement | None) -> Json | None:
    """Render an acknowledgement; None if there is none."""
    if acknowledgement is None:
        return None
    return {"language": acknowledgement.language, "text": acknowledgement.text}


def read_acknowledgement(data: Json | None) -> Acknowledgement | None:
    """Read back the result of `acknowledgement_json`."""
    return Acknowledgement(**data) if data is not None else None


def provenance_json(provenance: Provenance) -> Json | None:
    """Render a provenance; None for the plain one."""
    if provenance is PLAIN or provenance == PLAIN:
        return None
    return {
        "automatic": provenance.automatic,
        "forwarded_by": contact_json(provenance.forwarded_by) if provenance.forwarded_by else None,
        "attachments": [_attachment_json(one) for one in provenance.attachments],
        "hops": provenance.hops,
        "shadow": provenance.shadow,
        "unread": provenance.unread,
        "written_to": list(provenance.written_to),
        "called": provenance.called,
        "no_reply": provenance.no_reply,
        "shortened": provenance.shortened,
        "files_unread": provenance.files_unread,
    }


def _attachment_json(file: Attachment) -> Json:
    text = {"text": file.text} if file.text is not None else {}
    return {"name": file.name, "type": file.type, "size": file.size, **text}


def read_provenance(data: Json | None) -> Provenance:
    """Read back the result of `provenance_json`."""
    if data is None:
        return PLAIN
    return Provenance(
        automatic=data["automatic"],
        forwarded_by=Contact(**data["forwarded_by"]) if data["forwarded_by"] else None,
        attachments=tuple(Attachment(**one) for one in data["attachments"]),
        hops=data["hops"],
        shadow=data["shadow"],
        # Missing in rows of older versions.
        unread=data.get("unread", False),
        written_to=tuple(data.get("written_to", ())),
        called=data.get("called"),
        no_reply=data.get("no_reply", False),
        shortened=data.get("shortened", False),
        files_unread=data.get("files_unread", False),
    )


def said_json(draft: Draft) -> Json:
    """Render the customer's part: text, contact, origin and provenance."""
    origin = draft.origin
    return {
        "channel": draft.channel.value,
        "subject": draft.subject,
        "text": draft.text,
        "contact": contact_json(draft.contact),
        "source": {"system": origin.system, "id": origin.id, "url": origin.url} if origin else None,
        "passage": provenance_json(draft.provenance),
    }


def contact_json(contact: Contact) -> Json:
    """Render a contact; its extension only if there is one."""
    return {
        "name": contact.name,
        "email": contact.email,
        "phone": contact.phone,
        "company": contact.company,
        **({"extension": contact.extension} if contact.extension is not None else {}),
    }


def receipt_json(receipt: Receipt) -> Json:
    """Render an inquiry as it is after an event."""
    return {
        **identity_json(receipt.id, receipt.reference, receipt.status, receipt.received_at),
        **outcome_json(receipt),
        **recognised_json(receipt.account),
    }


def answer_json(receipt: Receipt) -> Json:
    """Render the answer to a sender."""
    joined = receipt.joined
    return {**receipt_json(receipt), "joined": _joined_json(joined) if joined else None}


def _joined_json(joined: Joined) -> Json:
    return {**asdict(joined), "reason_facts": reason_facts(joined.reasons)}


def identity_json(inquiry_id: str, reference: str, status: Status, received_at: datetime) -> Json:
    """Render the first members of an answer."""
    return {
        "id": inquiry_id,
        "reference": reference,
        "status": status.value,
        "received_at": format_time(received_at),
    }


def outcome_json(receipt: Receipt) -> Json:
    """Render the other members: classification, decision, acknowledgement and entities."""
    return {
        "classification": classification_json(receipt.classification),
        "decision": decision_json(receipt.decision),
        "acknowledgement": acknowledgement_json(receipt.acknowledgement),
        "entities": entities_json(receipt.entities),
    }


def event_json(event: Event, at: datetime, draft: Draft, receipt: Json, **more: object) -> Json:
    """Render an event: answer and customer's part, in the envelope of Standard Webhooks."""
    return {
        "type": event.value,
        "timestamp": format_time(at),
        "data": {**receipt, **said_json(draft), **more},
    }
