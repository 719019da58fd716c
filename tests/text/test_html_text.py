"""Character references."""

import pytest

from inquiry_router.text.html_text import unescape


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a &amp; b", "a & b"),
        ("&#380;&#x17c;", "żż"),
        ("bez odwołań", "bez odwołań"),
        ("&" + "#" + "9" * 5000 + ";", "\ufffd"),
        ("&nic;", "&nic;"),
    ],
)
def test_unescape(text: str, expected: str) -> None:
    assert unescape(text) == expected
