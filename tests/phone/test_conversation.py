"""Conversations as stories."""

from datetime import timedelta
from typing import Any

import pytest

from inquiry_router.phone.conversation import advance
from inquiry_router.phone.model import (
    Abilities,
    Action,
    CallState,
    DialStatus,
    Known,
    Move,
    OpenInquiry,
    Situation,
    Target,
    Understood,
)
from inquiry_router.phone.settings import PhoneSettings
from tests.phone.people import (
    ANNA,
    BARTEK,
    BEATA,
    CELINA,
    CEZARY,
    EVENING,
    HOLIDAY,
    NOW,
    WORKFLOW,
    heard,
    settings_of,
    situation_of,
    understood,
)


class Call:
    """A call that is told step by step."""

    def __init__(
        self, settings: PhoneSettings | None = None, situation: Situation | None = None
    ) -> None:
        self.settings = settings or settings_of()
        self.situation = situation or situation_of()
        self.state: CallState | None = None

    def hear(self, meaning: Understood | None = None, **what: Any) -> Move:
        self.state, move = advance(
            self.state, heard(**what), meaning, self.situation, self.settings
        )
        return move


def test_caller_with_a_broken_pump_reaches_customer_service() -> None:
    call = Call()
    asked = call.hear()
    assert asked.action is Action.ASK and asked.language == "pl" and asked.step == "1"
    assert asked.text.startswith("Dzień dobry. Proszę krótko powiedzieć")
    ringing = call.hear(understood("defect"), speech="pompa cieknie", speech_confidence=0.91)
    assert (ringing.action, ringing.team, ringing.number) == (
        Action.TRANSFER,
        "customer_service",
        CELINA,
    )
    assert ringing.category == "defect" and ringing.timeout_s == 20
    assert ringing.text == "Już łączymy. Zgłosi się obsługa klienta."
    assert call.hear(dial_status=DialStatus.ANSWERED).action is Action.GOODBYE
    assert call.state is not None and call.state.reached


@pytest.mark.parametrize(
    ("key", "team", "number"),
    [("1", "customer_service", CELINA), ("2", "customer_service", CELINA), ("3", "sales", BARTEK)],
)
def test_key_selects_a_category(key: str, team: str, number: str) -> None:
    call = Call()
    call.hear()
    ringing = call.hear(digits=key)
    assert (ringing.action, ringing.team, ringing.number) == (Action.TRANSFER, team, number)


def test_zero_connects_to_customer_service() -> None:
    call = Call()
    call.hear()
    ringing = call.hear(digits="0")
    assert (ringing.action, ringing.team, ringing.number) == (Action.TRANSFER, "triage", CELINA)


def test_short_request_for_a_person_connects_to_one() -> None:
    call = Call()
    call.hear()
    assert (
        call.hear(understood("other", unsure=True), speech="z konsultantem proszę").action
        is Action.TRANSFER
    )
    call = Call()
    call.hear()
    story = "wasz konsultant obiecał mi w zeszłym tygodniu jakąś tam rzecz i nic"
    assert call.hear(understood("other", unsure=True), speech=story).action is Action.ASK


def test_spoken_key_counts_as_pressed() -> None:
    call = Call()
    call.hear()
    assert call.hear(understood("other", unsure=True), speech="Trzy.").team == "sales"


def test_unclear_caller_gets_the_menu_and_then_a_person() -> None:
    call = Call()
    call.hear()
    menu = call.hear(understood("new_purchase", 0.4, unsure=True), speech="mhm no tak")
    assert menu.action is Action.ASK and "trzy" in menu.text and "zero" in menu.text
    person = call.hear(understood("new_purchase", 0.4, unsure=True), speech="no mówię przecież")
    assert (person.action, person.team, person.number) == (Action.TRANSFER, "triage", CELINA)


@pytest.mark.parametrize(
    "what",
    [
        {},
        {"digits": "*"},
        {"digits": "77"},
        {"speech": "..."},
        {"speech": "chcę kupić pompę", "speech_confidence": 0.2},
        {"speech": "chcę kupić pompę", "speech_confidence": 0.44},
    ],
)
def test_silence_wrong_keys_and_low_confidence_are_unclear(what: dict[str, Any]) -> None:
    call = Call()
    call.hear()
    meaning = understood("new_purchase", 0.99) if "speech" in what else None
    assert call.hear(meaning, **what).action is Action.ASK
    assert call.hear(meaning, **what).team == "triage"


