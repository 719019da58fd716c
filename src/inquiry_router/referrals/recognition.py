"""Recognise a referral in a message: who recommends whom, and who of them writes. Pure.

The model has read the words (`classification/parties.py`). Where a person said what a message is
about, nobody has; then the names count that stand beside a word of recommending.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from inquiry_router.entities.names import bare_company, nominative
from inquiry_router.inquiry.categories import OTHER, REFERRAL
from inquiry_router.inquiry.model import Classification, Contact, Draft, Entity, EntityKind
from inquiry_router.inquiry.referral import (
    FoundReferral,
    Quoted,
    ReferralParty,
    Speaker,
    ToldName,
    ToldParties,
)
from inquiry_router.referrals.signature import read_signature
from inquiry_router.referrals.warning import advises_against

# Facts of the contact's own address are surer than anything in a text.
_OF_CONTACT: Final = 1.0
_OF_TEXT: Final = 0.9
_OF_PATTERN: Final = 0.95
# A name of this certainty that a pattern finds too is as sure as the pattern.
_AGREED_FROM: Final = 0.7
# From these probabilities on nobody is recommended.
_NOBODY_IN_REFERRAL: Final = 0.97
_NOBODY_ELSEWHERE: Final = 0.5
# In other categories a name needs this certainty.
_NAMED_ELSEWHERE: Final = 0.75
# Intents of the category that recommend nobody, if nothing speaks against it.
_QUESTIONS: Final = frozenset({"reward_status", "programme_question"})
# In these a dropped name makes a referral by itself; elsewhere people look first.
_BUYING: Final = frozenset({REFERRAL, "new_purchase", "catalog_request"})
_RECOMMENDING: Final = frozenset({"recommends_a_prospect", "introduces_colleague"})
_MAX_NEED_CHARS: Final = 300


def recognise_referral(
    draft: Draft, classification: Classification, entities: Sequence[Entity]
) -> FoundReferral | None:
    """Recognise a referral; None if the message recommends nobody.

    It is a candidate if the classification is unsure or `other`, or if the names are.
    """
    if draft.provenance.automatic is not None or draft.provenance.unread:
        return None
    told = _told(classification, entities)
    if told is None or _is_nobody(told, classification):
        return None
    if advises_against(f"{draft.subject or ''}\n{draft.text}"):
        return None
    recommender, prospect = _parties(told, draft, entities)
    if recommender.is_empty and prospect.is_empty:
        return None
    sure = _is_sure(told) and classification.category in _BUYING
    candidate = classification.unsure or classification.category == OTHER or not sure
    return FoundReferral(
        recommender,
        prospect,
        told.speaker,
        classification.language,
        candidate,
        tuple(_reasons(told, classification, candidate=candidate)),
        need=_need_of(draft),
    )


def _told(classification: Classification, entities: Sequence[Entity]) -> ToldParties | None:
    """The parties as the model read them; a name that a pattern finds too is sure."""
    told = classification.told
    if told is None:
        return _told_by_patterns(classification, entities)
    found = {(one.kind, one.text) for one in entities}
    for kind, field in (
        (EntityKind.PERSON_RECOMMENDING, "recommender"),
        (EntityKind.PERSON_RECOMMENDED, "prospect"),
    ):
        name: ToldName | None = getattr(told, field)
        if name and name.certainty >= _AGREED_FROM and (kind, name.words) in found:
            agreed: dict[str, Any] = {field: ToldName(name.words, _OF_PATTERN)}
            told = replace(told, **agreed)
    return told


def _is_nobody(told: ToldParties, classification: Classification) -> bool:
    """True if nobody is recommended. In other categories somebody must be named rather surely."""
    if classification.category != REFERRAL:
        surest = max((one.certainty for one in told.known_by.values()), default=0.0)
        return told.nobody >= _NOBODY_ELSEWHERE or surest < _NAMED_ELSEWHERE
    asks = classification.intent in _QUESTIONS
    return told.nobody >= (_NOBODY_ELSEWHERE if asks else _NOBODY_IN_REFERRAL)


def _is_sure(told: ToldParties) -> bool:
    """True if the writer's part and all names are sure, and somebody is named."""
    names = [one.certainty for one in told.known_by.values()]
    return bool(names) and min(told.certainty, *names) >= told.sure_from


