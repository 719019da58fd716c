"""The values of a call: what a platform says of it, what the caller is to experience next, and what is remembered between."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from inquiry_router.inquiry.model import Priority
from inquiry_router.routing.policy import Teams


class Action(StrEnum):
    """What a platform is to do with the caller."""

    ASK = "ask"  # say it, listen to words and keys, come back with what was heard
    TRANSFER = "transfer"  # ring the first target; come back when nobody answers
    VOICEMAIL = "voicemail"  # record a message, come back with it
    CALLBACK = "callback"  # somebody will ring back: say so and hang up
    LINK = "link"  # send a text message with a link, say so and hang up
    GOODBYE = "goodbye"  # say it, if there is anything to say, and hang up


class DialStatus(StrEnum):
    """How ringing a target ended."""

    ANSWERED = "answered"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    FAILED = "failed"
    GONE = "gone"  # the caller hung up while it rang


class Stage(StrEnum):
    """Where a call stands: what the caller's next word or key is an answer to."""

    BEGUN = "begun"
    ASKED = "asked"
    MENU = "menu"
    REFERENCE = "reference"
    RINGING = "ringing"
    OFFERED = "offered"
    RECORDING = "recording"
    ENDED = "ended"


class Known(StrEnum):
    """Whether the caller's number belongs to a customer."""

    NO = "no"
    MAYBE = "maybe"  # several could ring from it
    YES = "yes"


@dataclass(frozen=True, slots=True)
class Heard:
    """What a platform says of a call at one step. Everything may be missing: platforms differ, and so do their bad days.

    `caller` and `called` are as the platform wrote them. `speech_confidence` is 0 to 1. `step` is the token of the `Move` that
    this answers, None for the first request. `ended` says that the caller has hung up. `news_only` says that the platform only
    reports how things go: nothing is to be decided, and what is answered is not heeded.
    """

    call_id: str
    caller: str | None = None
    called: str | None = None
    step: str | None = None
    digits: str | None = None
    speech: str | None = None
    speech_confidence: float | None = None
    language: str | None = None
    dial_status: DialStatus | None = None
    recording_url: str | None = None
    recording_seconds: int | None = None
    ended: bool = False
    news_only: bool = False


@dataclass(frozen=True, slots=True)
class Caller:
    """Who rings. `number` is E.164; None when it was withheld or cannot be dialled. `can_get_texts` holds for mobile numbers.

    `can_be_rung_back` is false for numbers that cost more than a call: nobody is to be lured into ringing them.
    """

    number: str | None = None
    name: str | None = None
    can_get_texts: bool = False
    can_be_rung_back: bool = True


@dataclass(frozen=True, slots=True)
class Target:
    """What to dial: a number in E.164, or a SIP URI; or the platform's own workflow, which finds somebody of the team."""

    number: str | None = None
    sip: str | None = None
    workflow: str | None = None


@dataclass(frozen=True, slots=True)
class Spoken:
    """One sentence and the language it is to be spoken in."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a platform can do. `asks`: speak and listen. `texts`: send a text message. `queues`: put callers into queues.

    `workflow`: the id of a workflow of its own that finds somebody of a team for a caller; None where there is none.
    """

    asks: bool = True
    texts: bool = True
    queues: bool = False
    workflow: str | None = None


@dataclass(frozen=True, slots=True)
class OpenInquiry:
    """An inquiry that is not yet resolved and that a caller may come back to."""

    reference: str
    team: str
    category: str
    unsure: bool = False
    priority: Priority | None = None


@dataclass(frozen=True, slots=True)
class Understood:
    """What the caller's words mean, by the same classifier and policy as every other inquiry.

    `urgent` says that people may be in danger. `inquiry` is the open one whose reference he said.
    """

    category: str
    confidence: float
    team: str
    unsure: bool = False
    urgent: bool = False
    inquiry: OpenInquiry | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """What the conversation must know besides what was heard: the caller, the teams and their hours, the moment.

    `team_of` is the team to which the policy sends a category now. `attempts` counts earlier calls and callbacks about the same
    matter that reached nobody.
    """

    now: datetime
    teams: Teams
    caller: Caller = Caller()
    abilities: Abilities = Abilities()
    team_of: Mapping[str, str] = field(default_factory=dict)
    known: Known = Known.NO
    language: str | None = None
    open_inquiries: tuple[OpenInquiry, ...] = ()
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Move:
    """What the caller is to experience next.

    `targets` are to be rung in this order; the first is this move's, the others are for platforms that hunt by themselves.
    `timeout_s` is how long to listen, to ring or to record. `keys` is how many keys at most make an answer. `step` comes back
    with the next request; None when the call ends here.
    """

    action: Action
    language: str
    say: tuple[Spoken, ...] = ()
    step: str | None = None
    timeout_s: int = 0
    keys: int = 1
    hints: tuple[str, ...] = ()
    team: str | None = None
    queue: str | None = None
    targets: tuple[Target, ...] = ()
    category: str | None = None
    confidence: float | None = None
    reference: str | None = None
    priority: Priority | None = None
    callback_at: datetime | None = None
    link: str | None = None
    send_to: str | None = None

    @property
    def number(self) -> str | None:
        """The number to dial now, or None."""
        return self.targets[0].number if self.targets else None

    @property
    def sip(self) -> str | None:
        """The SIP URI to dial now, or None."""
        return self.targets[0].sip if self.targets else None

    @property
    def text(self) -> str:
        """All that is said, as one text."""
        return " ".join(spoken.text for spoken in self.say)


@dataclass(frozen=True, slots=True)
class CallState:
    """What is remembered of a call between two steps. Small, and as JSON by `call_state_json`.

    `rung` counts the targets that were rung. `words` and `keys` are all that the caller said and pressed.
    """

    language: str
    stage: Stage = Stage.BEGUN
    step: int = 0
    language_chosen: bool = False
    category: str | None = None
    confidence: float | None = None
    unsure: bool = False
    team: str | None = None
    rung: int = 0
    reached: bool = False
    escalated: bool = False
    reference: str | None = None
    priority: Priority | None = None
    slots: tuple[datetime, ...] = ()
    callback_at: datetime | None = None
    words: tuple[str, ...] = field(default=(), repr=False)
    keys: tuple[str, ...] = ()
    recording_url: str | None = field(default=None, repr=False)
    recording_seconds: int | None = None


_STATE: Final = TypeAdapter(CallState)


def call_state_json(state: CallState) -> dict[str, Any]:
    """The state as plain JSON values."""
    made: dict[str, Any] = _STATE.dump_python(state, mode="json")
    return made


def read_call_state(stored: object) -> CallState | None:
    """The inverse of `call_state_json`; None when it is none, for example from another version."""
    try:
        return _STATE.validate_python(stored)
    except ValidationError:
        return None
