"""One example of every kind of move."""

from dataclasses import replace
from datetime import timedelta

from inquiry_router.phone.model import Action, Move, Spoken, Target
from inquiry_router.phone.prompts import speech_of
from tests.phone.people import ANNA, BARTEK, BEATA, LINE, NOW, heard

ADDRESS = "https://router.example.com/v1/phone/line-1/vendor"
NEXT = f"{ADDRESS}?step=2"
CALL = heard(called=LINE)
LATER = NOW + timedelta(hours=1)
PBX = "sip:bok@pbx.example.com:5060"
SIP_CALL = heard(called="sip:+48220000001@acme.example.com:5060;transport=udp")

MOVES = {
    "ask": Move(
        Action.ASK,
        "pl",
        (Spoken("Dzień dobry.", "pl"), Spoken("For English, press 8.", "en")),
        step="2",
        timeout_s=6,
        hints=("reklamacja", "cennik"),
    ),
    "reference": Move(
        Action.ASK, "pl", (Spoken("Proszę podać numer.", "pl"),), step="2", timeout_s=6, keys=8
    ),
    "transfer": Move(
        Action.TRANSFER,
        "pl",
        (Spoken("Już łączymy.", "pl"),),
        step="2",
        timeout_s=20,
        team="sales",
        queue="Sprzedaż & spółka",
        targets=(Target(number=BARTEK), Target(number=BEATA)),
        category="new_purchase",
        confidence=0.91239,
    ),
    "sip": Move(
        Action.TRANSFER, "pl", step="2", timeout_s=20, team="triage", targets=(Target(sip=PBX),)
    ),
    "confirmed": Move(
        Action.TRANSFER,
        "pl",
        step="2",
        timeout_s=20,
        team="sales",
        targets=(Target(number=BARTEK),),
        confirm=Spoken("Dzwoni klient. Aby odebrać, proszę nacisnąć 1.", "pl"),
    ),
    "voicemail": Move(
        Action.VOICEMAIL, "de", (Spoken("Bitte sprechen Sie.", "de"),), step="2", timeout_s=180
    ),
    "callback": Move(
        Action.CALLBACK, "en", (Spoken("Good.", "en"),), reference="K7MA-4XEY", callback_at=LATER
    ),
    "link": Move(
        Action.LINK,
        "pl",
        (Spoken("Wysyłamy.", "pl"),),
        link="https://www.example.com/k?a=1&b=2",
        send_to=ANNA,
    ),
    "goodbye": Move(Action.GOODBYE, "pl", (Spoken("Do usłyszenia.", "pl"),)),
    "silence": Move(Action.GOODBYE, "pl"),
}


def in_language(move: Move, language: str) -> Move:
    """The same move in another language, with shipped texts."""
    speech = speech_of(language)
    said = list(speech.prompts.values())
    say = tuple(Spoken(said[place], language) for place, _ in enumerate(move.say))
    return replace(move, language=language, say=say, hints=speech.hints if move.hints else ())
