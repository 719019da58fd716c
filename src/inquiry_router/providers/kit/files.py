"""Attached files as vendors list them: name, media type and size. Their bytes are never read."""

import re
from typing import Any, Final
from urllib.parse import unquote

from inquiry_router.inquiry.model import Attachment
from inquiry_router.providers.kit.source import storable
from inquiry_router.text.encoded_words import decode_words
from inquiry_router.text.html_text import unescape

MAX_FILES: Final = 100
MAX_NAME_CHARS: Final = 255
# A smaller picture that the text shows is a logo or a smiley; a larger one is a photo.
MIN_PHOTO_BYTES: Final = 50_000
UNKNOWN_TYPE: Final = "application/octet-stream"
# The spellings of vendors. Some call the kind of the attachment `type`, which has no slash then.
_NAMES: Final = ("filename", "fileName", "file_name", "name")
_TYPES: Final = ("content_type", "contentType", "mime_type", "mimeType", "mime", "type")
# Some give an address alone; the file is called as its last part.
_ADDRESSES: Final = ("url", "data_url", "content_url")
_SIZES: Final = ("size", "filesize", "file_size", "content_length")
_MEDIA_TYPE: Final = re.compile(r"[\w.+-]{1,60}/[\w.+*-]{1,100}")
_PICTURE: Final = re.compile(r"<img\b[^>]{0,500}?\ssrc=[\"'](https?://[^\"'\s<>]{1,1000})", re.I)
_TAG: Final = re.compile(r"<[^<>]*>")
# Between names in one text. No system allows it in the name of a file.
_BETWEEN: Final = re.compile(r"[|\n]")


def files_of(listed: object) -> tuple[Attachment, ...]:
    """Read a list of files: objects, or only names, which may be one text with `|` between them.

    Files without a name, and logos that the text shows by itself, are left out.
    """
    rows = _BETWEEN.split(listed) if isinstance(listed, str) else listed
    if not isinstance(rows, list):
        return ()
    found = (_file_of(row) for row in rows[:MAX_FILES])
    return tuple(file for file in found if file is not None)


def attached(name: str | None, media_type: object = None, size: object = 0) -> Attachment | None:
    """Return an attached file; None for one without a name.

    An unknown type and an unknown size get those that say so.
    """
    clean = " ".join(storable(decode_words(_last_part(name or ""))).split())[:MAX_NAME_CHARS]
    if not clean:
        return None
    return Attachment(clean, _type_of(media_type), _size_of(size))


def _file_of(row: Any) -> Attachment | None:
    if isinstance(row, str):
        return attached(row)
    if not isinstance(row, dict):
        return None
    name = next((row[one] for one in _NAMES if isinstance(row.get(one), str) and row[one]), None)
    name = name or next((row[one] for one in _ADDRESSES if isinstance(row.get(one), str)), None)
    media_types = (row[one] for one in _TYPES if _type_of(row.get(one)) != UNKNOWN_TYPE)
    sizes = (row[one] for one in _SIZES if _size_of(row.get(one)))
    size = next(sizes, 0)
    if _is_inline(row) and _size_of(size) < MIN_PHOTO_BYTES:
        return None
    return attached(name, next(media_types, None), size)


def lone_pictures(html: str) -> tuple[Attachment, ...]:
    """Return the pictures that HTML shows by their addresses, if it says nothing else."""
    if "<img" not in html or re.search(r"\w", unescape(_TAG.sub(" ", html))):
        return ()
    found = (attached(unescape(one[1]), "image/*") for one in _PICTURE.finditer(html))
    return tuple(file for file in found if file is not None)[:MAX_FILES]


def _is_inline(row: dict[str, Any]) -> bool:
    """True for a picture in the text, a logo in a signature for example."""
    metadata = row.get("metadata")
    return row.get("inline") is True or (
        isinstance(metadata, dict) and metadata.get("is_inline") is True
    )


def _last_part(name: str) -> str:
    """The name of a file that is given by its address."""
    if not name.startswith(("https://", "http://")):
        return name
    return unquote(name.partition("?")[0].rstrip("/").rpartition("/")[2])


def _type_of(written: object) -> str:
    """The media type without parameters."""
    kind = written.partition(";")[0].strip().lower() if isinstance(written, str) else ""
    return kind if _MEDIA_TYPE.fullmatch(kind) else UNKNOWN_TYPE


def _size_of(written: object) -> int:
    """The size in bytes, which some vendors write as text; 0 if it is unknown."""
    if isinstance(written, str) and written.isascii() and written.isdecimal() and len(written) < 16:
        return int(written)
    is_number = isinstance(written, int) and not isinstance(written, bool)
    return written if isinstance(written, int) and is_number and 0 < written < 10**15 else 0
