"""The conversation with a caller: one pure state machine for every platform.

    greet -> ask -> decide -> transfer -> the next of the team -> voicemail or callback -> goodbye
                 -> ask once more, with the keys -> a person in customer service
                 -> a link by text message
                 -> danger, at any hour: ring 112 -> people on duty -> voicemail -> goodbye

It ends within `MAX_STEPS` moves, whatever is heard. The sales guard holds here too: an uncertain
call, or one for service, never rings a salesperson.
"""

from dataclasses import replace
from typing import Final

from inquiry_router.inquiry.categories import (
    CATALOG_REQUEST,
    DEFECT,
    NEVER_SALES,
    NEW_PURCHASE,
    OTHER,
)
from inquiry_router.phone.dictation import keyed_inquiry
from inquiry_router.phone.model import (
    Action,
    CallState,
    DialReport,
    DialStatus,
    Heard,
    Known,
    OpenInquiry,
    Situation,
    Spoken,
    Stage,
    Understood,
)
from inquiry_router.phone.persons import PersonRequest
from inquiry_router.phone.prompts import PromptName, speech_of
from inquiry_router.phone.settings import PhoneSettings
from inquiry_router.phone.slots import callback_slots
from inquiry_router.phone.turn import (
    PERSON_KEY,
    REFERENCE_KEY,
    REFERENCE_LENGTH,
    Step,
    Turn,
)
from inquiry_router.routing.teams import Team

# Key 1 is "not working, or an order": both are for the same people, and a defect is more urgent.
KEY_CATEGORIES: Final[dict[str, str]] = {"1": DEFECT, "2": CATALOG_REQUEST, "3": NEW_PURCHASE}
# The stages at which callers say something that is understood at once.
_LISTENING: Final = frozenset(
    {Stage.BEGUN, Stage.ASKED, Stage.MENU, Stage.REFERENCE, Stage.MATTER, Stage.OFFERED}
)


def advance(
    state: CallState | None,
    heard: Heard,
    understood: Understood | None,
    situation: Situation,
    settings: PhoneSettings,
) -> Step:
    """Return the next move of a call and the state to remember.

    `state` is None at the first request of a call. `understood` is the meaning of the caller's
    words; None if there were none, or if the classifier did not answer.
    """
    return _Conversation(state, heard, understood, situation, settings).next()


