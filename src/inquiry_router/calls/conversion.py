"""What a call becomes: an inquiry, entries in its timeline, a promise to ring back. Pure."""

from dataclasses import dataclass, replace
from typing import Any, Final

from inquiry_router.calls.model import Call
from inquiry_router.inquiry.categories import OTHER
from inquiry_router.inquiry.model import (
    Channel,
    Classification,
    Contact,
    Draft,
    Origin,
    PhoneDecision,
    Ranked,
)
from inquiry_router.inquiry.rendering import format_time
from inquiry_router.phone.model import CallState, Stage
from inquiry_router.phone.prompts import speech_of
from inquiry_router.phone.settings import PhoneSettings

# How a classification is marked that a caller made by a key, or that nobody could make.
BY_CALLER: Final = "caller"
_MENU_KEYS: Final = ("1", "2", "3")


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that a timeline, and whoever wants to hear of calls, is to be told."""

    kind: str
    details: dict[str, Any]


def is_inquiry(call: Call, state: CallState) -> bool:
    """Whether the company has been asked something: it was decided who is to answer, or somebody gave up before that.

    Nobody can be rung back who withheld his number and said nothing.
    """
    if state.team is not None:
        return True
    return state.stage is Stage.ENDED and not state.reached and bool(call.caller or state.words)


def draft_of(call: Call, state: CallState, settings: PhoneSettings) -> Draft:
    """What the caller said, or what is to be said of one who only pressed keys or hung up."""
    return Draft(
        channel=Channel.PHONE,
        text="\n".join(state.words) or _note(state, settings),
        language=state.language,
        contact=Contact(name=call.name, phone=call.caller),
        origin=Origin(call.line, call.call_id),
        received_at=call.started_at,
    )


def phone_decision_of(call: Call, state: CallState, triage: str) -> PhoneDecision:
    """What was settled on the line: the team that was rung stands for the inquiry too."""
    classification = call.classification
    if classification is None or classification.category != state.category:
        category, confidence = state.category or OTHER, state.confidence or 0.0
        ranking = (Ranked(category, confidence),)
        classification = Classification(
            category, confidence, state.language, BY_CALLER, "none", ranking=ranking
        )
    unsure = state.unsure or state.category is None
    return PhoneDecision(replace(classification, unsure=unsure), state.team or triage)


def entries_of(
    before: CallState | None, state: CallState, attempt: int, *, linked: bool
) -> list[Entry]:
    """What has happened in this step. `linked` says that the call has just been found to be about the inquiry."""
    found = []
    if linked:
        found.append(
            Entry("called", {"attempt": attempt, "team": state.team, "escalated": state.escalated})
        )
    if state.callback_at is not None and (before is None or before.callback_at is None):
        found.append(
            Entry("callback", {"due_at": format_time(state.callback_at), "attempt": attempt})
        )
    if state.recording_url is not None and (
        before is None or before.recording_url != state.recording_url
    ):
        found.append(
            Entry("voicemail", {"url": state.recording_url, "seconds": state.recording_seconds})
        )
    elif (
        before is not None
        and before.stage is Stage.RECORDING
        and len(state.words) > len(before.words)
    ):
        found.append(Entry("voicemail", {"text": "\n".join(state.words[len(before.words) :])}))
    if state.reached and not (before is not None and before.reached):
        found.append(Entry("reached", {"attempt": attempt}))
    return found


def _note(state: CallState, settings: PhoneSettings) -> str:
    notes = speech_of(settings.language).notes
    chosen = next((key for key in reversed(state.keys) if key in _MENU_KEYS), None)
    if chosen is not None and state.category is not None:
        return notes[chosen]
    return notes["person" if state.team is not None else "missed"]
