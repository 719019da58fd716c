"""Tokens of correction links are signed and expire, and may be bound to a reader."""

import base64
import hashlib
import hmac
from datetime import timedelta
from uuid import UUID

import pytest

from inquiry_router.corrections.tokens import WrongLink, new_token, read_token
from tests.conftest import NOW

KEY = b"k" * 32
ID = "0198c0de-7b1e-7cc3-98c4-dc0c0c07398f"
NONCE = b"nonce!"


def test_token_is_valid_to_the_end_of_its_hour() -> None:
    token = new_token(ID, NOW, KEY, NONCE)
    assert len(token) == 56
    opened = read_token(token, KEY, NOW)
    assert (opened.inquiry_id, opened.reader) == (ID, None)
    with pytest.raises(WrongLink) as caught:
        read_token(token, KEY, NOW + timedelta(hours=1))
    assert caught.value.expired


def test_reader_is_part_of_the_token() -> None:
    for name in ("Celina", "Łukasz Żółć", "x" * 150):
        opened = read_token(new_token(ID, NOW, KEY, NONCE, name), KEY, NOW)
        assert (opened.inquiry_id, opened.reader) == (ID, name)


def test_each_link_counts_its_own_uses() -> None:
    tokens = [
        new_token(ID, NOW, KEY, nonce, reader)
        for nonce in (NONCE, b"other!")
        for reader in ("A", None)
    ]
    assert len({read_token(token, KEY, NOW).digest for token in tokens}) == 4
    again = new_token(ID, NOW, KEY, NONCE)
    assert read_token(again, KEY, NOW).digest == read_token(tokens[1], KEY, NOW).digest


def test_tokens_of_version_0_1_stay_valid() -> None:
    hour = int(NOW.timestamp()) // 3600
    message = UUID(ID).bytes + hour.to_bytes(4, "big")
    signature = hmac.new(KEY, message, hashlib.sha256).digest()[:16]
    token = base64.urlsafe_b64encode(message + signature).decode()
    opened = read_token(token, KEY, NOW)
    assert (len(token), opened.inquiry_id, opened.reader) == (48, ID, None)


@pytest.mark.parametrize("reader", [None, "Celina"])
def test_changed_tokens_are_refused(reader: str | None) -> None:
    token = new_token(ID, NOW, KEY, NONCE, reader)
    letters = "ABab01-_"
    whole = len(token) - len(token) % 4  # the last letter of others has bits that say nothing
    forged = {
        token[:place] + letter + token[place + 1 :] for place in range(whole) for letter in letters
    } - {token}
    other_key = new_token(ID, NOW, b"other", NONCE, reader)
    for wrong in [*forged, "", "x", token[:-4], token + "AAAA", "ż" * 48, other_key, token + "%"]:
        with pytest.raises(WrongLink) as caught:
            read_token(wrong, KEY, NOW)
        assert not caught.value.expired
