"""The order of waiting texts: two lanes, the longest waiting first, and no long delay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inquiry_router.classification.lanes import MAX_DELAY_S, Lanes, is_long


def lanes_of(*texts: str) -> Lanes[str]:
    """Lanes with these texts; those in capitals are patient."""
    lanes = Lanes[str]()
    for text in texts:
        lanes.add(text, patient=text.isupper())
    return lanes


def take_all(lanes: Lanes[str], now: float = 0.0, each_s: float = 0.0) -> str:
    """Take every text, each after `each_s` more seconds."""
    taken = []
    while (text := lanes.take(now)) is not None:
        taken.append(text)
        now += each_s
    return "".join(taken)


def test_nothing_waits() -> None:
    assert Lanes[str]().take(0.0) is None


def test_longest_waiting_is_first_in_each_lane() -> None:
    assert take_all(lanes_of("a", "b", "c")) == "abc"
    assert take_all(lanes_of("A", "B", "C")) == "ABC"


def test_prompt_text_overtakes_a_patient_one() -> None:
    assert take_all(lanes_of("A", "b", "B", "c")) == "bcAB"


def test_patient_text_waits_a_second_after_its_turn() -> None:
    assert take_all(lanes_of(*"Aabcdefgh"), each_s=0.25) == "abcdAefgh"


def test_turn_of_a_patient_text_comes_after_the_prompt_ones_before_it() -> None:
    assert take_all(lanes_of(*"abcdAefgh"), each_s=0.5) == "abcdefAgh"


def test_delay_of_the_first_patient_text_is_no_delay_of_the_second() -> None:
    assert take_all(lanes_of(*"ABCabcdefgh"), each_s=0.25) == "abcdABCefgh"


def test_patient_texts_do_not_wait_for_a_second_without_others() -> None:
    lanes = lanes_of("A")
    assert (lanes.take(0.0), len(lanes)) == ("A", 0)


@given(st.text(alphabet="aA", min_size=1, max_size=60), st.sampled_from([0.01, 0.1, 0.3, 2.0]))
def test_all_are_taken_and_none_is_delayed_longer(kinds: str, each_s: float) -> None:
    """Against the order of arrival: prompt texts never later, patient ones a second at most."""
    lanes = Lanes[int]()
    for number, kind in enumerate(kinds):
        lanes.add(number, patient=kind.isupper())
    taken: list[int] = []
    while (number := lanes.take(len(taken) * each_s)) is not None:
        taken.append(number)
    assert sorted(taken) == list(range(len(kinds)))
    for kind in "aA":
        assert [n for n in taken if kinds[n] == kind] == [
            n for n in range(len(kinds)) if kinds[n] == kind
        ]
    patient = kinds.count("A")
    for turn, number in enumerate(taken):
        later_s = (turn - number) * each_s
        # A patient one that waited its second may have others of the same age before it.
        assert later_s <= (
            MAX_DELAY_S + each_s + 1e-9 if kinds[number] == "A" else patient * each_s
        )


@pytest.mark.parametrize(
    ("subject", "text", "wanted"),
    [
        (None, "słowo " * 60, False),
        ("temat", "słowo " * 60, True),
        (None, "słowo " * 61, True),
        (None, "x" * 100_000, False),
    ],
)
def test_more_than_sixty_words_are_long(subject: str | None, text: str, wanted: bool) -> None:
    assert is_long(subject, text) is wanted