def test_zero_confidence_is_unknown_unless_configured() -> None:
    for unknown, action in ((True, Action.TRANSFER), (False, Action.ASK)):
        call = Call(settings_of(zero_confidence_is_unknown=unknown))
        call.hear()
        assert (
            call.hear(understood("defect"), speech="nie działa", speech_confidence=0.0).action
            is action
        )


def test_keys_work_without_the_model_and_words_reach_a_person() -> None:
    call = Call()
    call.hear()
    assert call.hear(None, speech="pompa cieknie").action is Action.ASK
    assert call.hear(None, speech="pompa cieknie").team == "triage"


def test_danger_is_connected_without_a_menu() -> None:
    call = Call()
    call.hear()
    call.situation = situation_of(dangers=("gas",))
    meaning = understood("other", 0.3, unsure=True, team="customer_service")
    ringing = call.hear(meaning, speech="czuć gaz od kotła")
    assert (ringing.action, ringing.team) == (Action.TRANSFER, "customer_service")


def test_next_number_rings_and_then_a_callback_is_offered() -> None:
    call = Call()
    call.hear()
    assert call.hear(understood("new_purchase"), speech="chcę kupić").number == BARTEK
    second = call.hear(dial_status=DialStatus.BUSY)
    assert (
        second.number == BEATA
        and second.text == "Niestety nikt nie odebrał. Łączymy z następną osobą."
    )
    offer = call.hear(dial_status=DialStatus.NO_ANSWER)
    assert offer.action is Action.ASK
    assert "Jeśli mamy oddzwonić dziś o jedenastej trzydzieści, proszę nacisnąć 1" in offer.text
    promised = call.hear(digits="2")
    assert promised.action is Action.CALLBACK and promised.step is None and promised.team == "sales"
    assert promised.callback_at == NOW + timedelta(minutes=150)
    assert promised.text == "Dobrze, oddzwonimy dziś o trzynastej trzydzieści. Do usłyszenia."
    assert (
        call.state is not None
        and call.state.callback_at == promised.callback_at
        and not call.state.reached
    )


def test_offered_time_may_be_said_in_words() -> None:
    call = Call(situation=situation_of(EVENING))
    call.hear()
    assert call.hear(understood("defect"), speech="nie działa").action is Action.ASK
    promised = call.hear(understood("other"), speech="poproszę jutro o ósmej trzydzieści")
    assert promised.action is Action.CALLBACK
    assert promised.text.startswith("Dobrze, oddzwonimy jutro o ósmej trzydzieści.")


def test_expensive_number_is_not_offered_a_callback() -> None:
    call = Call(settings_of(desks={}, fallback=None), situation_of(caller="+48700123456"))
    call.hear()
    assert call.hear(digits="0").action is Action.VOICEMAIL


def test_sip_address_is_dialled() -> None:
    call = Call()
    call.hear()
    call.hear(digits="1")
    second = call.hear(dial_status=DialStatus.FAILED)
    assert (second.number, second.sip) == (None, CEZARY)


@pytest.mark.parametrize(
    ("at", "when"), [(EVENING, "jutro o ósmej trzydzieści"), (HOLIDAY, "jutro o ósmej trzydzieści")]
)
def test_nobody_is_dialled_outside_working_hours(at: Any, when: str) -> None:
    call = Call(situation=situation_of(at))
    call.hear()
    offer = call.hear(understood("defect"), speech="nie działa")
    assert (
        offer.action is Action.ASK
        and offer.text.startswith("Nasze biuro jest teraz nieczynne.")
        and when in offer.text
    )
    message = call.hear()
    assert message.action is Action.VOICEMAIL and message.timeout_s == 180
    thanks = call.hear(recording_url="https://media.example.com/1", recording_seconds=17)
    assert (
        thanks.action is Action.GOODBYE
        and thanks.text == "Dziękujemy, odezwiemy się. Do usłyszenia."
    )
    assert call.state is not None
    assert (call.state.recording_url, call.state.recording_seconds) == (
        "https://media.example.com/1",
        17,
    )


