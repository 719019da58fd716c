"""One turn of a conversation: its inputs, the texts that are spoken, and the move at its end."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from inquiry_router.inquiry.categories import NEVER_SALES
from inquiry_router.inquiry.model import THREATENING_LIFE
from inquiry_router.phone.choosing import chosen_slot
from inquiry_router.phone.dictation import cut_answer, spoken_key
from inquiry_router.phone.model import (
    CONFIRM_KEY,
    Action,
    CallState,
    DialStatus,
    Heard,
    Known,
    Move,
    Situation,
    Spoken,
    Stage,
    Target,
    Understood,
)
from inquiry_router.phone.persons import PersonRequest, person_request
from inquiry_router.phone.prompts import PromptName, fill_blanks, speech_of
from inquiry_router.phone.settings import PhoneSettings, targets_of
from inquiry_router.phone.slots import say_time
from inquiry_router.routing.teams import Team
from inquiry_router.routing.working_hours import is_open
from inquiry_router.text.folding import fold, fold_words

MAX_STEPS: Final = 8
# Two steps are kept for callers in danger, who may say so late.
_USUAL_STEPS: Final = 6
PERSON_KEY: Final = "0"
REFERENCE_KEY: Final = "4"
REFERENCE_LENGTH: Final = 8
# The ending of a name may change: "do pana Bartka". That many letters stay.
_MIN_STEM: Final = 4

Step = tuple[CallState, Move]


def trusted_words(heard: Heard, settings: PhoneSettings) -> str | None:
    """The recognised words, if they have letters and the platform is confident enough."""
    if heard.speech is None or not any(character.isalpha() for character in heard.speech):
        return None
    confidence = heard.speech_confidence
    unknown = confidence is None or (confidence == 0 and settings.zero_confidence_is_unknown)
    if unknown or (confidence or 0) >= settings.least_speech_confidence:
        return heard.speech
    return None


def with_words(state: CallState, speech: str | None) -> CallState:
    """Add the caller's words to the state. They become the text of an inquiry, whatever follows.

    A yes or no to the question about an open inquiry is no part of them: nobody could understand it
    there.
    """
    if not speech:
        return state
    if state.stage is not Stage.MATTER:
        return replace(state, words=(*state.words, speech))
    more = cut_answer(speech, state.language)
    return replace(state, answered=speech, words=(*state.words, more) if more else state.words)


class Turn:
    """A turn: the inputs of `conversation.advance`, and questions about them."""

    def __init__(
        self,
        state: CallState | None,
        heard: Heard,
        understood: Understood | None,
        situation: Situation,
        settings: PhoneSettings,
    ) -> None:
        begun = state or CallState(language=_first_language(heard, situation, settings))
        self.state = _with_heard(begun, heard, situation.now, settings)
        self.heard = heard
        self.situation = situation
        self.settings = settings
        self.words = trusted_words(heard, settings)
        self.understood = understood if self.words is not None else None
        self.has_new_danger = not set(situation.dangers) <= set(self.state.dangers)
        dangers = dict.fromkeys((*self.state.dangers, *situation.dangers))
        self.state = replace(self.state, dangers=tuple(dangers))
        spoken = spoken_key(self.words, self.state.language) if self.words is not None else None
        self.key = heard.digits or spoken

    @property
    def team(self) -> Team:
        """The team that the call is for; triage as long as there is none."""
        return self.situation.teams.by_id.get(self.state.team or "", self.situation.teams.triage)

    @property
    def queue(self) -> str | None:
        """The team's queue, if the platform has queues; not for danger while nobody works."""
        queues = self.situation.abilities.queues and (not self.state.dangers or self.is_working())
        return self.settings.desk_of(self.team, self.situation.teams).queue if queues else None

    @property
    def left(self) -> int:
        """The number of moves that this call may still make."""
        return (MAX_STEPS if self.state.dangers else _USUAL_STEPS) - self.state.step

    @property
    def is_sale(self) -> bool:
        """True if the words are surely for sales."""
        understood = self.understood
        if understood is None or understood.unsure or understood.category in NEVER_SALES:
            return False
        team = self.situation.teams.by_id.get(understood.team)
        return team is not None and team.kind == "sales"

    @property
    def can_be_called_back(self) -> bool:
        """True if a callback can be offered and the caller can choose its time."""
        caller, asks = self.situation.caller, self.situation.abilities.asks
        return asks and caller.number is not None and caller.can_be_rung_back

    @property
    def agrees(self) -> bool | None:
        """The caller's yes or no, by a key or by their first word that is one; None for neither."""
        if self.key in ("1", "2"):
            return self.key == "1"
        speech = speech_of(self.state.language)
        yes, no = ({fold(word) for word in words} for words in (speech.agreeing, speech.refusing))
        for word in fold_words(self.words or "").split():
            if word in no or word in yes:
                return word in yes
        return None

    @property
    def request(self) -> PersonRequest:
        """The request for a person in the caller's words."""
        if self.understood is not None and self.understood.wants_person:
            return PersonRequest.ONLY
        return PersonRequest.NONE if self.words is None else person_request(self.words)

    def names_own_salesperson(self) -> bool:
        """True if the words name the caller's own salesperson."""
        said = fold_words(self.words or "").split()
        return any(
            word.startswith(name[: max(_MIN_STEM, len(name) - 2)])
            for one in self.settings.salespeople_named(self.situation.salespeople)
            for name in fold_words(one.name).split()
            if len(name) >= _MIN_STEM
            for word in said
        )

    def is_working(self) -> bool:
        """True if the team of the call works now."""
        return is_open(self.team.working_hours, self.situation.now)

    def targets(self) -> tuple[Target, ...]:
        """Everybody who may be dialled for this call, in order.

        Callers in danger ring the people on duty first, and the team only while it works.
        """
        on_duty = self.settings.duty_targets if self.state.dangers else ()
        if self.state.dangers and not self.is_working():
            return on_duty
        found = self.settings.targets_of(self.team, self.situation.teams)
        if (workflow := self.situation.abilities.workflow) is not None:
            found = (Target(workflow=workflow), *found)
        if self.team.kind == "sales":
            own = self.settings.salespeople_named(self.situation.salespeople)
            found = (*targets_of([one.number for one in own][:1]), *found)
            on_duty = ()
        if self.state.escalated:
            found = (*self.settings.escalation_targets, *found)
        return tuple(dict.fromkeys((*on_duty, *found)))

    def warning(self) -> tuple[Spoken, ...]:
        """The advice to ring 112, once, for callers whose life may be in danger."""
        if self.state.warned or THREATENING_LIFE.isdisjoint(self.state.dangers):
            return ()
        return (self.speak("danger"),)

    def speak(self, name: PromptName, **blanks: str) -> Spoken:
        """The text of this name, in the language of the call."""
        language = self.state.language
        return Spoken(fill_blanks(self.settings.prompt(name, language), blanks), language)

    def confirmation(self) -> Spoken | None:
        """The text for the dialled person if they have to press a key, or None."""
        if not (self.settings.confirm_with_key and self.situation.abilities.confirms):
            return None
        known = {"key": CONFIRM_KEY, "team": self.team.name(self.state.language)}
        if self.situation.recommender is None:
            return self.speak("confirm", **known)
        return self.speak("confirm_recommended", recommender=self.situation.recommender, **known)

    def speak_question(self, stage: Stage) -> tuple[Spoken, ...]:
        """The texts that ask for an answer at this stage."""
        if stage is Stage.REFERENCE:
            return (self.speak("ask_reference"),)
        if stage is Stage.MATTER:
            subject = self.situation.perhaps.subject if self.situation.perhaps is not None else ""
            return (self.speak("same_matter", subject=subject),)
        if stage is Stage.MENU:
            return (self.speak("menu"),)
        say = [self.speak("greeting")]
        if self.situation.known is Known.YES and self.situation.open_inquiries:
            say.append(self.speak("open_case", key=REFERENCE_KEY))
        if not self.state.language_chosen:
            say += self._speak_languages()
        return tuple(say)

    def _speak_languages(self) -> list[Spoken]:
        return [
            Spoken(
                fill_blanks(self.settings.prompt("choose_language", language), {"key": key}),
                language,
            )
            for key, language in self.settings.language_keys.items()
            if language != self.state.language
        ]

    def time(self, slot: datetime) -> str:
        """A time in words, for a caller of this team."""
        clock = speech_of(self.state.language).clock
        return say_time(slot, self.situation.now, self.team.timezone, clock)

    def slot_in_words(self) -> datetime | None:
        """The offered time that the caller named."""
        if self.words is None or not self.state.slots:
            return None
        now, language = self.situation.now, self.state.language
        return chosen_slot(self.words, self.state.slots, now, self.team.timezone, language)

    def make(self, action: Action, say: tuple[Spoken, ...] = (), **values: Any) -> Move:
        """Make a move in the language of the call."""
        return Move(action, self.state.language, say, **values)

    def end_turn(self, stage: Stage, move: Move, **changes: Any) -> Step:
        """Complete the move with the facts of the call. Returns the changed state and the move."""
        state = replace(
            self.state,
            stage=stage,
            step=self.state.step + 1,
            callback_at=move.callback_at or self.state.callback_at,
            **changes,
        )
        return state, replace(
            move,
            step=None if stage is Stage.ENDED else str(state.step),
            team=state.team,
            category=state.category,
            confidence=state.confidence,
            reference=state.reference,
            priority=state.priority,
        )


