"""Convert a call into an inquiry: its draft, the decision made on the phone, timeline entries."""

from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

from inquiry_router.calls.model import Call, CallbackKind
from inquiry_router.entities.words import word_set
from inquiry_router.inquiry.categories import OTHER
from inquiry_router.inquiry.model import (
    Channel,
    Classification,
    Contact,
    Draft,
    Origin,
    PhoneDecision,
    Priority,
    Provenance,
    Ranked,
)
from inquiry_router.inquiry.rendering import format_time
from inquiry_router.inquiry.signals import Signals
from inquiry_router.phone.dictation import is_answer
from inquiry_router.phone.fallback import with_reference
from inquiry_router.phone.model import Action, CallState, Move, Stage
from inquiry_router.phone.prompts import shipped, speech_of
from inquiry_router.phone.settings import PhoneSettings
from inquiry_router.text.phone_number import to_e164

# The method of a classification that a caller made by pressing a key, or that nobody could make.
BY_CALLER: Final = "caller"
_MENU_KEYS: Final = ("1", "2", "3")
_MAX_SUBJECT_WORDS: Final = 10
_MAX_SUBJECT_CHARS: Final = 100
_GREETING: Final = word_set(
    "dzień dobry witam halo hej cześć hello hi good morning afternoon guten tag morgen hallo"
)
# Moves after which the caller talks to nobody who could tell them the reference.
_SAYING_REFERENCE: Final = (Action.CALLBACK, Action.LINK, Action.VOICEMAIL)


@dataclass(frozen=True, slots=True)
class Entry:
    """An event of a call, for the timeline and for destinations that want calls."""

    kind: str
    details: dict[str, Any]


def is_inquiry(call: Call, state: CallState) -> bool:
    """Report if a call has become an inquiry: a team was chosen, or the caller gave up before.

    A caller who withheld their number and said nothing cannot be called back.
    """
    if state.stage is Stage.MATTER:
        return False  # the caller is being asked which inquiry it is
    if state.team is not None:
        return True
    return state.stage is Stage.ENDED and not state.reached and bool(call.caller or state.words)


def draft_of(call: Call, text: str, language: str) -> Draft:
    """Make a draft of something that was said in a call, with all that is known of the call."""
    called = to_e164(call.called) or call.called if call.called is not None else None
    return Draft(
        channel=Channel.PHONE,
        text=text,
        language=language,
        contact=Contact(name=call.name, phone=call.caller),
        origin=Origin(call.line, call.call_id),
        provenance=Provenance(called=called),
    )


def make_draft(call: Call, state: CallState, settings: PhoneSettings) -> Draft:
    """Make the draft: the caller's words, or a note about a caller who said none."""
    text = "\n".join(state.words) or _note(state, settings)
    return replace(draft_of(call, text, state.language), received_at=call.started_at)


def make_message(call: Call, state: CallState) -> Draft | None:
    """Make a draft of the words that do not stand in the inquiry yet; None if there are none."""
    words = [word for word in state.words[state.told :] if not is_answer(word, state.language)]
    return draft_of(call, "\n".join(words), state.language) if words else None


def count_told(state: CallState, said: tuple[str, ...]) -> int:
    """Count the words that stand in an inquiry already, whose first message was made of them."""
    counts = range(len(state.words), 0, -1)
    return next((n for n in counts if "\n".join(state.words[:n]) == "".join(said[:1])), 0)


def make_phone_decision(call: Call, state: CallState, triage: str) -> PhoneDecision:
    """Make the decision for the inquiry: the team that was called gets the inquiry too."""
    classification = call.classification
    if classification is None or classification.category != state.category:
        category, confidence = state.category or OTHER, state.confidence or 0.0
        ranking = (Ranked(category, confidence),)
        classification = Classification(
            category, confidence, state.language, BY_CALLER, "none", ranking=ranking
        )
    unsure = state.unsure or state.category is None
    if unsure:
        classification = replace(classification, intent=None, intent_confidence=None)
    signals = Signals(danger=next(iter(state.dangers), None))
    classification = replace(classification, unsure=unsure, signals=signals)
    return PhoneDecision(classification, state.team or triage)


