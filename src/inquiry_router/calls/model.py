"""A call as it is stored, and a customer who waits for a call from us."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from inquiry_router.inquiry.model import Classification
from inquiry_router.phone.model import CallState, Heard, Move, Stage

# A request is repeated within this time. After the longest pause within a call, a request that
# names no step begins a new one.
REPEATED_WITHIN: Final = timedelta(minutes=1)
LONGEST_PAUSE: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class StepAnswer:
    """The answer to one step. `print` recognises a repeated request that names no step."""

    key: str
    print: str
    move: Move
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A call and its progress.

    `line` is the id of its source, or of the API key. `caller` is a number in E.164, if known.
    `use` counts the calls with this id: a telephone system gives it to another call later.
    """

    line: str
    call_id: str
    caller: str | None
    called: str | None
    started_at: datetime
    name: str | None = None
    state: CallState | None = None
    answers: tuple[StepAnswer, ...] = field(default=(), repr=False)
    classification: Classification | None = None
    inquiry_id: str | None = None
    use: int = 1

    @property
    def key(self) -> str:
        """The key of the inquiry that this call makes. No other call has it, whenever it comes."""
        again = f":{self.use}" if self.use > 1 else ""
        return f"call:{self.line}:{self.call_id}:{self.started_at:%Y-%m-%d}{again}"

    def begins_anew(self, heard: Heard, caller: str | None, now: datetime) -> bool:
        """Report if a request begins another call, to which the platform gave the same id.

        A request with a step belongs to this call, and so does a result or an end that comes soon.
        """
        if heard.step is not None:
            return False
        ended = self.state is not None and self.state.stage is Stage.ENDED
        last = self.answers[-1] if self.answers else None
        pause = now - ((last.at if last is not None else None) or self.started_at)
        if heard.ended or heard.dial_status is not None or heard.recording_url is not None:
            return ended and pause > LONGEST_PAUSE
        if pause > LONGEST_PAUSE:
            return True
        if not ended:
            return caller != self.caller and heard.digits is None and heard.speech is None
        same = last is not None and last.print == _print(heard) and caller == self.caller
        return not (same and pause <= REPEATED_WITHIN)

    def find_answer(self, heard: Heard) -> Move | None:
        """Find the answer to a request that came before.

        It is recognised by its step; without a step it equals the last request.
        """
        if heard.step is not None:
            return next((one.move for one in self.answers if one.key == _key(heard)), None)
        last = self.answers[-1] if self.answers else None
        return last.move if last is not None and last.print == _print(heard) else None

    def with_answer(self, heard: Heard, state: CallState, move: Move, now: datetime) -> "Call":
        """Add the answer to one more step."""
        answer = StepAnswer(_key(heard), _print(heard), move, now)
        return replace(self, state=state, answers=(*self.answers, answer))


class CallbackKind(StrEnum):
    """The reason why a customer waits for a call; a later one of these outweighs an earlier one."""

    MISSED = "missed"  # nobody answered
    VOICEMAIL = "voicemail"  # they left a message
    CALLBACK = "callback"  # they were promised a time


class CallbackOutcome(StrEnum):
    """The reason why a customer waits no longer."""

    REACHED = "reached"  # somebody has talked to them
    REPLACED = "replaced"  # a later promise about the same inquiry
    RESOLVED = "resolved"  # the inquiry is done


@dataclass(frozen=True, slots=True)
class Callback:
    """A customer who waits for a call from us about an inquiry.

    `team` is the team that has the inquiry now. `attempts` counts the calls that did not reach
    them. `owner` is the person who calls. `number` is None if they withheld it.
    """

    id: str
    inquiry_id: str
    reference: str
    kind: CallbackKind
    number: str | None
    team: str
    owner: str | None
    state: str
    outcome: CallbackOutcome | None
    due_at: datetime
    attempts: int
    reminders: int
    escalated: bool
    created_at: datetime
    finished_at: datetime | None


_CALL: Final = TypeAdapter(Call)
_ANSWERS: Final = TypeAdapter(tuple[StepAnswer, ...])


def call_json(call: Call) -> dict[str, Any]:
    """Return a call as plain JSON values."""
    written: dict[str, Any] = _CALL.dump_python(call, mode="json")
    return written


def read_call(stored: object) -> Call | None:
    """Read `call_json` back; None for what another version wrote."""
    try:
        return _CALL.validate_python(stored)
    except ValidationError:
        return None


def answers_json(answers: tuple[StepAnswer, ...]) -> list[dict[str, Any]]:
    """Return answers as plain JSON values."""
    written: list[dict[str, Any]] = _ANSWERS.dump_python(answers, mode="json")
    return written


def read_answers(stored: object) -> tuple[StepAnswer, ...]:
    """Read `answers_json` back; nothing for what another version wrote."""
    try:
        return _ANSWERS.validate_python(stored)
    except ValidationError:
        return ()


def _key(heard: Heard) -> str:
    # A call may end at the very step that was just answered.
    return f"{heard.step or ''}{':ended' if heard.ended else ''}"


def _print(heard: Heard) -> str:
    return repr(
        (
            heard.digits,
            heard.speech,
            heard.dial_status,
            heard.dial_seconds,
            heard.recording_url,
            heard.recording_seconds,
            heard.ended,
            heard.language,
        )
    )