def _first_language(heard: Heard, situation: Situation, settings: PhoneSettings) -> str:
    known = situation.language if situation.known is Known.YES else None
    for language in (heard.language, known, settings.language_of_line(heard.called)):
        if language in settings.languages:
            return str(language)
    return settings.language


def _with_heard(
    state: CallState, heard: Heard, now: datetime, settings: PhoneSettings
) -> CallState:
    """Add the platform's report to the state."""
    seconds = heard.recording_seconds
    spoke = state.stage is Stage.RECORDING and bool(heard.speech)
    return replace(
        with_words(state, heard.speech),
        keys=(*state.keys, heard.digits) if heard.digits else state.keys,
        left_message=state.left_message or spoke,
        recording_url=heard.recording_url or state.recording_url,
        recording_seconds=state.recording_seconds if seconds is None else seconds,
        reached=state.reached or _has_talked(state, heard, now, settings.least_talk_seconds),
    )


def _has_talked(state: CallState, heard: Heard, now: datetime, least_seconds: int) -> bool:
    """Report if a person has talked to the caller, as far as the platform can say.

    A mailbox answers too. A platform that reports the end of a connection without its length was
    connected no longer than since the dialling.
    """
    if heard.dial_status not in (DialStatus.ANSWERED, DialStatus.COMPLETED):
        return False
    seconds: float | None = heard.dial_seconds
    if seconds is None and heard.dial_status is DialStatus.COMPLETED and state.rung_at is not None:
        seconds = (now - state.rung_at).total_seconds()
    return seconds is None or seconds >= least_seconds
