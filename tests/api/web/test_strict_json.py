"""Hostile JSON is refused with a reason; hostile characters in strings are kept as text."""

import gc
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inquiry_router.api.web.strict_json import read_json
from inquiry_router.inquiry.errors import BadJson


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b'{"a":1}x', "not JSON"),
        (b'{"a":NaN}', "NaN"),
        (b'{"a":-Infinity}', "Infinity"),
        (b'{"a":1,"a":2}', "more than once"),
        (b'{"b":{"a":1,"a":1}}', "more than once"),
        (b'{"a":' + b"9" * 5000 + b"}", "5000 digits"),
        (b'{"a":1e999}', "too large"),
        (b'{"a":0.' + b"1" * 500 + b"}", "characters"),
        (b"[" * 100_000, "nested"),
        (b"[" * 40 + b"]" * 40, "nested"),
        (b'{"a":' * 33 + b"1" + b"}" * 33, "nested"),
        (b"\xef\xbb\xbf{}", "not JSON"),
        ('{"a":1}'.encode("utf-16"), "not UTF-8"),
        (b'{"a":"\xff"}', "not UTF-8"),
        (b"{'a':1}", "not JSON"),
        (b'{"a":"\n"}', "not JSON"),
    ],
)
def test_ambiguous_or_absurd_json_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(BadJson, match=reason):
        read_json(body)


def test_characters_that_databases_refuse_are_removed() -> None:
    assert read_json(rb'{"a":"x\u0000y\ud800z","b":["\udfff"],"c\u0000":"\ud83d\ude00"}') == {
        "a": "xyz",
        "b": [""],
        "c": "😀",
    }


def test_many_keys_are_parsed() -> None:
    body = json.dumps({str(number): number for number in range(20_000)}).encode()
    assert len(read_json(body)) == 20_000


def test_a_repeated_last_key_is_found_in_linear_time() -> None:
    # Searching all keys once for each key took 34 seconds for a body of the largest size.
    tries = (
        _cpu_time_of_a_repeated_key(32_000) / _cpu_time_of_a_repeated_key(8_000) for _ in range(5)
    )
    assert any(growth < 8 for growth in tries)


def _cpu_time_of_a_repeated_key(keys: int) -> float:
    body = b'{%s,"%d":1}' % (b",".join(b'"%d":1' % number for number in range(keys)), keys - 1)
    return min(_cpu_time_of_refusing(body) for _ in range(5))


def _cpu_time_of_refusing(body: bytes) -> float:
    gc.disable()  # a collection would look at all that other tests have left
    try:
        begun = time.thread_time()
        with pytest.raises(BadJson, match="more than once"):
            read_json(body)
        return time.thread_time() - begun
    finally:
        gc.enable()


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(10**50), 10**50) | st.text(max_size=20),
        lambda c: st.lists(c, max_size=4) | st.dictionaries(st.text(max_size=5), c, max_size=4),
        max_leaves=20,
    )
)
def test_plain_json_is_parsed_unchanged(value: object) -> None:
    written = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
    if b"\\u" not in written:
        assert read_json(written) == json.loads(written)


@given(st.binary(max_size=200))
def test_any_bytes_are_parsed_or_refused(body: bytes) -> None:
    try:
        read_json(body)
    except BadJson:
        pass
