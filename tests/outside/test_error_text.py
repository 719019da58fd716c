"""Answers are described in one harmless line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inquiry_router.outside.error_text import MAX_EXCERPT_CHARS, describe, excerpt


@pytest.mark.parametrize(
    ("status", "body", "text"),
    [
        (503, b"upstream is down\n", "503: upstream is down"),
        (500, b"", "500"),
        (500, b" \r\n\t ", "500"),
        (400, "Zażółć gęślą jaźń".encode(), "400: Zażółć gęślą jaźń"),
        (400, b"a\r\nb\x00c\x1b[31md", "400: a bc[31md"),
        (400, "x\u202eevil\u200b".encode(), "400: xevil"),
        (
            302,
            b"<a href='http://169.254.169.254/'>",
            "302: redirects are not followed; set the destination's url to the final address",
        ),
    ],
)
def test_answer_becomes_one_harmless_line(status: int, body: bytes, text: str) -> None:
    assert describe(status, body) == text


def test_compressed_body_is_left_out() -> None:
    assert describe(500, b"\x1f\x8b...", compressed=True) == "500"


def test_excerpt_is_cut_at_200_characters() -> None:
    assert excerpt(b"x" * 70_000) == "x" * MAX_EXCERPT_CHARS
    assert len(excerpt("😀".encode() * 1000)) == MAX_EXCERPT_CHARS


@given(st.binary(max_size=3000))
def test_any_bytes_become_one_printable_line(body: bytes) -> None:
    assert excerpt(body).isprintable()
    assert len(excerpt(body)) <= MAX_EXCERPT_CHARS