class _Conversation(Turn):
    """The decisions of one turn. Every method that ends a turn returns the result of `advance`."""

    def next(self) -> Step:
        """Take the caller's words or key as the answer to the question of the present stage."""
        if self.heard.ended:
            return self.end() if self.knows_result else self.wait_for_result()
        if self.has_new_danger and self.state.stage in _LISTENING and self.left >= 3:
            return self.after_danger()
        turns = {
            Stage.BEGUN: self.after_first_request,
            Stage.REFERENCE: self.after_reference,
            Stage.MATTER: self.after_matter,
            Stage.RINGING: self.after_ringing,
            Stage.OFFERED: self.after_offer,
            Stage.RECORDING: self.after_message,
            Stage.ENDED: self.end,
        }
        return turns.get(self.state.stage, self.after_question)()

    # The caller's answer, and its meaning.

    def after_first_request(self) -> Step:
        # Some platforms greet and listen by themselves: the first request may hold an answer.
        if self.key is not None or self.heard.speech is not None:
            return self.after_question()
        # The state of a call may be lost: it comes back from a target that did not answer.
        if self.heard.dial_status is not None:
            return self.after_ringing()
        return self.ask(Stage.ASKED) if self.situation.abilities.asks else self.connect_person()

    def after_question(self) -> Step:
        if self.key is not None:
            return self.after_key(self.key)
        if self.understood is not None:
            return self.after_words(self.understood)
        if self.request is not PersonRequest.NONE:
            return self.connect_person()
        return self.ask_again()

    def after_key(self, key: str) -> Step:
        language = self.settings.language_keys.get(key)
        may_choose = not self.state.language_chosen and self.situation.abilities.asks
        if language is not None and may_choose:
            self.state = replace(self.state, language=language, language_chosen=True)
            return self.ask(Stage.MENU if self.state.stage is Stage.MENU else Stage.ASKED)
        if len(key) >= REFERENCE_LENGTH:
            return self.after_reference()
        if key in KEY_CATEGORIES:
            return self.decide(KEY_CATEGORIES[key], 1.0)
        others = {PERSON_KEY: self.connect_person, REFERENCE_KEY: self.ask_for_reference}
        return others.get(key, self.ask_again)()

    def after_words(self, understood: Understood) -> Step:
        category, confidence, team = understood.category, understood.confidence, understood.team
        if understood.inquiry is not None:
            return self.resume(understood.inquiry)
        if self.request is PersonRequest.ONLY and not self.asks_for_own_salesperson():
            return self.connect_person()
        if understood.unsure or category == OTHER:
            asks = self.request is not PersonRequest.NONE
            return self.connect_person() if asks else self.ask_again()
        return self.decide(category, confidence, team)

    def asks_for_own_salesperson(self) -> bool:
        """True if they ask for their salesperson by name, and surely to buy."""
        return self.is_sale and self.names_own_salesperson()

    def after_danger(self) -> Step:
        """Connect a caller in danger without another question, whatever time it is."""
        self.state = replace(self.state, rung=0)
        understood = self.understood
        if understood is None:
            return self.connect_person()
        if understood.inquiry is not None:
            return self.resume(understood.inquiry)
        unsure = understood.unsure or understood.category == OTHER
        category, confidence, team = understood.category, understood.confidence, understood.team
        return self.connect(category, confidence, team, unsure=unsure)

    def after_reference(self) -> Step:
        keyed = keyed_inquiry(self.heard.digits or "", self.situation.open_inquiries)
        inquiry = keyed or (self.understood.inquiry if self.understood is not None else None)
        return self.resume(inquiry) if inquiry is not None else self.connect_person()

    def ask(self, stage: Stage) -> Step:
        move = self.make(
            Action.ASK,
            self.speak_question(stage),
            timeout_s=self.settings.listen_seconds,
            keys=REFERENCE_LENGTH if stage is Stage.REFERENCE else 1,
            hints=speech_of(self.state.language).hints,
        )
        return self.end_turn(stage, move)

    def ask_again(self) -> Step:
        if self.state.stage is not Stage.MENU and self.situation.abilities.asks:
            return self.ask(Stage.MENU)
        return self.connect_person()

    def ask_for_reference(self) -> Step:
        inquiries = self.situation.open_inquiries
        if self.situation.known is Known.YES and len(inquiries) == 1:
            return self.resume(inquiries[0])
        if self.situation.abilities.asks:
            return self.ask(Stage.REFERENCE)
        return self.connect_person()

    # The team, and the person who is dialled.

    def resume(self, inquiry: OpenInquiry) -> Step:
        """Connect the caller to the team that has their open inquiry."""
        self.state = replace(self.state, reference=inquiry.reference)
        return self.connect(inquiry.category, None, inquiry.team, unsure=inquiry.unsure)

    def connect_person(self) -> Step:
        """Connect to customer service: on request, and if the subject is uncertain."""
        category, confidence = self.state.category, self.state.confidence
        if self.understood is not None:
            category, confidence = self.understood.category, self.understood.confidence
        return self.connect(category, confidence, self.situation.teams.triage.id, unsure=True)

    def decide(self, category: str, confidence: float, team: str | None = None) -> Step:
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
    ) -> Step:
        chosen = self.guarded_team(team, category, unsure=unsure)
        if self.has_to_ask():
            return self.ask_about_matter(category, confidence, chosen.id, unsure=unsure)
        escalated = self.situation.attempts >= self.settings.escalate_after
        self.state = replace(
            self.state,
            category=category,
            confidence=confidence,
            unsure=unsure,
            team=chosen.id,
            escalated=self.state.escalated or escalated,
        )
        offers = self.situation.abilities.asks and not self.state.dangers
        if offers and not self.is_working():
            return self.offer_callback("closed")
        return self.ring() if self.targets() or self.queue else self.offer_callback("nobody")

    def has_to_ask(self) -> bool:
        """True if the call is perhaps about an open inquiry, and there is time to ask."""
        perhaps, understood = self.situation.perhaps, self.understood
        if perhaps is None or understood is None or not perhaps.subject or self.state.dangers:
            return False
        may_ask = self.situation.abilities.asks and self.situation.known is Known.YES
        fresh = self.state.asked_about is None and self.state.reference is None
        return may_ask and fresh and self.left >= 4

    def ask_about_matter(
        self, category: str | None, confidence: float | None, team: str, *, unsure: bool
    ) -> Step:
        assert self.situation.perhaps is not None
        self.state = replace(
            self.state,
            category=category,
            confidence=confidence,
            unsure=unsure,
            team=team,
            asked_about=self.situation.perhaps.reference,
        )
        return self.ask(Stage.MATTER)

    def after_matter(self) -> Step:
        """Continue the open inquiry after a yes, and else with what was understood before."""
        state, inquiries = self.state, self.situation.open_inquiries
        asked = next((one for one in inquiries if one.reference == state.asked_about), None)
        if self.agrees and asked is not None:
            return self.resume(asked)
        self.state = replace(state, is_other=self.agrees is False)
        return self.connect(state.category, state.confidence, state.team, unsure=state.unsure)

    def guarded_team(self, team: str | None, category: str | None, *, unsure: bool) -> Team:
        """The team itself, or another one if it does not exist or the sales guard forbids it."""
        teams = self.situation.teams
        chosen = teams.by_id.get(team) if team is not None else None
        may_sell = not unsure and category is not None and category not in NEVER_SALES
        if chosen is not None and (chosen.kind != "sales" or may_sell):
            return chosen
        wanted = "sales" if category == NEW_PURCHASE else "service"
        if unsure or category is None:
            wanted = "triage"
        return next((other for other in teams.teams if other.kind == wanted), teams.triage)

    def ring(self) -> Step:
        state = self.state
        transfer = self.speak("transfer", team=self.team.name(state.language))
        move = self.make(
            Action.TRANSFER,
            (*self.warning(), self.speak("next_person") if state.rung else transfer),
            timeout_s=self.settings.ring_seconds,
            targets=self.targets()[state.rung :],
            queue=self.queue,
            confirm=self.confirmation(),
        )
        now = self.situation.now
        warned = state.warned or bool(self.warning())
        return self.end_turn(Stage.RINGING, move, rung=state.rung + 1, rung_at=now, warned=warned)

    @property
    def knows_result(self) -> bool:
        """True unless the caller hung up while it rang, and nobody knows yet if they talked."""
        return (
            self.state.stage is not Stage.RINGING
            or self.state.reached
            or self.heard.dial_status is not None
            or self.situation.abilities.dial_report is DialReport.AT_END
        )

    def wait_for_result(self) -> Step:
        comes = self.situation.abilities.dial_report is DialReport.APART
        state, move = self.end_turn(Stage.RINGING, self.make(Action.GOODBYE), hung_up=comes)
        return state, replace(move, step=None)

    def after_ringing(self) -> Step:
        if self.state.reached or self.heard.dial_status is DialStatus.GONE or self.state.hung_up:
            return self.end()
        others = self.targets()[self.state.rung :]
        # Keep one step for a message, and one for choosing the time of a callback.
        if self.state.stage is Stage.RINGING and self.left >= 3 and others:
            return self.ring()
        return self.offer_callback("nobody")

    # Nobody can be dialled.

    def offer_callback(self, why: PromptName) -> Step:
        if self.state.dangers:
            return self.take_message(*self.warning(), self.speak("nobody"))
        offer = self.settings.callbacks
        slots = callback_slots(
            self.team.working_hours,
            self.situation.now,
            offer.first_after_minutes,
            offer.every_minutes,
            offer.count,
        )
        if not slots or self.left < 2 or not self.can_be_called_back:
            return self.take_message(self.speak(why))
        offers = [
            self.speak("offer", key=str(key), time=self.time(slot))
            for key, slot in enumerate(slots, start=1)
        ]
        say = (self.speak(why), *offers, self.speak("or_voicemail"))
        move = self.make(Action.ASK, say, timeout_s=self.settings.listen_seconds)
        return self.end_turn(Stage.OFFERED, move, slots=slots)

    def after_offer(self) -> Step:
        offered = {str(key): slot for key, slot in enumerate(self.state.slots, start=1)}
        slot = offered.get(self.key or "") or self.slot_in_words()
        if slot is None:
            return self.take_message()
        say = (self.speak("callback", time=self.time(slot)),)
        return self.end_turn(Stage.ENDED, self.make(Action.CALLBACK, say, callback_at=slot))

    def take_message(self, *before: Spoken) -> Step:
        known = self.situation.caller.number is not None
        say = (*before, self.speak("voicemail" if known else "voicemail_without_number"))
        move = self.make(Action.VOICEMAIL, say, timeout_s=self.settings.message_seconds)
        return self.end_turn(
            Stage.RECORDING, move, warned=self.state.warned or bool(self.warning())
        )

    def after_message(self) -> Step:
        return self.end("message_taken")

    def send_link(self, confidence: float, link: str) -> Step:
        wanted = self.situation.team_of.get(CATALOG_REQUEST)
        team = self.guarded_team(wanted, CATALOG_REQUEST, unsure=False)
        self.state = replace(
            self.state, category=CATALOG_REQUEST, confidence=confidence, team=team.id
        )
        number = self.situation.caller.number
        move = self.make(Action.LINK, (self.speak("link"),), link=link, send_to=number)
        return self.end_turn(Stage.ENDED, move, helped=True)

    def end(self, name: PromptName = "goodbye") -> Step:
        state = self.state
        silent = self.heard.ended or state.hung_up or state.stage is Stage.ENDED or state.reached
        say = () if silent else (self.speak(name),)
        return self.end_turn(Stage.ENDED, self.make(Action.GOODBYE, say))