def _told_by_patterns(
    classification: Classification, entities: Sequence[Entity]
) -> ToldParties | None:
    """The parties by the patterns of the entities; None if they name nobody in a purchase."""
    found = {one.kind: ToldName(one.text, _OF_PATTERN) for one in reversed(entities)}
    recommender = found.get(EntityKind.PERSON_RECOMMENDING)
    prospect = found.get(EntityKind.PERSON_RECOMMENDED)
    asks = classification.intent in _QUESTIONS
    if recommender is None and prospect is None:
        if classification.category != REFERRAL or asks:
            return None
        writes = classification.intent in _RECOMMENDING
        return ToldParties(Speaker.RECOMMENDER if writes else Speaker.PROSPECT, 0.0)
    if recommender is None:
        return ToldParties(Speaker.RECOMMENDER, _OF_PATTERN, prospect=prospect)
    speaker = Speaker.PROSPECT if prospect is None else Speaker.COLLEAGUE
    return ToldParties(speaker, _OF_PATTERN, recommender=recommender, prospect=prospect)


def _parties(
    told: ToldParties, draft: Draft, entities: Sequence[Entity]
) -> tuple[ReferralParty, ReferralParty]:
    recommender = _party(told.recommender, told.recommender_company)
    prospect = _party(told.prospect, told.prospect_company)
    if told.speaker is Speaker.PROSPECT:
        prospect = _joined(prospect, _writer(draft))
    elif told.speaker is Speaker.RECOMMENDER:
        recommender = _joined(recommender, _writer(draft))
    return recommender, _with_facts(prospect, draft.contact, entities)


def _party(name: ToldName | None, company: ToldName | None) -> ReferralParty:
    return ReferralParty(
        name=None if name is None else _quoted(name, nominative(name.words)),
        company=None if company is None else _quoted(company, bare_company(company.words)),
    )


def _quoted(told: ToldName, value: str) -> Quoted:
    return Quoted(value, told.words, told.certainty)


def _writer(draft: Draft) -> ReferralParty:
    """The writer as a party. Their own address needs no proof by words; else they may sign."""
    facts: dict[str, Any] = {
        field: Quoted(value, value, _OF_CONTACT)
        for field in ("name", "company", "phone", "email")
        if (value := getattr(draft.contact, field)) is not None
    }
    return ReferralParty(**(facts or {"name": read_signature(draft.text)}))


def _joined(first: ReferralParty, second: ReferralParty) -> ReferralParty:
    """The facts of the first party, and of the second one where the first has none."""
    missing = {
        field: getattr(second, field)
        for field in ("name", "company", "phone", "email")
        if getattr(first, field) is None
    }
    return replace(first, **missing)


def _with_facts(
    party: ReferralParty, contact: Contact, entities: Iterable[Entity]
) -> ReferralParty:
    """Give the prospect the number, address and tax id that stand in the text."""
    own = {contact.phone, contact.email}
    found: dict[str, Quoted] = {}
    tax_id = party.tax_id
    for one in entities:
        if one.kind is EntityKind.TAX_ID and one.value is not None:
            tax_id = tax_id or one.value
        if one.value is None or one.value in own:
            continue
        if one.kind is EntityKind.PHONE:
            found.setdefault("phone", Quoted(one.value, one.text, _OF_TEXT))
        elif one.kind is EntityKind.EMAIL:
            found.setdefault("email", Quoted(one.value, one.text, _OF_TEXT))
    missing: dict[str, Any] = {
        field: one for field, one in found.items() if getattr(party, field) is None
    }
    return replace(party, **missing, tax_id=tax_id)


def _need_of(draft: Draft) -> str | None:
    """The beginning of the words, so that whoever rings knows what it is about."""
    words = " ".join((draft.text or draft.subject or "").split())
    return words[:_MAX_NEED_CHARS] or None


def _reasons(
    told: ToldParties, classification: Classification, *, candidate: bool
) -> Iterable[str]:
    for label, one in told.known_by.items():
        yield f'{label}: the words "{one.words}"'
    if classification.category == REFERRAL:
        yield "the category is referral"
    if candidate:
        yield "unsure: a person confirms it"