def list_entries(
    before: CallState | None,
    state: CallState,
    attempt: int,
    number: str | None = None,
    *,
    linked: bool,
) -> list[Entry]:
    """List the events of one step.

    `before` is the state that was stored last. `linked` says that the call has just been linked to
    its inquiry. `attempt` counts the caller's attempts to reach somebody about this inquiry;
    `number` is theirs.
    """
    previous = before or CallState(state.language)
    entries = []
    if linked:
        details = {"attempt": attempt, "team": state.team, "escalated": state.escalated}
        entries.append(Entry("called", details))
    if state.callback_at is not None and previous.callback_at is None:
        details = {"due_at": format_time(state.callback_at), "attempt": attempt}
        entries.append(Entry("callback", details))
    if (voicemail := _voicemail(previous, state)) is not None:
        entries.append(voicemail)
    if state.reached and not previous.reached:
        entries.append(Entry("reached", {"attempt": attempt}))
    if is_missed(state) and not is_missed(previous):
        details = {"attempt": attempt, "team": state.team, "rung": state.rung}
        entries.append(Entry("missed", details))
    if is_alarming(state) and not is_alarming(previous):
        stated = {"dangers": list(state.dangers), "number": number, "rung": state.rung}
        entries.append(Entry("alarm", stated))
    return entries


def is_alarming(state: CallState) -> bool:
    """Report if nobody talked to a caller who stated a danger."""
    unanswered = state.stage in (Stage.RECORDING, Stage.ENDED) and not state.reached
    return unanswered and bool(state.dangers)


def is_missed(state: CallState) -> bool:
    """Report if a caller went away without anything: no talk, promise, message or link."""
    given = state.callback_at or state.recording_url or state.left_message or state.helped
    return state.stage is Stage.ENDED and not state.reached and not given


def waits_for(call: Call, state: CallState) -> CallbackKind | None:
    """Find out why a caller waits for a call from us; None if they do not, or cannot be called."""
    if state.reached:
        return None
    if state.callback_at is not None:
        return CallbackKind.CALLBACK
    if state.recording_url is not None or state.left_message:
        return CallbackKind.VOICEMAIL
    can_be_called = call.caller is not None or bool(state.words)
    return CallbackKind.MISSED if is_missed(state) and can_be_called else None


def say_reference(move: Move, settings: PhoneSettings) -> Move:
    """Have a move say its reference, if the caller talks to nobody who could tell it."""
    if move.reference is None or move.action not in _SAYING_REFERENCE:
        return move
    return with_reference(move, move.reference, settings)


def add_inquiry(
    call: Call,
    state: CallState,
    inquiry_id: str,
    reference: str,
    priority: Priority | None,
    settings: PhoneSettings,
) -> Call:
    """Add its inquiry to a call, and the inquiry's reference to its last answer."""
    *others, last = call.answers
    move = replace(last.move, priority=priority)
    if move.reference is None:
        move = say_reference(replace(move, reference=reference), settings)
    return replace(
        call,
        inquiry_id=inquiry_id,
        state=replace(state, reference=reference, priority=priority),
        answers=(*others, replace(last, move=move)),
    )


def with_priority(call: Call, priority: Priority) -> Call:
    """Set the priority of a call in its state and its last answer."""
    assert call.state is not None
    *others, last = call.answers
    move = replace(last.move, priority=priority)
    state = replace(call.state, priority=priority)
    return replace(call, state=state, answers=(*others, replace(last, move=move)))


def _voicemail(before: CallState, state: CallState) -> Entry | None:
    url, seconds = state.recording_url, state.recording_seconds
    if url is not None and before.recording_url != url:
        return Entry("voicemail", {"url": url, "seconds": seconds})
    spoken = state.words[len(before.words) :]
    if before.stage is Stage.RECORDING and spoken:
        return Entry("voicemail", {"text": "\n".join(spoken)})
    return None


def is_note(text: str) -> bool:
    """True for the text of an inquiry whose caller said nothing."""
    return text in _notes()


@cache
def _notes() -> frozenset[str]:
    return frozenset(note for speech in shipped().values() for note in speech.notes.values())


def subject_of(said: tuple[str, ...]) -> str:
    """Say what an inquiry is about: the first words of its customer, without the greeting."""
    words = said[0].split() if said else []
    while words and words[0].strip(",.!").lower() in _GREETING:
        words.pop(0)
    subject = " ".join(words[:_MAX_SUBJECT_WORDS]).strip(" .,!?")
    return subject[:_MAX_SUBJECT_CHARS]


def _note(state: CallState, settings: PhoneSettings) -> str:
    notes = speech_of(settings.language).notes
    chosen = next((key for key in reversed(state.keys) if key in _MENU_KEYS), None)
    if chosen is not None and state.category is not None:
        return notes[chosen]
    return notes["person" if state.team is not None else "missed"]
