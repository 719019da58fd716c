"""Convert a call into an inquiry: its draft, the decision made on the phone, timeline entries."""

from dataclasses import dataclass, replace
from typing import Any, Final

from inquiry_router.calls.model import Call, CallbackKind
from inquiry_router.inquiry.categories import OTHER
from inquiry_router.inquiry.model import (
    Channel,
    Classification,
    Contact,
    Draft,
    Origin,
    PhoneDecision,
    Priority,
    Ranked,
)
from inquiry_router.inquiry.rendering import format_time
from inquiry_router.phone.fallback import with_reference
from inquiry_router.phone.model import Action, CallState, Move, Stage
from inquiry_router.phone.prompts import speech_of
from inquiry_router.phone.settings import PhoneSettings

# The method of a classification that a caller made by pressing a key, or that nobody could make.
BY_CALLER: Final = "caller"
_MENU_KEYS: Final = ("1", "2", "3")
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
    if state.team is not None:
        return True
    return state.stage is Stage.ENDED and not state.reached and bool(call.caller or state.words)


def make_draft(call: Call, state: CallState, settings: PhoneSettings) -> Draft:
    """Make the draft: the caller's words, or a note about a caller who said none."""
    return Draft(
        channel=Channel.PHONE,
        text="\n".join(state.words) or _note(state, settings),
        language=state.language,
        contact=Contact(name=call.name, phone=call.caller),
        origin=Origin(call.line, call.call_id),
        received_at=call.started_at,
    )


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
    return PhoneDecision(replace(classification, unsure=unsure), state.team or triage)


def list_entries(
    before: CallState | None, state: CallState, attempt: int, *, linked: bool, is_new: bool = False
) -> list[Entry]:
    """List the events of one step.

    `before` is the state that was stored last. `linked` says that the call has just been linked to
    its inquiry, `is_new` that the inquiry has just been made of the caller's words. `attempt`
    counts the caller's attempts to reach somebody about this inquiry.
    """
    previous = before or CallState(state.language)
    entries = []
    if linked:
        details = {"attempt": attempt, "team": state.team, "escalated": state.escalated}
        entries.append(Entry("called", details))
    voicemail = _voicemail(previous, state)
    if voicemail is None and not is_new and (words := _new_words(previous, state, linked=linked)):
        entries.append(Entry("said", {"text": "\n".join(words)}))
    if state.callback_at is not None and previous.callback_at is None:
        details = {"due_at": format_time(state.callback_at), "attempt": attempt}
        entries.append(Entry("callback", details))
    if voicemail is not None:
        entries.append(voicemail)
    if state.reached and not previous.reached:
        entries.append(Entry("reached", {"attempt": attempt}))
    if is_missed(state) and not is_missed(previous):
        details = {"attempt": attempt, "team": state.team, "rung": state.rung}
        entries.append(Entry("missed", details))
    return entries


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


def _voicemail(before: CallState, state: CallState) -> Entry | None:
    url, seconds = state.recording_url, state.recording_seconds
    if url is not None and before.recording_url != url:
        return Entry("voicemail", {"url": url, "seconds": seconds})
    spoken = state.words[len(before.words) :]
    if before.stage is Stage.RECORDING and spoken:
        return Entry("voicemail", {"text": "\n".join(spoken)})
    return None


def _new_words(before: CallState, state: CallState, *, linked: bool) -> tuple[str, ...]:
    """List the words that no entry holds yet: all of them, if the call has just been linked."""
    return state.words if linked else state.words[len(before.words) :]


def _note(state: CallState, settings: PhoneSettings) -> str:
    notes = speech_of(settings.language).notes
    chosen = next((key for key in reversed(state.keys) if key in _MENU_KEYS), None)
    if chosen is not None and state.category is not None:
        return notes[chosen]
    return notes["person" if state.team is not None else "missed"]
