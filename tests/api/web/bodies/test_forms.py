"""Multipart forms are read while they stream in."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inquiry_router.api.web.bodies.forms import BadForm, Form, FormReader, read_urlencoded
from inquiry_router.api.web.bodies.slimming import TooLarge
from inquiry_router.inquiry.model import Attachment

TYPE = 'multipart/form-data; boundary="xYzZY"'


def part(headers: str | bytes, data: bytes) -> bytes:
    written = headers if isinstance(headers, bytes) else headers.encode()
    return b"--xYzZY\r\nContent-Disposition: form-data; " + written + b"\r\n\r\n" + data + b"\r\n"


def read(*parts: bytes, size: int = 1 << 16, limit: int = 10_000, closed: bool = True) -> Form:
    body = b"".join(parts) + (b"--xYzZY--\r\n" if closed else b"")
    reader = FormReader(TYPE, limit)
    for at in range(0, len(body), size):
        reader.feed(body[at : at + size])
    return reader.finish()


TEXT = part('name="text"', "Zawór cieknie".encode("iso-8859-2"))
PHOTO = part(
    'name="attachment1"; filename="zdjęcie.jpg"\r\nContent-Type: image/jpeg; x=y',
    b"\xff\xd8" + b"\r\n--xYzZ" * 50,
)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 4096])
def test_fields_keep_their_bytes_and_files_only_their_size(size: int) -> None:
    form = read(TEXT, part('name="blank"', b""), PHOTO, part('name="text"', b"again"), size=size)
    assert form.fields == {"text": "Zawór cieknie".encode("iso-8859-2"), "blank": b""}
    assert form.attachments == (Attachment("zdjęcie.jpg", "image/jpeg", 2 + 8 * 50),)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.binary(max_size=40)), max_size=6), st.integers(1, 50))
def test_any_bytes_survive_any_chunks(contents: list[tuple[bool, bytes]], size: int) -> None:
    parts = [
        part(f'name="{n}"' + (f'; filename="{n}.bin"' if file else ""), data)
        for n, (file, data) in enumerate(contents)
    ]
    form = read(*parts, size=size)
    assert form.fields == {str(n): data for n, (file, data) in enumerate(contents) if not file}
    kept = [(f"{n}.bin", len(data)) for n, (file, data) in enumerate(contents) if file]
    assert [(one.name, one.size) for one in form.attachments] == kept


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ('filename="zdjęcie pompy.jpg"'.encode(), "zdjęcie pompy.jpg"),
        ('filename="zdjęcie.jpg"'.encode("windows-1250"), "zdjęcie.jpg"),
        (b'filename="=?iso-8859-2?Q?zdj=EAcie.jpg?="', "zdjęcie.jpg"),
        (b'filename="=?utf-8?B?emRqxJljaWUuanBn?="', "zdjęcie.jpg"),
        (b'filename="=?nowhere?Q?x?="', "x"),
        (b"filename=\"x.jpg\"; filename*=UTF-8''zdj%C4%99cie.jpg", "zdjęcie.jpg"),
        (b"filename*=iso-8859-2''zdj%EAcie.jpg", "zdjęcie.jpg"),
        (b"filename*=nowhere''x.jpg", "x.jpg"),
        (b'filename="C:\\\\Users\\\\Anna\\\\x.jpg"', "x.jpg"),
        (b'filename="../../etc/passwd"', "passwd"),
        (b'filename="a%22b\x01c.pdf"', 'a"bc.pdf'),
        (b'filename=""', "upload"),
        (b'filename="' + b"a" * 300 + b'"', "a" * 255),
    ],
)
def test_file_names_are_decoded(written: bytes, name: str) -> None:
    (attachment,) = read(part(b'name="upload"; ' + written, b"data")).attachments
    assert attachment == Attachment(name, "application/octet-stream", 4)


def test_empty_file_field_is_no_attachment() -> None:
    assert read(part('name="upload"; filename=""', b"")) == Form({}, ())


def test_files_are_dropped_and_fields_are_limited() -> None:
    many = part('name="a"; filename="a.bin"', b"x" * 500_000)
    assert read(many, TEXT, limit=100).attachments[0].size == 500_000
    with pytest.raises(TooLarge, match="send a shorter text"):
        read(part('name="text"', b"x" * 101), limit=100)
    with pytest.raises(TooLarge):
        read(*[part(f'name="field-{n}"', b"") for n in range(50)], limit=100)
    with pytest.raises(TooLarge, match="parts"):
        read(part('name=""', b"") * 1001)


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/mixed; boundary=x",
    ],
)
def test_form_without_boundary_is_refused(content_type: str) -> None:
    with pytest.raises(BadForm, match="boundary"):
        FormReader(content_type, 100)


def test_malformed_form_is_refused_with_advice() -> None:
    with pytest.raises(BadForm, match="send it whole"):
        read(TEXT, closed=False)
    with pytest.raises(BadForm, match="send it whole"):
        FormReader(TYPE, 100).finish()
    with pytest.raises(BadForm, match="well-formed"):
        FormReader(TYPE, 100).feed(b"{}" * 50)
    with pytest.raises(BadForm, match="well-formed"):
        read(part('name="x"\r\nX-Long: ' + "x" * 9000, b""))
    with pytest.raises(BadForm, match="too long"):
        FormReader(f"multipart/form-data; boundary={'x' * 300}", 100)


def test_urlencoded_form() -> None:
    form = read_urlencoded(b"subject=Zaw%C3%B3r+cieknie&blank=&subject=x&body-plain=%FF")
    assert form == Form({"subject": "Zawór cieknie".encode(), "blank": b"", "body-plain": b"\xff"})
    with pytest.raises(BadForm):
        read_urlencoded(b"a=1&" * 1001)
