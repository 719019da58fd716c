"""Attached documents whose text is read, held in memory until then, never stored."""

from typing import Final, Literal

DocumentKind = Literal["pdf", "docx"]

MAX_DOCUMENT_BYTES: Final = 5 * 1024 * 1024
# Of one mail. The first ones tell what it is about.
MAX_DOCUMENTS: Final = 3
# Of all mails that come in at a time. What finds no room is known by its name only.
MAX_HELD_BYTES: Final = 48 * 1024 * 1024
_TYPES: Final[dict[str, DocumentKind]] = {
    "application/pdf": "pdf",
    "application/x-pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
}
_ENDINGS: Final[tuple[DocumentKind, ...]] = ("pdf", "docx")


def kind_of(name: str | None, media_type: str) -> DocumentKind | None:
    """Return the kind of a file whose text can be read, by its name or its media type."""
    ending = (name or "").strip().lower().rpartition(".")[2]
    return next((one for one in _ENDINGS if one == ending), _TYPES.get(media_type.lower()))


class Shelf:
    """Room for the bytes of documents, in all requests together."""

    def __init__(self, room: int = MAX_HELD_BYTES) -> None:
        self.room = room

    def begin_file(
        self, name: str | None, media_type: str, before: int
    ) -> "AttachedDocument | None":
        """Begin to hold a file; None for one that cannot be read, or after too many `before`."""
        kind = kind_of(name, media_type)
        return AttachedDocument(name or "", kind, self) if kind and before < MAX_DOCUMENTS else None


class AttachedDocument:
    """A document, whole or as far as it came. It gives its room back when nobody holds it.

    `content` is empty if it is too large, or if there was no room.
    """

    def __init__(self, name: str, kind: DocumentKind, shelf: Shelf) -> None:
        self.name = name
        self.kind = kind
        self._shelf = shelf
        self._bytes = bytearray()
        self._is_dropped = False

    @property
    def content(self) -> bytes:
        """The bytes of the file."""
        return bytes(self._bytes)

    def add(self, data: bytes) -> None:
        """Add the next bytes."""
        size = len(data)
        if self._is_dropped or not size:
            return
        if len(self._bytes) + size > MAX_DOCUMENT_BYTES or size > self._shelf.room:
            self.drop()
            return
        self._shelf.room -= size
        self._bytes += data

    def drop(self) -> None:
        """Hold it no longer."""
        self._is_dropped = True
        self._shelf.room += len(self._bytes)
        self._bytes = bytearray()

    def __del__(self) -> None:
        self._shelf.room += len(self._bytes)
