"""Encoded words of mail headers."""

import pytest

from inquiry_router.text.encoded_words import decode_words


@pytest.mark.parametrize(
    ("text", "decoded"),
    [
        ("zdjęcie.jpg", "zdjęcie.jpg"),
        ("=?iso-8859-2?Q?Wadliwy_zaw=F3r?=", "Wadliwy zawór"),
        ("Re: =?utf-8?B?xYHDs2TFug==?=", "Re: Łódź"),
        ("=?nowhere?Q?x?=", "x"),
        ("=?win-1250?Q?=8Fle?= dzia\u0142a", "\u0179le dzia\u0142a"),
        ("=?us-ascii?Q?p=EAk=B3?=", "p\u0119k\u0142"),
        ("=?utf-8?Q?=B6le?=", "\u00b6le"),
        ("=?utf-8?B?x?=", "=?utf-8?B?x?="),
        ("a =? b", "a =? b"),
    ],
)
def test_encoded_words_are_decoded_if_possible(text: str, decoded: str) -> None:
    assert decode_words(text) == decoded


def test_only_the_beginning_of_a_long_text_is_decoded() -> None:
    word = "=?utf-8?B?xYHDs2TFug==?= "
    text = decode_words(word * 1000)
    assert text.startswith("Łódź")
    assert text.endswith(word * 900)
