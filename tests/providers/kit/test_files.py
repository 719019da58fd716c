"""Lists of attached files, in the spellings of vendors."""

from typing import Any

import pytest

from inquiry_router.inquiry.model import Attachment
from inquiry_router.providers.kit.files import (
    MAX_FILES,
    MAX_NAME_CHARS,
    MIN_PHOTO_BYTES,
    attached,
    files_of,
    lone_pictures,
)

PDF = Attachment("zamówienie.pdf", "application/pdf", 48213)
UNKNOWN = "application/octet-stream"


@pytest.mark.parametrize(
    "row",
    [
        {"name": "zamówienie.pdf", "type": "application/pdf", "size": 48213},
        {"fileName": "zamówienie.pdf", "mimeType": "application/pdf", "size": "48213"},
        {"filename": "zamówienie.pdf", "content_type": "application/pdf; name=x", "size": 48213},
        {"type": "upload", "name": "zamówienie.pdf", "content_type": "application/pdf",
         "filesize": 48213},
        {"file_name": "=?UTF-8?Q?zam=C3=B3wienie.pdf?=", "type": "APPLICATION/PDF", "size": 48213},
        {"url": "https://cdn.example.com/a/zam%C3%B3wienie.pdf?key=1", "type": "application/pdf",
         "size": 48213},
    ],
)  # fmt: skip
def test_spellings_of_vendors_are_read(row: dict[str, Any]) -> None:
    assert files_of([row]) == (PDF,)


@pytest.mark.parametrize(
    "listed", [["a.pdf", "b.jpg"], "a.pdf|b.jpg|", "a.pdf\nb.jpg", [{"name": "a.pdf"}, "b.jpg"]]
)
def test_names_alone_are_enough(listed: object) -> None:
    assert files_of(listed) == (Attachment("a.pdf", UNKNOWN, 0), Attachment("b.jpg", UNKNOWN, 0))


@pytest.mark.parametrize(
    "listed",
    [None, 7, {}, "", "|", [None, 7, []], [{"size": 7}], [{"name": " "}], [{"name": 7}],
     [{"name": "logo.png", "inline": True}],
     [{"filename": "logo.png", "metadata": {"is_inline": True}}]],
)  # fmt: skip
def test_no_file_is_read_of_anything_else(listed: object) -> None:
    assert files_of(listed) == ()


@pytest.mark.parametrize("size", [None, True, -1, 1.5, "x", "-1", "9" * 40, 10**400, {}])
def test_unknown_size_is_none(size: object) -> None:
    assert files_of([{"name": "a.pdf", "size": size, "type": size}]) == (
        Attachment("a.pdf", UNKNOWN, 0),
    )


def test_names_are_safe_to_store_and_few() -> None:
    assert attached("a\x00\ud800\n b.pdf") == Attachment("a b.pdf", UNKNOWN, 0)
    assert len(files_of(["x" * 5000])[0].name) == MAX_NAME_CHARS
    assert len(files_of(["a.pdf"] * 5000)) == MAX_FILES


@pytest.mark.parametrize("mark", [{"inline": True}, {"metadata": {"is_inline": True}}])
def test_photo_in_the_text_is_a_file_and_a_logo_is_none(mark: dict[str, Any]) -> None:
    photo = {"name": "pompa.jpg", "type": "image/jpeg", "size": MIN_PHOTO_BYTES, **mark}
    assert files_of([photo]) == (Attachment("pompa.jpg", "image/jpeg", MIN_PHOTO_BYTES),)
    assert files_of([{**photo, "size": MIN_PHOTO_BYTES - 1}]) == ()


def test_picture_that_is_the_whole_message_is_a_file() -> None:
    shown = (
        '<p><img class="x" src="https://cdn.example.com/a/pompa%20cieknie.jpg?key=1&amp;x=2"></p>'
    )
    assert lone_pictures(shown) == (Attachment("pompa cieknie.jpg", "image/*", 0),)
    assert lone_pictures(f"<p>Dzień dobry</p>{shown}") == ()
    assert lone_pictures("<p>Dzień dobry</p>") == ()