def test_withheld_number_is_asked_for_in_the_message() -> None:
    call = Call(situation=situation_of(EVENING, caller="anonymous"))
    call.hear()
    message = call.hear(digits="1")
    assert message.action is Action.VOICEMAIL and "podać numer telefonu" in message.text


def test_language_by_line_by_key_and_by_known_customer() -> None:
    assert Call().hear(called="48220000009").language == "de"
    assert Call(situation=situation_of(known=Known.YES, language="en")).hear().language == "en"
    assert Call(situation=situation_of(known=Known.MAYBE, language="en")).hear().language == "pl"
    assert Call().hear(language="en").language == "en"
    assert Call().hear(language="xx").language == "pl"
    call = Call()
    assert [spoken.language for spoken in call.hear().say] == ["pl", "en", "de"]
    chosen = call.hear(digits="8")
    assert (
        chosen.action is Action.ASK
        and chosen.language == "en"
        and [spoken.language for spoken in chosen.say] == ["en"]
    )
    assert call.hear(digits="9").language == "en"


CASE = OpenInquiry("K7MA-4XEY", "customer_service", "defect")


def test_known_caller_resumes_their_open_inquiry_with_a_key() -> None:
    call = Call(situation=situation_of(known=Known.YES, open_inquiries=(CASE,)))
    assert "proszę nacisnąć 4" in call.hear().text
    ringing = call.hear(digits="4")
    assert (ringing.action, ringing.reference, ringing.team) == (
        Action.TRANSFER,
        CASE.reference,
        "customer_service",
    )


def test_possibly_known_caller_must_give_the_reference() -> None:
    situation = situation_of(known=Known.MAYBE, open_inquiries=(CASE,))
    call = Call(situation=situation)
    assert "sprawę, którą" not in call.hear().text
    asked = call.hear(digits="4")
    assert asked.action is Action.ASK and asked.keys == 8
    assert call.hear(digits="57624939#").reference == CASE.reference
    call = Call(situation=situation)
    call.hear()
    call.hear(digits="4")
    assert call.hear(digits="11111111").team == "triage"


def test_spoken_reference_leads_to_its_team() -> None:
    call = Call()
    call.hear()
    ringing = call.hear(
        understood("other", unsure=True, inquiry=CASE), speech="ka siedem em a cztery iks e igrek"
    )
    assert (ringing.reference, ringing.team) == (CASE.reference, "customer_service")


def test_catalogue_is_sent_as_a_link_to_mobile_numbers() -> None:
    settings = settings_of(catalogue_link={"pl": "Katalog: https://www.example.com/k"})
    call = Call(settings)
    call.hear()
    link = call.hear(digits="2")
    assert (link.action, link.link, link.send_to) == (
        Action.LINK,
        "Katalog: https://www.example.com/k",
        ANNA,
    )
    for situation in (
        situation_of(caller="+48220000101"),
        situation_of(abilities=Abilities(texts=False)),
        situation_of(caller=None),
    ):
        call = Call(settings, situation)
        call.hear()
        assert call.hear(digits="2").number == CELINA


def test_own_salesperson_rings_on_duty_and_for_purchases_only() -> None:
    own = "+48220000077"
    for duty, names, meaning, number in (
        (True, ("bartek  WILK",), understood("new_purchase"), own),
        (True, ("Ewa", "Bartek Wilk"), understood("new_purchase"), own),
        (False, ("Bartek Wilk",), understood("new_purchase"), BARTEK),
        (True, (), understood("new_purchase"), BARTEK),
        (True, ("Ewa",), understood("new_purchase"), BARTEK),
        (True, ("Bartek Wilk",), understood("defect"), CELINA),
    ):
        call = Call(
            settings_of(salespeople=[{"name": "Bartek Wilk", "number": own, "on_duty": duty}]),
            situation_of(salespeople=names),
        )
        call.hear()
        assert call.hear(meaning, speech="chcę kupić jeszcze dwie pompy").number == number


