"""The danger that the model reads in a text, among the entities that patterns found. Pure."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final

from inquiry_router.inquiry.model import Classification, Draft, Entity, EntityKind, Field
from inquiry_router.inquiry.signals import Signals

# Asks the classifier about a text.
Asking = Callable[[Draft], Awaitable[Classification]]

_MAX_QUOTE_CHARS: Final = 60
_MAX_PIECES: Final = 4
_SENTENCE_ENDS: Final = re.compile(r"[.!?\n]+")
# Callers' words come without punctuation: greetings and requests end a clause, too.
_CLAUSE_ENDS: Final = re.compile(
    r"[.!?\n,;:]+| [-\u2013] "
    r"|(?=\b(?:proszę|poproszę|prosimy|prosiłbym|przyjedźcie|przyślijcie|pozdrawiam|please"
    r"|could you|can you|bitte|können sie|prosím|prosíme|будь ласка)\b)"
    r"|\b(?:dzień dobry|dobry wieczór|halo|witam|cześć|good morning|hello|hi|guten tag|hallo"
    r"|dobrý den|добрий день|алло)\b",
    re.IGNORECASE,
)
# The model takes "help" beside a danger for a wish, so the words of a danger are asked about alone.
_CRIES: Final = re.compile(
    r"\b(?:ratunku|(?:na )?pomocy?|ludzie|o (?:boże|matko|jezu|rany)|help|oh my god|(?:zu )?hilfe"
    r"|(?:oh|mein) gott|proboha|pomozte|рятуйте|допоможіть|о боже)\b[\s!,]*",
    re.IGNORECASE,
)


def heed_signals(
    draft: Draft, entities: tuple[Entity, ...], signals: Signals
) -> tuple[Entity, ...]:
    """Return the entities with the danger that the model reads, without those that it rules out."""
    others = tuple(one for one in entities if one.kind is not EntityKind.DANGER)
    if signals.harmless:
        return others
    if signals.danger is None or len(others) < len(entities):
        return entities
    return (*entities, _quote(draft, signals.danger, signals.danger_word))


def _quote(draft: Draft, danger: str, word: str) -> Entity:
    """Quote the word that says it; else the beginning of the text."""
    fields: tuple[tuple[Field, str], ...] = (("text", draft.text), ("subject", draft.subject or ""))
    for field, text in fields:
        if word and (found := re.search(rf"\b{re.escape(word)}\b", text)):
            return Entity(EntityKind.DANGER, word, danger, *found.span(), field)
    end = len(draft.text[:_MAX_QUOTE_CHARS].rstrip())
    return Entity(EntityKind.DANGER, draft.text[:end], danger, 0, end)


async def doubt_harmless(
    draft: Draft, entities: tuple[Entity, ...], signals: Signals, ask: Asking
) -> Signals:
    """Ask about the words of a danger alone before the model rules it out in a whole text."""
    if not signals.harmless:
        return signals
    for piece in pieces_in_danger(draft, entities):
        alone = (await ask(piece.draft)).signals
        if alone.danger is not None or (piece.is_sentence and not alone.harmless):
            return replace(signals, harmless=False)
    return signals


@dataclass(frozen=True, slots=True)
class DangerPiece:
    """The sentence or the clause that states a danger, to be understood alone."""

    draft: Draft
    is_sentence: bool


def pieces_in_danger(draft: Draft, entities: tuple[Entity, ...]) -> tuple[DangerPiece, ...]:
    """Return the sentences and clauses in which patterns found a danger.

    Beside a polite request the model reads no danger in "we smell gas, please send somebody": so
    before it rules one out it is asked about these words alone.
    """
    pieces: dict[tuple[str, bool], None] = {}
    for one in entities:
        text = {"text": draft.text, "subject": draft.subject or ""}.get(one.field)
        if one.kind is not EntityKind.DANGER or text is None:
            continue
        sentence, clause = (_around(one, text, end) for end in (_SENTENCE_ENDS, _CLAUSE_ENDS))
        sentence = _CRIES.sub("", sentence)
        if draft.subject or sentence != text.strip():
            pieces[sentence, True] = None
        pieces[clause, False] = None
    return tuple(
        DangerPiece(Draft(draft.channel, text, language=draft.language), is_sentence)
        for text, is_sentence in list(pieces)[:_MAX_PIECES]
    )


def _around(entity: Entity, text: str, ends: re.Pattern[str]) -> str:
    """Return the part of a text between two ends that has the entity."""
    begin = 0
    for end in ends.finditer(text):
        if end.end() <= entity.begin:
            begin = end.end()
        elif end.start() >= entity.end:
            return text[begin : end.start()].strip()
    return text[begin:].strip()
