"""The values of a call: the platform's request, the next move, and the state between them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from inquiry_router.inquiry.model import Priority
from inquiry_router.routing.teams import Teams

# The key with which a dialled person takes a call.
CONFIRM_KEY: Final = "1"


class Action(StrEnum):
    """The next action of a platform."""

    ASK = "ask"  # speak, listen to words and keys, report them
    TRANSFER = "transfer"  # dial the first target; report if nobody answers
    VOICEMAIL = "voicemail"  # record a message and report it
    CALLBACK = "callback"  # announce the callback and hang up
    LINK = "link"  # send a text message with a link, announce it and hang up
    GOODBYE = "goodbye"  # speak, if there is a text, and hang up


class DialStatus(StrEnum):
    """The result of dialling a target."""

    ANSWERED = "answered"  # somebody, or a mailbox, has picked up
    COMPLETED = "completed"  # the same, and the connection has ended again
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    FAILED = "failed"
    GONE = "gone"  # the caller hung up while it rang


class DialReport(StrEnum):
    """The place where a platform reports the result of dialling if the caller hangs up."""

    AT_END = "at_end"  # in the last report: without a result nobody answered
    APART = "apart"  # in a request of its own, perhaps after the end of the call
    UNKNOWN = "unknown"  # perhaps nowhere: an end without a result says nothing


class Stage(StrEnum):
    """The stage of a call: the question that the caller's next word or key answers."""

    BEGUN = "begun"
    ASKED = "asked"
    MENU = "menu"
    REFERENCE = "reference"
    MATTER = "matter"  # is it about that open inquiry?
    RINGING = "ringing"
    OFFERED = "offered"
    RECORDING = "recording"
    ENDED = "ended"


class Known(StrEnum):
    """Report if the caller's number belongs to a customer."""

    NO = "no"
    MAYBE = "maybe"  # several customers may call from it
    YES = "yes"


@dataclass(frozen=True, slots=True)
class Heard:
    """A platform's report on a call. Any value may be missing: platforms differ.

    `caller` and `called` are as the platform wrote them. `speech_confidence` is 0 to 1. `step` is
    the token of the `Move` that this answers, None for the first request. `dial_seconds` is the
    time that the dialled person was connected. `ended`: the caller has hung up. `news_only`: a
    status report; the platform ignores the answer, so nothing is decided.
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
    dial_seconds: int | None = None
    recording_url: str | None = None
    recording_seconds: int | None = None
    ended: bool = False
    news_only: bool = False


@dataclass(frozen=True, slots=True)
class Caller:
    """The caller.

    `number` is E.164; None if it is withheld or cannot be dialled. `can_get_texts` is True for
    mobile numbers. `can_be_rung_back` is False for numbers that cost more than an ordinary call: a
    caller could make others pay for the callback.
    """

    number: str | None = None
    name: str | None = None
    can_get_texts: bool = False
    can_be_rung_back: bool = True


@dataclass(frozen=True, slots=True)
class Target:
    """A target to dial: a number in E.164, a SIP URI, or a workflow of the platform itself."""

    number: str | None = None
    sip: str | None = None
    workflow: str | None = None


@dataclass(frozen=True, slots=True)
class Spoken:
    """A sentence, and the language to speak it in."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Abilities:
    """The abilities of a platform.

    `asks`: speak and listen. `texts`: send a text message. `queues`: put callers into queues.
    `workflow`: the id of its own workflow that finds an agent of a team for a caller, or None.
    `confirms`: have the dialled person press a key before the caller is connected.
    """

    asks: bool = True
    texts: bool = True
    queues: bool = False
    workflow: str | None = None
    confirms: bool = False
    dial_report: DialReport = DialReport.AT_END


@dataclass(frozen=True, slots=True)
class OpenInquiry:
    """An inquiry that is not resolved, so that its customer may call about it.

    `subject` says in the customer's own words what it is about.
    """

    reference: str
    team: str
    category: str
    unsure: bool = False
    priority: Priority | None = None
    subject: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Understood:
    """The meaning of the caller's words, by the classifier and policy of every inquiry.

    `inquiry` is the open one whose reference the caller said. `dangers` are the kinds of danger
    that the words state. `wants_person`: they ask for somebody, and for hardly anything else.
    """

    category: str
    confidence: float
    team: str
    unsure: bool = False
    inquiry: OpenInquiry | None = None
    dangers: tuple[str, ...] = ()
    wants_person: bool = False


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything the conversation needs besides the platform's report.

    `team_of` maps a category to the team that the policy sends it to now. `attempts` counts earlier
    calls and callbacks about the same matter that reached nobody. `perhaps` is the open inquiry
    that the call is perhaps about. `dangers` are the kinds of danger that the caller's words state;
    patterns find them where the classifier is late. `salespeople` are the names of the owner of the
    caller's account, and of the deputy; without an account, those to whom a recommended caller
    belongs. `recommender` is whoever recommended the caller; the caller is not told.
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
    perhaps: OpenInquiry | None = None
    dangers: tuple[str, ...] = ()
    salespeople: tuple[str, ...] = ()
    recommender: str | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """The next move of a call.

    `targets` are dialled in this order; the first belongs to this move, the others are for
    platforms that try one after another themselves. `timeout_s` is the time to listen, to ring or
    to record. `keys` is the maximal number of keys of an answer. `step` comes back with the next
    request; None if the call ends here. `confirm` is said to the dialled person, who has to press
    `CONFIRM_KEY` to be connected; None if nobody has to.
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
    confirm: Spoken | None = None

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
        """Everything that is spoken, as one text."""
        return " ".join(spoken.text for spoken in self.say)


@dataclass(frozen=True, slots=True)
class CallState:
    """The state of a call between two requests; small, stored as JSON.

    `rung` counts the targets that were dialled, the last one at `rung_at`. `reached`: somebody has
    talked to the caller. `hung_up`: the caller has hung up, and the result of dialling is not known
    yet. `helped`: they got the link that they wanted. `left_message`: they spoke after the tone.
    `asked_about` is the reference of the inquiry that they were asked about, `answered` their words
    to that, `is_other` their no.
    `dangers` are the kinds of danger that they stated; `warned`: they were told to ring 112.
    `keys` is everything that the caller pressed, and `words` everything that they said, without a
    yes or no to that question; the first `told` words stand in the inquiry.
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
    rung_at: datetime | None = None
    reached: bool = False
    hung_up: bool = False
    helped: bool = False
    left_message: bool = False
    escalated: bool = False
    reference: str | None = None
    asked_about: str | None = None
    answered: str | None = field(default=None, repr=False)
    is_other: bool = False
    priority: Priority | None = None
    dangers: tuple[str, ...] = ()
    warned: bool = False
    slots: tuple[datetime, ...] = ()
    callback_at: datetime | None = None
    words: tuple[str, ...] = field(default=(), repr=False)
    told: int = 0
    keys: tuple[str, ...] = ()
    recording_url: str | None = field(default=None, repr=False)
    recording_seconds: int | None = None


_STATE: Final = TypeAdapter(CallState)


def call_state_json(state: CallState) -> dict[str, Any]:
    """Render the state as plain JSON values."""
    made: dict[str, Any] = _STATE.dump_python(state, mode="json")
    return made


def read_call_state(stored: object) -> CallState | None:
    """Read back the result of `call_state_json`; None if it is of another version."""
    try:
        return _STATE.validate_python(stored)
    except ValidationError:
        return None
