"""A call as it is stored, and a callback that was promised."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from inquiry_router.inquiry.model import Classification
from inquiry_router.phone.model import CallState, Heard, Move


@dataclass(frozen=True, slots=True)
class StepAnswer:
    """The answer to one step. `print` recognises a repeated request that names no step."""

    key: str
    print: str
    move: Move


@dataclass(frozen=True, slots=True)
class Call:
    """A call and its progress.

    `line` is the id of its source, or of the API key. `caller` is a number in E.164, if known.
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

    def find_answer(self, heard: Heard) -> Move | None:
        """Find the answer to a request that came before.

        It is recognised by its step; without a step it equals the last request.
        """
        if heard.step is not None:
            return next((one.move for one in self.answers if one.key == _key(heard)), None)
        last = self.answers[-1] if self.answers else None
        return last.move if last is not None and last.print == _print(heard) else None

    def with_answer(self, heard: Heard, state: CallState, move: Move) -> "Call":
        """Add the answer to one more step."""
        return replace(
            self, state=state, answers=(*self.answers, StepAnswer(_key(heard), _print(heard), move))
        )


@dataclass(frozen=True, slots=True)
class Callback:
    """A promise to call a customer back.

    `attempts` counts the calls that did not reach them. `owner` is the person who calls.
    """

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
            heard.recording_url,
            heard.recording_seconds,
            heard.ended,
            heard.language,
        )
    )
