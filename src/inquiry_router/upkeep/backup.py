"""Backups: one file with the database and the files of the phone, and the way back.

A backup may be made while the service runs: the copy of the database is what was committed at one
moment. What it replaces at a restore is put aside, never deleted.
"""

import hashlib
import json
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from inquiry_router import __version__
from inquiry_router.database.metadata import SCHEMA
from inquiry_router.inquiry.rendering import format_time
from inquiry_router.process.private_files import close_to_others, make_file, make_folder
from inquiry_router.process.settings import PREFIX, Settings, WrongSettings
from inquiry_router.upkeep.copying import DatabaseCopy
from inquiry_router.upkeep.postgres_copy import PostgresCopy
from inquiry_router.upkeep.sqlite_copy import SqliteCopy

FORMAT: Final = 1
_MANIFEST: Final = "manifest.json"
_DATABASE: Final = "database"
_PHONE: Final = "phone/"
# Fast, and half the size: the file is mostly text.
_COMPRESSION: Final = 1
_CHUNK_BYTES: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Manifest:
    """The description at the beginning of a backup."""

    format: int
    made_at: str
    version: str
    database: str
    schema: str
    inquiries: int
    sha256: str
    phone_files: int


@dataclass(frozen=True, slots=True)
class Restored:
    """The result of a restore. `put_aside` is where the earlier database is now."""

    manifest: Manifest
    put_aside: str | None

    @property
    def needs_migration(self) -> bool:
        """True if the schema is older than this version."""
        return self.manifest.schema != SCHEMA


def make_backup(settings: Settings, file: Path, now: datetime) -> Manifest:
    """Write a backup to a new file. Raises `WrongSettings` with the cure if it cannot be made."""
    if file.exists():
        raise WrongSettings(f"{file} exists already: name a new file, or move that one away")
    copier = _copier(settings)
    try:
        make_folder(file.absolute().parent)
        with _beside(file) as folder:
            copied = copier.save(folder / _DATABASE)
            phone = list(_phone_files(settings.phone_dir))
            manifest = Manifest(
                format=FORMAT,
                made_at=str(format_time(now)),
                version=__version__,
                database=copier.kind,
                schema=copied.schema,
                inquiries=copied.inquiries,
                sha256=_digest(folder / _DATABASE),
                phone_files=len(phone),
            )
            (folder / _MANIFEST).write_text(json.dumps(asdict(manifest), indent=2), "utf-8")
            whole = folder / "whole"
            make_file(whole)
            _pack(whole, folder, settings.phone_dir, phone)
            whole.replace(file)
    except OSError as error:
        raise WrongSettings(f"{file} cannot be written: {error.strerror or error}") from None
    return manifest


def restore_backup(settings: Settings, file: Path, now: datetime, *, replace: bool) -> Restored:
    """Put a backup in place of the database. Every process of the service must be stopped.

    Raises `WrongSettings` with the cure; then nothing was changed.
    """
    copier = _copier(settings)
    beside = settings.sqlite_path if settings.is_sqlite else file.absolute()
    try:
        make_folder(beside.parent)
        with _beside(beside) as folder, _opened(file) as archive:
            manifest = _read_manifest(archive, file)
            _require_fitting(manifest, copier.kind, file)
            _extract(archive, _DATABASE, folder / _DATABASE, file)
            if _digest(folder / _DATABASE) != manifest.sha256:
                raise WrongSettings(
                    f"{file} is damaged: its database is not the one that was saved"
                )
            aside = copier.load(folder / _DATABASE, now, replace=replace)
            _restore_phone(archive, settings.phone_dir, file)
    except OSError as error:
        raise WrongSettings(f"{file} cannot be restored: {error.strerror or error}") from None
    return Restored(manifest, aside)


def _copier(settings: Settings) -> DatabaseCopy:
    if settings.is_sqlite:
        return SqliteCopy(settings.sqlite_path)
    return PostgresCopy(settings.database_url)


@contextmanager
def _beside(file: Path) -> Iterator[Path]:
    """A private folder on the same disk as the file: what it holds can be moved there at once."""
    with tempfile.TemporaryDirectory(prefix=f".{file.name}-", dir=file.absolute().parent) as name:
        yield Path(name)


@contextmanager
def _opened(file: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(file, "r:*") as archive:
            yield archive
    except tarfile.TarError:
        raise WrongSettings(f"{file} is no backup of inquiry-router, or it is damaged") from None
    except (EOFError, OSError, zlib.error) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise WrongSettings(f"{file} is damaged: it ends too early") from None


def _pack(whole: Path, folder: Path, phone_dir: Path, phone: list[Path]) -> None:
    with tarfile.open(whole, "w:gz", compresslevel=_COMPRESSION) as archive:
        archive.add(folder / _MANIFEST, _MANIFEST)
        archive.add(folder / _DATABASE, _DATABASE)
        for path in phone:
            archive.add(path, _PHONE + str(path.relative_to(phone_dir)))


def _phone_files(folder: Path) -> Iterator[Path]:
    """Calls that wait to be stored, and recorded messages: they are nowhere else."""
    for pattern in ("*.json", "recordings/*.wav"):
        yield from sorted(folder.glob(pattern))


def _restore_phone(archive: tarfile.TarFile, phone_dir: Path, file: Path) -> None:
    """Add the files of the phone. Those that are there stay: they are newer."""
    for member in archive.getmembers():
        if member.name.startswith(_PHONE) and member.isfile():
            target = phone_dir / member.name.removeprefix(_PHONE)
            inside = target.resolve().is_relative_to(phone_dir.resolve())
            if inside and not target.exists():
                make_folder(target.parent)
                _extract(archive, member.name, target, file)


def _extract(archive: tarfile.TarFile, name: str, target: Path, file: Path) -> None:
    try:
        source = archive.extractfile(name)
    except KeyError:
        source = None
    if source is None:
        raise WrongSettings(f"{file} is no backup of inquiry-router: it has no '{name}'")
    make_file(target)
    close_to_others(target)
    with source, target.open("wb") as opened:
        while chunk := source.read(_CHUNK_BYTES):
            opened.write(chunk)


def _read_manifest(archive: tarfile.TarFile, file: Path) -> Manifest:
    try:
        source = archive.extractfile(_MANIFEST)
        read: Any = json.loads(source.read()) if source is not None else None
        return Manifest(**read)
    except (KeyError, TypeError, ValueError):
        raise WrongSettings(
            f"{file} is no backup of inquiry-router, or one of a newer version"
        ) from None


def _require_fitting(manifest: Manifest, kind: str, file: Path) -> None:
    if manifest.format != FORMAT or manifest.schema > SCHEMA:
        raise WrongSettings(
            f"{file} was made by version {manifest.version} with the schema {manifest.schema}, and "
            f"this is version {__version__} with {SCHEMA}: restore it with that version or a newer "
            "one"
        )
    if manifest.database != kind:
        raise WrongSettings(
            f"{PREFIX}DATABASE_URL: {file} is a backup of {manifest.database}, and this is {kind}. "
            "Restore it there. The settings alone can move: 'config export' and 'config import'"
        )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
