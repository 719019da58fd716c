"""Answers without database and model."""

from inquiry_router.phone.fallback import fallback_move, with_reference
from inquiry_router.phone.model import Action
from inquiry_router.phone.settings import PhoneSettings
from tests.phone.people import CELINA, TEAMS, settings_of


def test_fallback_needs_only_the_settings() -> None:
    rung = fallback_move("+48220000009", settings_of(), TEAMS)
    assert (rung.action, rung.number, rung.language, rung.timeout_s) == (
        Action.TRANSFER,
        CELINA,
        "de",
        20,
    )
    assert fallback_move(None, settings_of(fallback=None), TEAMS).number == CELINA
    assert fallback_move("garbage", PhoneSettings(), TEAMS).action is Action.VOICEMAIL


def test_reference_is_spoken_first() -> None:
    move = with_reference(fallback_move(None, PhoneSettings(), TEAMS), "K7MA-4XEY", PhoneSettings())
    assert move.reference == "K7MA-4XEY" and move.text.startswith(
        "Numer sprawy to K 7 M A, 4 X E Y. Proszę"
    )
