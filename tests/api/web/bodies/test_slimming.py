"""Files are left out of JSON while it streams in."""

import json
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inquiry_router.api.web.bodies.slimming import HEAD_BYTES, JsonSlimmer

FILE = "QUJD" * (HEAD_BYTES // 4)
BEGINNING = FILE[:60] + "..."  # and the number of the file


def slimmed(data: bytes, size: int = 1 << 16) -> bytes:
    slimmer = JsonSlimmer()
    kept = [slimmer.feed(data[at : at + size]) for at in range(0, len(data), size)]
    return b"".join(kept) + slimmer.finish()


def without_files(value: Any) -> Any:
    """The value with numbered beginnings in place of files."""
    number = count(1)

    def replaced(one: Any) -> Any:
        if isinstance(one, dict):
            return {name: replaced(inner) for name, inner in one.items()}
        if isinstance(one, list):
            return [replaced(inner) for inner in one]
        return f"{BEGINNING}{next(number)}" if one == FILE else one

    return replaced(value)


TEXTS = st.text(max_size=12) | st.sampled_from(
    [FILE, FILE[1:], "\\", '\\"', "\\\\", '"', "a/b", "ł\U0001f600", "ą" * HEAD_BYTES]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["Content", "Name", 'Con"tent']), inner, max_size=4)
    ),
    max_leaves=20,
)


@settings(max_examples=100, deadline=None)
@given(
    VALUES,
    st.booleans(),
    st.sampled_from([None, 0, 3]),
    st.lists(st.integers(1, 9) | st.integers(1000, 5000), min_size=1, max_size=5),
)
def test_result_equals_leaving_files_out_of_the_parsed_json(
    value: Any, ascii_: bool, indent: int | None, sizes: list[int]
) -> None:
    data = json.dumps(value, ensure_ascii=ascii_, indent=indent).encode("utf-8", "surrogatepass")
    slimmer, kept, at = JsonSlimmer(), [], 0
    while at < len(data):
        size = sizes[at % len(sizes)]
        kept.append(slimmer.feed(data[at : at + size]))
        at += size
    assert json.loads(b"".join(kept) + slimmer.finish()) == without_files(json.loads(data))


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=60) | st.text(alphabet='{}[]":\\Content, \n', max_size=60).map(str.encode),
    st.integers(1, 7),
)
def test_chunk_boundaries_make_no_difference(data: bytes, size: int) -> None:
    assert slimmed(data, size) == slimmed(data)


@pytest.mark.parametrize(
    "written",
    [
        b'{"Content":"abc"}',
        b'{"a":"b\\"c\\\\","d":[1,null]}',
        b'{"Content":"abc',
        b'{"Name":"abc\\',
        b'"Content"::"abc"',
        b'"' + FILE[1:].encode() + b'"',
        b"",
    ],
)
@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_what_is_no_file_stays(written: bytes, size: int) -> None:
    assert slimmed(written, size) == written


@pytest.mark.parametrize(
    "words",
    [
        "pompa cieknie " * 1000,
        "Pompacieknie." * 1000,
        "\n".join(f"SN-{number}" for number in range(1000)),
        "\n".join(f"{number}" for number in range(10_000, 12_000)),
        "ą" * 6000,
        "https://acme.example.com/" + "a/b" * 3000,
    ],
    ids=["words", "no blanks", "serial numbers", "numbers", "letters", "address"],
)
@pytest.mark.parametrize("ascii_", [True, False])
def test_long_words_and_lists_stay(words: str, ascii_: bool) -> None:
    data = json.dumps({"text": words}, ensure_ascii=ascii_).encode()
    assert slimmed(data, 1000) == data


@pytest.mark.parametrize(
    ("inside", "shown"),
    [
        (b"QUJD" * 500_000, b"QUJD" * 15),
        (b"QU\\/D" * 500_000, b"QU"),
        (b"QUJ\\u002B" * 300_000, b"QUJ"),
        ((b"QUJD" * 19 + b"\\r\\n") * 20_000, b"QUJD" * 15),
        (b"data:application\\/pdf;base64," + b"QUJD" * 500_000, b"data:application"),
    ],
    ids=["plain", "slashes", "escapes", "lines", "named"],
)
@pytest.mark.parametrize("size", [999, 1 << 16, 1 << 30], ids=["pieces", "chunks", "whole"])
def test_huge_file_is_dropped(inside: bytes, shown: bytes, size: int) -> None:
    data = b'{"Attachments":[{"Name":"a.jpg","Content":"' + inside + b'","ContentLength":3}]}'
    left = b'{"Attachments":[{"Name":"a.jpg","Content":"%b...1","ContentLength":3}]}'
    assert slimmed(data, size) == left % shown


def test_json_that_ends_within_a_file_stays_broken() -> None:
    assert slimmed(b'{"Content":"' + FILE.encode() + b"\\") == f'{{"Content":"{BEGINNING}1'.encode()
