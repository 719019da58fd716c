"""The conversation with a caller: one pure state machine for every platform.

    greet -> ask -> decide -> transfer -> the next of the team -> voicemail or callback -> goodbye
                 -> ask once more, with the keys -> a person in customer service
                 -> a link by text message

It ends within `MAX_STEPS` moves, whatever is heard. The law of the house holds here too: what is unsure, and what service
does, never rings a salesperson.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from inquiry_router.inquiry.categories import (
    CATALOG_REQUEST,
    DEFECT,
    NEVER_SALES,
    NEW_PURCHASE,
    OTHER,
)
from inquiry_router.phone.dictation import keyed_inquiry, spoken_key
from inquiry_router.phone.model import (
    Action,
    CallState,
    DialStatus,
    Heard,
    Known,
    Move,
    OpenInquiry,
    Situation,
    Spoken,
    Stage,
    Target,
    Understood,
)
from inquiry_router.phone.prompts import PromptName, filled, speech_of
from inquiry_router.phone.settings import PhoneSettings
from inquiry_router.phone.slots import callback_slots, said_time
from inquiry_router.routing.policy import Team
from inquiry_router.routing.working_hours import is_open
from inquiry_router.text.folding import fold_words, phrase_pattern

MAX_STEPS: Final = 6
PERSON_KEY: Final = "0"
REFERENCE_KEY: Final = "4"
# Key 1 is "not working, or an order": both are for the same people, and a defect hurries more.
KEY_CATEGORIES: Final[dict[str, str]] = {"1": DEFECT, "2": CATALOG_REQUEST, "3": NEW_PURCHASE}
_REFERENCE_LENGTH: Final = 8
# A caller who wants a person says so in a few words; in a long sentence the same word is part of a story.
_SHORT: Final = 6


def advance(
    state: CallState | None,
    heard: Heard,
    understood: Understood | None,
    situation: Situation,
    settings: PhoneSettings,
) -> tuple[CallState, Move]:
    """What the caller is to experience next, and what to remember. `state` is None at the first request of a call.

    `understood` is what the classifier made of the words that were heard; None when there were none or it could not answer.
    """
    begun = state or CallState(language=_first_language(heard, situation, settings))
    return _Turn(_noted(begun, heard), heard, understood, situation, settings).next()


def trusted_words(heard: Heard, settings: PhoneSettings) -> str | None:
    """The words that were heard, where they are words and the platform is sure enough of them; else None."""
    if heard.speech is None or not any(character.isalpha() for character in heard.speech):
        return None
    confidence = heard.speech_confidence
    if confidence == 0 and settings.zero_confidence_is_unknown:
        confidence = None
    return (
        heard.speech
        if confidence is None or confidence >= settings.least_speech_confidence
        else None
    )


def _first_language(heard: Heard, situation: Situation, settings: PhoneSettings) -> str:
    known = situation.language if situation.known is Known.YES else None
    for language in (heard.language, known, settings.language_of_line(heard.called)):
        if language in settings.languages:
            return str(language)
    return settings.language


def _noted(state: CallState, heard: Heard) -> CallState:
    """What the caller said is remembered at once: it becomes the text of his inquiry, whatever else happens."""
    return replace(
        state,
        words=(*state.words, heard.speech) if heard.speech else state.words,
        keys=(*state.keys, heard.digits) if heard.digits else state.keys,
        recording_url=heard.recording_url or state.recording_url,
        recording_seconds=state.recording_seconds
        if heard.recording_seconds is None
        else heard.recording_seconds,
        reached=state.reached or heard.dial_status is DialStatus.ANSWERED,
    )


class _Turn:
    """One turn of the conversation. Every method that ends a turn returns what `advance` returns."""

    def __init__(
        self,
        state: CallState,
        heard: Heard,
        understood: Understood | None,
        situation: Situation,
        settings: PhoneSettings,
    ) -> None:
        self.state = state
        self.heard = heard
        self.situation = situation
        self.settings = settings
        self.words = trusted_words(heard, settings)
        self.understood = understood if self.words is not None else None
        spoken = spoken_key(self.words, state.language) if self.words is not None else None
        self.key = heard.digits or spoken

    def next(self) -> tuple[CallState, Move]:
        """The state decides what the caller's word or key is an answer to."""
        if self.heard.ended:
            return self.end()
        turns = {
            Stage.BEGUN: self.at_first,
            Stage.REFERENCE: self.after_reference,
            Stage.RINGING: self.after_ringing,
            Stage.OFFERED: self.after_offer,
            Stage.RECORDING: self.after_message,
            Stage.ENDED: self.end,
        }
        return turns.get(self.state.stage, self.after_question)()

    # What was heard, and what it means.

    def at_first(self) -> tuple[CallState, Move]:
        # Some platforms greet and listen by themselves, so the first request may bring an answer already.
        if self.key is not None or self.heard.speech is not None:
            return self.after_question()
        # A call that began while its state could not be kept comes back from a target that did not answer.
        if self.heard.dial_status is not None:
            return self.after_ringing()
        return self.ask(Stage.ASKED) if self.situation.abilities.asks else self.person()

    def after_question(self) -> tuple[CallState, Move]:
        if self.key is not None:
            return self.after_key(self.key)
        if self.understood is not None:
            return self.after_words(self.understood)
        if self.words is not None and self.asks_for_person(self.words):
            return self.person()
        return self.unclear()

    def after_key(self, key: str) -> tuple[CallState, Move]:
        language = self.settings.language_keys.get(key)
        if (
            language is not None
            and not self.state.language_chosen
            and self.situation.abilities.asks
        ):
            self.state = replace(self.state, language=language, language_chosen=True)
            return self.ask(Stage.MENU if self.state.stage is Stage.MENU else Stage.ASKED)
        if len(key) >= _REFERENCE_LENGTH:
            return self.after_reference()
        if key in KEY_CATEGORIES:
            return self.decide(KEY_CATEGORIES[key], 1.0)
        return {PERSON_KEY: self.person, REFERENCE_KEY: self.ask_for_reference}.get(
            key, self.unclear
        )()

    def after_words(self, understood: Understood) -> tuple[CallState, Move]:
        if understood.inquiry is not None:
            return self.resume(understood.inquiry)
        if self.words is not None and self.asks_for_person(self.words):
            return self.person()
        if understood.urgent:
            return self.connect(
                understood.category,
                understood.confidence,
                understood.team,
                unsure=understood.unsure,
            )
        if understood.unsure or understood.category == OTHER:
            return self.unclear()
        return self.decide(understood.category, understood.confidence, understood.team)

    def asks_for_person(self, words: str) -> bool:
        folded = fold_words(words)
        patterns = speech_of(self.state.language).person
        return len(folded.split()) <= _SHORT and any(
            phrase_pattern(pattern) in folded for pattern in patterns
        )

    def unclear(self) -> tuple[CallState, Move]:
        if self.state.stage is not Stage.MENU and self.situation.abilities.asks:
            return self.ask(Stage.MENU)
        return self.person()

    def ask_for_reference(self) -> tuple[CallState, Move]:
        inquiries = self.situation.open_inquiries
        if self.situation.known is Known.YES and len(inquiries) == 1:
            return self.resume(inquiries[0])
        return self.ask(Stage.REFERENCE) if self.situation.abilities.asks else self.person()

    def after_reference(self) -> tuple[CallState, Move]:
        keyed = keyed_inquiry(self.heard.digits or "", self.situation.open_inquiries)
        said = self.understood.inquiry if self.understood is not None else None
        inquiry = keyed or said
        return self.resume(inquiry) if inquiry is not None else self.person()

    def resume(self, inquiry: OpenInquiry) -> tuple[CallState, Move]:
        self.state = replace(self.state, reference=inquiry.reference)
        return self.connect(inquiry.category, None, inquiry.team, unsure=inquiry.unsure)

    # Who is rung.

    def person(self) -> tuple[CallState, Move]:
        """A person in customer service: for everybody who asks for one, and for everything that nobody is sure of."""
        category, confidence = self.state.category, self.state.confidence
        if self.understood is not None:
            category, confidence = self.understood.category, self.understood.confidence
        return self.connect(category, confidence, self.situation.teams.triage.id, unsure=True)

    def decide(
        self, category: str, confidence: float, team: str | None = None
    ) -> tuple[CallState, Move]:
        link = self.settings.catalogue_link.get(self.state.language)
        texts = self.situation.abilities.texts and self.situation.caller.can_get_texts
        if category == CATALOG_REQUEST and link is not None and texts:
            return self.send_link(confidence, link)
        return self.connect(category, confidence, team or self.situation.team_of.get(category))

    def connect(
        self,
        category: str | None,
        confidence: float | None,
        team: str | None,
        *,
        unsure: bool = False,
    ) -> tuple[CallState, Move]:
        chosen = self.lawful_team(team, category, unsure)
        self.state = replace(
            self.state, category=category, confidence=confidence, unsure=unsure, team=chosen.id
        )
        if self.situation.attempts >= self.settings.escalate_after:
            self.state = replace(self.state, escalated=True)
        if self.situation.abilities.asks and not is_open(chosen.working_hours, self.situation.now):
            return self.promise("closed")
        return self.ring() if self.targets() or self.queue else self.promise("nobody")

    def lawful_team(self, team: str | None, category: str | None, unsure: bool) -> Team:
        teams = self.situation.teams
        chosen = teams.by_id.get(team) if team is not None else None
        may_sell = not unsure and category is not None and category not in NEVER_SALES
        if chosen is not None and (chosen.kind != "sales" or may_sell):
            return chosen
        wanted = (
            "triage"
            if unsure or category is None
            else "sales"
            if category == NEW_PURCHASE
            else "service"
        )
        return next((other for other in teams.teams if other.kind == wanted), teams.triage)

    def targets(self) -> tuple[Target, ...]:
        """Everybody whom this call may ring, in order."""
        found = self.settings.targets_of(self.team, self.situation.teams)
        if (workflow := self.situation.abilities.workflow) is not None:
            found = (Target(workflow=workflow), *found)
        if self.team.kind == "sales":
            found = (*self.settings.salesperson_of(self.situation.caller.number), *found)
        if self.state.escalated:
            found = (*self.settings.escalation_targets, *found)
        return tuple(dict.fromkeys(found))

    def ring(self) -> tuple[CallState, Move]:
        state = self.state
        say = (
            self.said("next_person")
            if state.rung
            else self.said("transfer", team=self.team.name(state.language))
        )
        return self.move(
            Stage.RINGING,
            Action.TRANSFER,
            (say,),
            rung=state.rung + 1,
            timeout_s=self.settings.ring_seconds,
            targets=self.targets()[state.rung :],
            queue=self.queue,
        )

    def after_ringing(self) -> tuple[CallState, Move]:
        if self.heard.dial_status in (DialStatus.ANSWERED, DialStatus.GONE):
            return self.end()
        # One step must remain for a message, and one more is better kept for choosing a time to be rung back.
        if (
            self.state.stage is Stage.RINGING
            and self.left >= 3
            and self.targets()[self.state.rung :]
        ):
            return self.ring()
        return self.promise("nobody")

    # What is promised when nobody can be rung.

    def promise(self, why: PromptName) -> tuple[CallState, Move]:
        offer = self.settings.callbacks
        slots = callback_slots(
            self.team.working_hours,
            self.situation.now,
            offer.first_after_minutes,
            offer.every_minutes,
            offer.count,
        )
        caller = self.situation.caller
        can_be_rung = caller.number is not None and caller.can_be_rung_back
        if not slots or self.left < 2 or not can_be_rung or not self.situation.abilities.asks:
            return self.voicemail(self.said(why))
        offers = [
            self.said("offer", key=str(key), time=self.time(slot))
            for key, slot in enumerate(slots, start=1)
        ]
        say = (self.said(why), *offers, self.said("or_voicemail"))
        return self.move(
            Stage.OFFERED, Action.ASK, say, slots=slots, timeout_s=self.settings.listen_seconds
        )

    def after_offer(self) -> tuple[CallState, Move]:
        slots = self.state.slots
        if (
            self.key is not None
            and len(self.key) == 1
            and self.key.isdigit()
            and 1 <= int(self.key) <= len(slots)
        ):
            slot = slots[int(self.key) - 1]
            say = (self.said("callback", time=self.time(slot)),)
            return self.move(Stage.ENDED, Action.CALLBACK, say, callback_at=slot)
        return self.voicemail()

    def after_message(self) -> tuple[CallState, Move]:
        return self.end("message_taken")

    def voicemail(self, *before: Spoken) -> tuple[CallState, Move]:
        known = self.situation.caller.number is not None
        say = (*before, self.said("voicemail" if known else "voicemail_without_number"))
        return self.move(
            Stage.RECORDING, Action.VOICEMAIL, say, timeout_s=self.settings.message_seconds
        )

    def send_link(self, confidence: float, link: str) -> tuple[CallState, Move]:
        team = self.lawful_team(
            self.situation.team_of.get(CATALOG_REQUEST), CATALOG_REQUEST, unsure=False
        )
        self.state = replace(
            self.state, category=CATALOG_REQUEST, confidence=confidence, team=team.id
        )
        say = (self.said("link"),)
        return self.move(
            Stage.ENDED, Action.LINK, say, link=link, send_to=self.situation.caller.number
        )

    # How it is said.

    def ask(self, stage: Stage) -> tuple[CallState, Move]:
        return self.move(
            stage,
            Action.ASK,
            self.question(stage),
            timeout_s=self.settings.listen_seconds,
            keys=_REFERENCE_LENGTH if stage is Stage.REFERENCE else 1,
            hints=speech_of(self.state.language).hints,
        )

    def question(self, stage: Stage) -> tuple[Spoken, ...]:
        if stage is Stage.REFERENCE:
            return (self.said("ask_reference"),)
        if stage is Stage.MENU:
            return (self.said("menu"),)
        say = [self.said("greeting")]
        if self.situation.known is Known.YES and self.situation.open_inquiries:
            say.append(self.said("open_case", key=REFERENCE_KEY))
        if not self.state.language_chosen:
            say += [
                Spoken(
                    filled(self.settings.prompt("choose_language", language), {"key": key}),
                    language,
                )
                for key, language in self.settings.language_keys.items()
                if language != self.state.language
            ]
        return tuple(say)

    def said(self, name: PromptName, **blanks: str) -> Spoken:
        language = self.state.language
        return Spoken(filled(self.settings.prompt(name, language), blanks), language)

    def time(self, slot: datetime) -> str:
        return said_time(
            slot, self.situation.now, self.team.timezone, speech_of(self.state.language).clock
        )

    def end(self, *names: PromptName) -> tuple[CallState, Move]:
        ended = self.heard.ended or self.state.stage is Stage.ENDED
        say = (
            ()
            if ended or self.state.reached
            else tuple(self.said(name) for name in names or ("goodbye",))
        )
        return self.move(Stage.ENDED, Action.GOODBYE, say)

    @property
    def team(self) -> Team:
        """The team that the call is for; people who decide, where there is none yet."""
        return self.situation.teams.by_id.get(self.state.team or "", self.situation.teams.triage)

    @property
    def queue(self) -> str | None:
        """The team's queue, where the platform has queues."""
        queues = self.situation.abilities.queues
        return self.settings.desk_of(self.team, self.situation.teams).queue if queues else None

    @property
    def left(self) -> int:
        """How many moves this call may still make."""
        return MAX_STEPS - self.state.step

    def move(
        self,
        stage: Stage,
        action: Action,
        say: tuple[Spoken, ...],
        *,
        timeout_s: int = 0,
        keys: int = 1,
        hints: tuple[str, ...] = (),
        queue: str | None = None,
        targets: tuple[Target, ...] = (),
        link: str | None = None,
        send_to: str | None = None,
        rung: int | None = None,
        slots: tuple[datetime, ...] | None = None,
        callback_at: datetime | None = None,
    ) -> tuple[CallState, Move]:
        """The move, and the state after it."""
        state = replace(
            self.state,
            stage=stage,
            step=self.state.step + 1,
            rung=self.state.rung if rung is None else rung,
            slots=self.state.slots if slots is None else slots,
            callback_at=callback_at or self.state.callback_at,
        )
        made = Move(
            action,
            state.language,
            say,
            step=None if stage is Stage.ENDED else str(state.step),
            timeout_s=timeout_s,
            keys=keys,
            hints=hints,
            team=state.team,
            queue=queue,
            targets=targets,
            category=state.category,
            confidence=state.confidence,
            reference=state.reference,
            priority=state.priority,
            callback_at=callback_at,
            link=link,
            send_to=send_to,
        )
        return state, made
