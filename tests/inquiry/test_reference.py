"""References: normal form, tolerance, check character."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inquiry_router.inquiry.reference import ALPHABET, new_reference, read_reference

payloads = st.text(alphabet=ALPHABET, min_size=7, max_size=7)


def test_new_reference_is_read_back() -> None:
    for _ in range(500):
        reference = new_reference()
        assert read_reference(reference) == reference
        assert len(reference) == 9


def test_references_differ() -> None:
    assert len({new_reference() for _ in range(2000)}) == 2000


@pytest.mark.parametrize(
    "change",
    [
        str.lower,
        lambda r: r.replace("-", " "),
        lambda r: f"  {r} ",
        " ".join,
        lambda r: r.replace("-", ""),
    ],
)
def test_case_spaces_and_dashes_do_not_matter(change) -> None:
    reference = new_reference()
    assert read_reference(change(reference)) == reference


def test_look_alikes_are_read() -> None:
    reference = next(r for r in iter(new_reference, None) if "0" in r and "1" in r)
    assert read_reference(reference.replace("0", "O").replace("1", "l")) == reference
    assert read_reference(reference.replace("0", "o").replace("1", "I")) == reference


def test_alphabet_has_no_look_alikes() -> None:
    for pair in ("0O", "1I", "1L", "2Z", "5S", "8B", "UV", "6G", "DO", "QO"):
        assert not set(pair) <= set(ALPHABET), pair


@given(st.integers(0, 7), st.sampled_from(ALPHABET))
def test_every_wrong_character_is_detected(place: int, wrong: str) -> None:
    reference = new_reference().replace("-", "")
    changed = reference[:place] + wrong + reference[place + 1 :]
    assert read_reference(changed) is None or changed == reference


@given(st.integers(0, 6))
def test_every_swap_of_neighbours_is_detected(place: int) -> None:
    reference = new_reference().replace("-", "")
    swapped = reference[:place] + reference[place + 1] + reference[place] + reference[place + 2 :]
    assert read_reference(swapped) is None or swapped == reference


@given(st.text(max_size=60))
def test_any_text_is_accepted(text: str) -> None:
    found = read_reference(text)
    assert found is None or len(found) == 9


FORK = """
import os
from inquiry_router.process.ids import new_id
from inquiry_router.inquiry.reference import new_reference
mine, other = os.pipe()
if os.fork() == 0:
    os.write(other, f"{new_reference()} {new_id()[-12:]}".encode())
    os._exit(0)
os.wait()
print(os.read(mine, 100).decode(), new_reference(), new_id()[-12:])
"""


def test_forked_process_makes_other_references() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FORK],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": "src"},
    )
    assert len(set(done.stdout.split())) == 4
