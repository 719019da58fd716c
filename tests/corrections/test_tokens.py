"""Tokens of correction links are signed and expire."""

from datetime import timedelta

import pytest

from inquiry_router.corrections.tokens import WrongLink, new_token, read_token
from tests.conftest import NOW

KEY = b"k" * 32
ID = "0198c0de-7b1e-7cc3-98c4-dc0c0c07398f"


def test_token_is_valid_to_the_end_of_its_hour() -> None:
    token = new_token(ID, NOW, KEY)
    assert len(token) == 48
    assert read_token(token, KEY, NOW) == ID
    with pytest.raises(WrongLink) as caught:
        read_token(token, KEY, NOW + timedelta(hours=1))
    assert caught.value.expired


def test_changed_tokens_are_refused() -> None:
    token = new_token(ID, NOW, KEY)
    letters = "ABab01-_"
    forged = {
        token[:place] + letter + token[place + 1 :] for place in range(48) for letter in letters
    } - {token}
    other_key = new_token(ID, NOW, b"other")
    for wrong in [*forged, "", "x", token[:-4], token + "AAAA", "ż" * 48, other_key]:
        with pytest.raises(WrongLink) as caught:
            read_token(wrong, KEY, NOW)
        assert not caught.value.expired
