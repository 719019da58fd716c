"""Attachments are left out of JSON while it streams in."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inquiry_router.api.web.bodies.slimming import JsonSlimmer, TooLarge

LIMIT = 1_000_000


def slimmed(data: bytes, size: int = 1 << 16, limit: int = LIMIT) -> bytes:
    slimmer = JsonSlimmer("Content", limit)
    kept = [slimmer.feed(data[at : at + size]) for at in range(0, len(data), size)]
    return b"".join(kept) + slimmer.finish()


def emptied(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: "" if name == "Content" and isinstance(one, str) else emptied(one)
            for name, one in value.items()
        }
    return [emptied(one) for one in value] if isinstance(value, list) else value


TEXTS = st.text(max_size=12) | st.sampled_from(
    ["Content", '"Content":"x"', "\\", '\\"', "\\\\", '"', "a/b", "ł\U0001f600"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["Content", "content", "Name", 'Con"tent', "Contents"]) | TEXTS,
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@settings(max_examples=100, deadline=None)
@given(
    VALUES,
    st.booleans(),
    st.sampled_from([None, 0, 3]),
    st.lists(st.integers(1, 9), min_size=1, max_size=5),
)
def test_result_equals_emptying_the_parsed_json(
    value: Any, ascii_: bool, indent: int | None, sizes: list[int]
) -> None:
    data = json.dumps(value, ensure_ascii=ascii_, indent=indent).encode("utf-8", "surrogatepass")
    slimmer, kept, at = JsonSlimmer("Content", LIMIT), [], 0
    while at < len(data):
        size = sizes[at % len(sizes)]
        kept.append(slimmer.feed(data[at : at + size]))
        at += size
    assert json.loads(b"".join(kept) + slimmer.finish()) == emptied(json.loads(data))


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=60) | st.text(alphabet='{}[]":\\Content, \n', max_size=60).map(str.encode),
    st.integers(1, 7),
)
def test_chunk_boundaries_make_no_difference(data: bytes, size: int) -> None:
    assert slimmed(data, size) == slimmed(data)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (b'{"Content":"abc"}', b'{"Content":""}'),
        (b'{"Content"\r\n : \t"abc"}', b'{"Content"\r\n : \t""}'),
        (b'{"\\u0043ont\\u0065nt":"a\\"b\\\\"}', b'{"\\u0043ont\\u0065nt":""}'),
        (b'{"Name":"Content","x":"abc"}', b'{"Name":"Content","x":"abc"}'),
        (b'["Content","abc"]', b'["Content","abc"]'),
        (b'{"Content":["abc"],"content":"x"}', b'{"Content":["abc"],"content":"x"}'),
        (b'{"Content":null,"b":"abc"}', b'{"Content":null,"b":"abc"}'),
        (b'{"a":"say \\"Content\\":\\"abc\\""}', b'{"a":"say \\"Content\\":\\"abc\\""}'),
        (b'{"Content":"abc', b'{"Content":"'),
        (b'{"Name":"abc\\', b'{"Name":"abc\\'),
        (b'{"Content":"abc\\', b'{"Content":"'),
        (b'"Content"::"abc"', b'"Content"::"abc"'),
        (b"", b""),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_only_string_values_of_the_key_are_emptied(written: bytes, kept: bytes, size: int) -> None:
    assert slimmed(written, size) == kept


@pytest.mark.parametrize(
    "inside",
    [b"QUJD", b"QU\\/D", b'\\"\\"', b"\\u0041\\n"],
    ids=["plain", "slashes", "quotes", "escapes"],
)
@pytest.mark.parametrize("size", [1 << 16, 1 << 30], ids=["chunks", "whole"])
def test_huge_attachment_is_dropped(inside: bytes, size: int) -> None:
    data = (
        b'{"Attachments":[{"Name":"a.jpg","Content":"'
        + inside * 500_000
        + b'","ContentLength":3}]}'
    )
    assert (
        slimmed(data, size, limit=100)
        == b'{"Attachments":[{"Name":"a.jpg","Content":"","ContentLength":3}]}'
    )


def test_kept_bytes_are_limited() -> None:
    exactly = b'{"TextBody":"abc"}'
    assert slimmed(exactly, limit=len(exactly)) == exactly
    for size in (1, 100):
        with pytest.raises(TooLarge, match="send a shorter text"):
            slimmed(exactly, size, limit=len(exactly) - 1)
    with pytest.raises(TooLarge):
        slimmed(b" " * 2000, limit=1000)
    with pytest.raises(TooLarge):
        slimmed(b'{"Content":"",' * 2000, limit=1000)
