"""A call as it is stored, and a promise to ring back."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from inquiry_router.inquiry.model import Classification
from inquiry_router.phone.model import CallState, Heard, Move


@dataclass(frozen=True, slots=True)
class Answered:
    """What a step was answered. `print` tells whether a request without a step is the same one again."""

    key: str
    print: str
    move: Move


@dataclass(frozen=True, slots=True)
class Call:
    """A call, as far as it has come. `line` is the source that it came through, or the API key. `caller` is E.164 or None."""

    line: str
    call_id: str
    caller: str | None
    called: str | None
    started_at: datetime
    name: str | None = None
    state: CallState | None = None
    answers: tuple[Answered, ...] = field(default=(), repr=False)
    classification: Classification | None = None
    inquiry_id: str | None = None

    def answered(self, heard: Heard) -> Move | None:
        """The answer to this very request, if it came before: by its step, and where it names none by what it says."""
        if heard.step is not None:
            return next((one.move for one in self.answers if one.key == _key(heard)), None)
        last = self.answers[-1] if self.answers else None
        return last.move if last is not None and last.print == _print(heard) else None

    def with_answer(self, heard: Heard, state: CallState, move: Move) -> "Call":
        """The same call one step further."""
        return replace(
            self, state=state, answers=(*self.answers, Answered(_key(heard), _print(heard), move))
        )


@dataclass(frozen=True, slots=True)
class Callback:
    """Somebody is to be rung back. `attempts` counts those that did not reach him; `owner` is who does it."""

    id: str
    inquiry_id: str
    reference: str
    number: str
    team: str
    owner: str | None
    state: str
    due_at: datetime
    attempts: int
    reminders: int
    escalated: bool
    created_at: datetime
    finished_at: datetime | None


_CALL: Final = TypeAdapter(Call)
_ANSWERS: Final = TypeAdapter(tuple[Answered, ...])


def call_json(call: Call) -> dict[str, Any]:
    """The call as plain JSON values."""
    written: dict[str, Any] = _CALL.dump_python(call, mode="json")
    return written


def call_of(stored: object) -> Call | None:
    """The inverse; None when it is none."""
    try:
        return _CALL.validate_python(stored)
    except ValidationError:
        return None


def answers_json(answers: tuple[Answered, ...]) -> list[dict[str, Any]]:
    """The answers as plain JSON values."""
    written: list[dict[str, Any]] = _ANSWERS.dump_python(answers, mode="json")
    return written


def answers_of(stored: object) -> tuple[Answered, ...]:
    """The inverse; nothing for what another version wrote."""
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
            heard.recording_url,
            heard.recording_seconds,
            heard.ended,
            heard.language,
        )
    )