def test_recommended_caller_is_announced_to_whoever_is_rung_and_not_told_themselves() -> None:
    for language, words in (("pl", "Poleca Anna"), ("en", "by Anna"), ("de", "von Anna")):
        call = Call(
            settings_of(confirm_with_key=True, language=language),
            situation_of(abilities=Abilities(confirms=True), recommender="Anna"),
        )
        asked = call.hear()
        rung = call.hear(understood("new_purchase"), speech="chcę kupić dwie pompy")
        assert rung.confirm is not None and words in rung.confirm.text, rung.confirm
        assert "Anna" not in asked.text + rung.text


def test_unanswered_call_without_state_gets_an_offer() -> None:
    assert (
        Call()
        .hear(dial_status=DialStatus.BUSY)
        .text.startswith("Niestety nikt teraz nie może odebrać telefonu.")
    )
    assert Call().hear(dial_status=DialStatus.ANSWERED).action is Action.GOODBYE


def test_escalated_call_rings_free_people_first() -> None:
    free = "+48220000099"
    for attempts, number in ((2, CELINA), (3, free)):
        call = Call(settings_of(escalation=[free]), situation_of(attempts=attempts))
        call.hear()
        assert call.hear(digits="1").number == number
        assert call.state is not None and call.state.escalated is (attempts == 3)


def test_platform_that_cannot_ask_always_rings_customer_service() -> None:
    for at in (NOW, EVENING):
        call = Call(situation=situation_of(at, abilities=Abilities(asks=False)))
        ringing = call.hear()
        assert ringing.action is Action.TRANSFER
        assert ringing.targets == (Target(number=CELINA), Target(sip=CEZARY))


def test_contact_centre_gets_the_queue_of_the_team() -> None:
    settings = settings_of(
        desks={"customer_service": {"queue": "BOK"}, "sales": {"queue": "Sprzedaż"}}, fallback=None
    )
    call = Call(settings, situation_of(abilities=Abilities(queues=True)))
    assert (
        call.hear(understood("new_purchase"), speech="chcę złożyć zamówienie").queue == "Sprzedaż"
    )
    call = Call(settings, situation_of(abilities=Abilities(queues=True)))
    assert call.hear(digits="0").queue == "BOK"


def test_workflow_is_tried_before_the_numbers() -> None:
    router, found = Abilities(workflow=WORKFLOW), Target(workflow=WORKFLOW)
    call = Call(situation=situation_of(abilities=router))
    assert call.hear(digits="1").targets == (found, Target(number=CELINA), Target(sip=CEZARY))
    assert call.hear(dial_status=DialStatus.FAILED).number == CELINA
    alone = Call(PhoneSettings(), situation_of(abilities=router))
    assert alone.hear(digits="0").targets == (found,)
    assert alone.hear(dial_status=DialStatus.FAILED).action is Action.ASK
    settings = settings_of(
        salespeople=[{"name": "Bartek", "number": BARTEK}],
        escalation=["+48220000099"],
        escalate_after=1,
    )
    first, second, third, *_ = (
        Call(settings, situation_of(abilities=router, attempts=1, salespeople=("Bartek",)))
        .hear(digits="3")
        .targets
    )
    assert (first, second, third) == (Target(number="+48220000099"), Target(number=BARTEK), found)
    evening = Call(situation=situation_of(EVENING, abilities=router))
    assert evening.hear(digits="1").targets == ()


def test_message_is_taken_without_any_number() -> None:
    call = Call(PhoneSettings())
    call.hear()
    assert call.hear(digits="1").action is Action.ASK
    assert call.hear().action is Action.VOICEMAIL


def test_nothing_is_spoken_after_the_caller_hangs_up() -> None:
    call = Call()
    call.hear()
    gone = call.hear(ended=True)
    assert (gone.action, gone.say, gone.step) == (Action.GOODBYE, (), None)
    assert call.hear().say == ()


def test_words_and_keys_are_kept_for_the_inquiry() -> None:
    call = Call()
    call.hear()
    call.hear(understood("other", unsure=True), speech="yyy")
    call.hear(digits="1")
    assert call.state is not None
    assert (call.state.words, call.state.keys, call.state.category) == (("yyy",), ("1",), "defect")
