"""Encoded words of mail headers."""

import pytest

from inquiry_router.text.encoded_words import decode_words


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("zdjęcie.jpg", "zdjęcie.jpg"),
        ("=?iso-8859-2?Q?Wadliwy_zaw=F3r?=", "Wadliwy zawór"),
        ("Re: =?utf-8?B?xYHDs2TFug==?=", "Re: Łódź"),
        ("=?nowhere?Q?x?=", "=?nowhere?Q?x?="),
        ("=?utf-8?B?x?=", "=?utf-8?B?x?="),
        ("a =? b", "a =? b"),
    ],
)
def test_words_are_written_out_where_they_can_be_read(text: str, meant: str) -> None:
    assert decode_words(text) == meant


def test_of_a_very_long_text_the_beginning_is_written_out_and_the_rest_kept() -> None:
    word = "=?utf-8?B?xYHDs2TFug==?= "
    text = decode_words(word * 1000)
    assert text.startswith("Łódź")
    assert text.endswith(word * 900)
