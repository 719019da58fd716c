"""Files that are written into texts are dropped while the texts stream in."""

import pytest

from inquiry_router.text.data_uris import FORM, JSON, PLAIN, DataUriDropper, Spelling


def dropped(data: bytes, spelling: Spelling = PLAIN, size: int = 1 << 16) -> bytes:
    dropper = DataUriDropper(spelling)
    kept = [dropper.feed(data[at : at + size]) for at in range(0, len(data), size)]
    return b"".join(kept) + dropper.finish()


@pytest.mark.parametrize(
    ("spelling", "written", "kept"),
    [
        (PLAIN, b'<img src="data:a/b;base64,iVBO+/a==">x', b'<img src="data:a/b;base64,">x'),
        (PLAIN, b"url(data:image/gif;BASE64,R0lGOD)", b"url(data:image/gif;BASE64,)"),
        (PLAIN, b"a;base64,QUJD Pozdrawiam, Anna", b"a;base64, Pozdrawiam, Anna"),
        (PLAIN, b"a;base64,QUJD\r\nPozdrawiam\r\nAnna", b"a;base64,\r\nPozdrawiam\r\nAnna"),
        (PLAIN, b'";base64,' + b"QUJD" * 19 + b"\r\n" + b"QUJD" * 12 + b'">', b'";base64,">'),
        (PLAIN, b";base64,;base64,A ;base64", b";base64,;base64, ;base64"),
        (JSON, rb'"s=\"data:a\/b;base64,QU\/D\u002bx\u003D\">x"', rb'"s=\"data:a\/b;base64,\">x"'),
        (JSON, rb"'data:;base64,QUJD\u0027 \"", rb"'data:;base64,\u0027 \""),
        (JSON, b'";base64,' + b"QUJD" * 15 + rb"\r\n" + b"QUJD" * 15 + b'"', b'";base64,"'),
        (JSON, rb'";base64,QUJD\nPozdrawiam"', rb'";base64,\nPozdrawiam"'),
        (FORM, b"h=%3Bbase64%2CQU%2FD%2Bx%3D%3D%22+alt&a=b", b"h=%3Bbase64%2C%22+alt&a=b"),
        (FORM, b"h=;base64,QUJD+Pozdrawiam", b"h=;base64,+Pozdrawiam"),
        (PLAIN, b"no file: base64, x;base64", b"no file: base64, x;base64"),
        (PLAIN, b"", b""),
    ],
)  # fmt: skip
@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 13, 64, 100_000])
def test_bytes_of_a_file_are_dropped(
    spelling: Spelling, written: bytes, kept: bytes, size: int
) -> None:
    assert dropped(written, spelling, size) == kept
