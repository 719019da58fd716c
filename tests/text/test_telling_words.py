"""Small words tell nobody why something was decided."""

from inquiry_router.text.telling_words import telling_words


def test_small_words_of_three_languages_are_left_out() -> None:
    words = ["Dzień", "tym", "cieknie", "die", "Pumpe", "będzie", "please", "leaks"]
    assert telling_words(words) == ["cieknie", "Pumpe", "leaks"]
