"""Names in recommendations whose words no pattern knows."""

import pytest

from inquiry_router.inquiry.referral import Speaker
from inquiry_router.referrals.guessing import (
    guess_party,
    guess_speaker,
    is_first_name,
    read_signature,
)


def guessed(text: str, own: str = "", *, sent: bool = True) -> str | None:
    words = frozenset(own.split())
    party = guess_party(text, words, sent=sent)
    if party is None:
        return None
    named = party.name or party.company
    return named.words if named is not None else None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("myjka. robert z motocentrum powiedzial zeby walic do was to wale", "robert"),
        ("Trener Kępa mówi, że tylko u was. Szukam butów halowych.", "Kępa"),
        ("szwagier kupil u was podnosnik i chwali, ile teraz taki", "szwagier"),
        ("mehmet sent me, do you do brakes", "mehmet"),
        ("Panie Adamie, Leszek Duda nie mógł się Pana nachwalić. Ola Kret", "Leszek Duda"),
        ("Pani Wanda kazała dzwonić. Proszę o cennik.", "Wanda"),
    ],
)  # fmt: skip
def test_whoever_sent_the_writer_is_guessed(text: str, name: str) -> None:
    assert guess_speaker(text) is Speaker.PROSPECT
    assert guessed(text) == name


def test_writer_and_whoever_is_addressed_are_nobody() -> None:
    assert guessed("Dzień dobry, nazywam się Piotr Gawron, proszę o cennik.") is None
    assert guessed("Panie Adamie, proszę o cennik.") is None
    assert guessed("Ola Kret poleca się na przyszłość", own="ola kret") is None
    assert guessed("") is None
    signed = read_signature("Zamawiam dwie pompy. Jan Kos")
    assert signed is not None and signed.words == "Jan Kos"


def test_whoever_is_sent_to_us_is_guessed() -> None:
    text = "Mój szwagier Józef Karpiel szuka ratraka, zadzwońcie do niego, 604 555 667"
    assert guess_speaker(text) is Speaker.RECOMMENDER
    assert guessed(text, sent=False) == "Józef Karpiel"


def test_first_names_are_known_in_their_cases() -> None:
    named = ("krzysiek", "krzyska", "krzyskiem", "zosia", "zosi", "magdy", "andrzejowi")
    assert all(map(is_first_name, named))
    assert not any(map(is_first_name, ["pompa", "oferta", "cennik", "montaz", "dzien"]))
