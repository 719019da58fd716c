"""The mails of a mailbox file, one after the other: mbox, a zip of eml files, or one eml."""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

MAX_MAILS: Final = 500_000
_ZIP: Final = b"PK\x03\x04"
_FROM: Final = b"From "
_CHUNK: Final = 1024 * 1024
# Of what a mail holds behind its first megabytes no word is read.
_KEPT: Final = 4 * 1024 * 1024


def is_mailbox(path: Path) -> bool:
    """True if a file is a mailbox by its name or its first bytes."""
    if path.suffix.lower() in (".mbox", ".eml", ".mbx"):
        return True
    with path.open("rb") as file:
        return begins_like_mailbox(file.read(5))


def begins_like_mailbox(begin: bytes) -> bool:
    """True if these are the first five bytes of an mbox or a zip."""
    return begin[:4] == _ZIP or begin[:5] == _FROM


def read_mails(path: Path) -> Iterator[bytes]:
    """Read the mails of a file in their order. Raises `ValueError` with the cure."""
    with path.open("rb") as file:
        begin = file.read(5)
        file.seek(0)
        if begin[:4] == _ZIP:
            yield from _in_zip(file)
        elif begin == _FROM:
            yield from _in_mbox(file)
        elif path.suffix.lower() == ".eml":
            yield file.read(_KEPT)
        else:
            raise ValueError("line 1: an mbox file begins with 'From '; this one does not")


def count_mails(path: Path) -> int:
    """Count the mails of a file, for the progress bar."""
    with path.open("rb") as file:
        if file.read(4) == _ZIP:
            return len(_names(_archive(file)))
        file.seek(0)
        found, at_start = 0, True
        for line in iter(lambda: file.readline(_CHUNK), b""):
            found += at_start and line.startswith(_FROM)
            at_start = line in (b"\n", b"\r\n")
        return max(found, 1)


def _in_mbox(file: BinaryIO) -> Iterator[bytes]:
    """Mails of an mbox. One begins with `From ` behind an empty line (RFC 4155)."""
    mail, at_start = bytearray(), True
    for line in iter(lambda: file.readline(_CHUNK), b""):
        if at_start and line.startswith(_FROM):
            if mail:
                yield bytes(mail)
            mail, at_start = bytearray(), False
            continue
        at_start = line in (b"\n", b"\r\n")
        if len(mail) < _KEPT:
            mail += line[1:] if line.startswith(b">") and line.lstrip(b">")[:5] == _FROM else line
    if mail:
        yield bytes(mail)


def _in_zip(file: BinaryIO) -> Iterator[bytes]:
    """The eml files of a zip, in the order of their names."""
    archive = _archive(file)
    for name in _names(archive):
        try:
            with archive.open(name) as entry:
                mail = entry.read(_KEPT)
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError) as error:
            raise _unreadable(error) from None
        yield mail


def _archive(file: BinaryIO) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError) as error:
        raise _unreadable(error) from None


def _unreadable(error: Exception) -> ValueError:
    return ValueError(f"the zip cannot be read: {error}; make it again, without a password")


def _names(archive: zipfile.ZipFile) -> list[str]:
    names = sorted(one for one in archive.namelist() if one.lower().endswith(".eml"))
    if not names:
        raise ValueError("the zip holds no .eml file")
    if len(names) > MAX_MAILS:
        raise ValueError(f"the zip holds more than {MAX_MAILS} mails: cut it by year")
    return names
