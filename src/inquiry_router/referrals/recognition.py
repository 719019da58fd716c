"""Recognise a referral in a message: who recommends whom, and who of them writes. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from inquiry_router.inquiry.categories import OTHER, REFERRAL
from inquiry_router.inquiry.model import Classification, Contact, Draft, Entity, EntityKind
from inquiry_router.inquiry.referral import FoundReferral, Quoted, ReferralParty, Speaker
from inquiry_router.referrals.guessing import guess_party, guess_speaker, is_report, read_signature
from inquiry_router.referrals.phrases import Named, find_named
from inquiry_router.text.folding import unmarked

# Facts of the contact's own address are surer than anything in a text.
_OF_CONTACT: Final = 1.0
_OF_TEXT: Final = 0.9
# Below this a person confirms the referral; in other categories nothing weaker counts.
_STATED: Final = 0.9
# Intents of the category that recommend nobody.
_QUESTIONS: Final = frozenset({"reward_status", "programme_question"})
# In these a dropped name makes a referral by itself; elsewhere people look first.
_BUYING: Final = frozenset({REFERRAL, "new_purchase", "catalog_request"})
_BY_INTENT: Final = {
    "was_recommended": Speaker.PROSPECT,
    "recommends_a_prospect": Speaker.RECOMMENDER,
    "introduces_colleague": Speaker.RECOMMENDER,
}
_MAX_NEED_CHARS: Final = 300
_MAX_GUESSED_CHARS: Final = 2000


def recognise_referral(
    draft: Draft, classification: Classification, entities: Sequence[Entity]
) -> FoundReferral | None:
    """Recognise a referral; None if the message recommends nobody.

    It is a candidate if the classification is unsure or `other`, or if the words are.
    """
    if draft.provenance.automatic is not None or draft.provenance.unread:
        return None
    named = find_named(draft, entities)
    is_referral, guessed = classification.category == REFERRAL, None
    if named.negated and named.is_empty:
        return None
    if not is_referral:
        named = _stated_only(named)
    elif named.is_empty and not named.negated and classification.intent not in _QUESTIONS:
        named, guessed = _guessed(draft, classification.intent)
    if is_referral and named.recommender is None and named.prospect is not None:
        named, guessed = _with_reported(named, draft), None
    if named.is_empty and (not is_referral or classification.intent in _QUESTIONS):
        return None
    speaker = guessed or _speaker_of(named, draft, classification.intent)
    recommender, prospect = _parties(named, speaker, draft, entities)
    if recommender.is_empty and prospect.is_empty:
        return None
    sure = named.certainty >= _STATED and classification.category in _BUYING
    candidate = classification.unsure or classification.category == OTHER or not sure
    return FoundReferral(
        recommender,
        prospect,
        speaker,
        classification.language,
        candidate,
        tuple(_reasons(named, classification, candidate=candidate)),
        need=_need_of(draft),
    )


def _guessed(draft: Draft, intent: str | None) -> tuple[Named, Speaker]:
    """The likeliest name in a message that recommends somebody in words that we do not know."""
    text = draft.text[:_MAX_GUESSED_CHARS]
    speaker = _BY_INTENT.get(intent or "") or guess_speaker(text)
    own = frozenset(unmarked(draft.contact.name or "").split())
    sent = speaker is Speaker.PROSPECT
    party = guess_party(text, own, sent=sent)
    return (Named(recommender=party) if sent else Named(prospect=party)), speaker


def _with_reported(named: Named, draft: Draft) -> Named:
    """Add the customer who names the prospect, in a note that one of our people wrote of them."""
    text, prospect = draft.text[:_MAX_GUESSED_CHARS], named.prospect
    if prospect is None or not is_report(text):
        return named
    known = " ".join(one.words for one in (prospect.name, prospect.company) if one is not None)
    own = frozenset(unmarked(f"{draft.contact.name or ''} {known}").split())
    found = guess_party(text, own, sent=True)
    return named if found is None else Named(found, prospect)


def _stated_only(named: Named) -> Named:
    """The parties that are recommended in so many words. Else every name would be a referral."""
    kept = (
        party if party is not None and (_certainty(party) >= _STATED) else None
        for party in (named.recommender, named.prospect)
    )
    recommender, prospect = kept
    return Named(recommender, prospect, named.negated)


def _certainty(party: ReferralParty) -> float:
    quoted = party.name or party.company
    return quoted.certainty if quoted is not None else 0.0


def _speaker_of(named: Named, draft: Draft, intent: str | None) -> Speaker:
    """The part of the writer. A forwarded mail and a note are a colleague's."""
    if named.recommender is not None and named.prospect is not None:
        return Speaker.COLLEAGUE
    if named.recommender is not None:
        return Speaker.PROSPECT
    if named.prospect is not None or intent in ("recommends_a_prospect", "introduces_colleague"):
        return Speaker.RECOMMENDER
    return Speaker.PROSPECT


def _parties(
    named: Named, speaker: Speaker, draft: Draft, entities: Sequence[Entity]
) -> tuple[ReferralParty, ReferralParty]:
    writer = _writer(draft)
    recommender = named.recommender or ReferralParty()
    prospect = named.prospect or ReferralParty()
    if speaker is Speaker.PROSPECT:
        return recommender, _with_facts(_joined(prospect, writer), draft.contact, entities)
    if speaker is Speaker.RECOMMENDER:
        return _joined(recommender, writer), _with_facts(prospect, draft.contact, entities)
    return recommender, _with_facts(prospect, draft.contact, entities)


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


def _reasons(named: Named, classification: Classification, *, candidate: bool) -> Iterable[str]:
    for label, party in (("recommender", named.recommender), ("prospect", named.prospect)):
        if party is not None:
            quoted = party.name or party.company
            if quoted is not None:
                yield f'{label}: the words "{quoted.words}"'
    if classification.category == REFERRAL:
        yield "the category is referral"
    if candidate:
        yield "unsure: a person confirms it"
