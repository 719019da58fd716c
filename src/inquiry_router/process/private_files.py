"""Files and folders that only the user of the service may read."""

import contextlib
import os
from pathlib import Path
from typing import Final

_OWNER_ONLY: Final = 0o600
_FOLDER: Final = 0o700
_FOR_OTHERS: Final = 0o077


def make_folder(path: Path) -> None:
    """Create a folder and the missing ones above it. One that exists stays as it is."""
    if not path.is_dir():
        make_folder(path.parent)
        with contextlib.suppress(FileExistsError):  # another process was quicker
            path.mkdir(mode=_FOLDER)


def make_file(path: Path) -> None:
    """Create an empty file. One that exists stays as it is."""
    if not path.exists():
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, _OWNER_ONLY))


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, down to the disk."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def close_to_others(path: Path) -> None:
    """Take the rights to a file from everybody but its owner, if it exists and we may."""
    with contextlib.suppress(OSError):
        if path.stat().st_mode & _FOR_OTHERS:
            path.chmod(_OWNER_ONLY)
