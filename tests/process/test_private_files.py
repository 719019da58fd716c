"""Nobody but the user of the service may read what it writes."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from inquiry_router.process.private_files import close_to_others, make_file, make_folder


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_every_missing_folder_is_made_for_the_owner_only(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    make_folder(tmp_path / "var" / "phone")
    modes = [mode_of(tmp_path / name) for name in (".", "var", "var/phone")]
    assert modes == [0o755, 0o700, 0o700]


def test_new_file_is_private_and_an_old_one_keeps_its_content(tmp_path: Path) -> None:
    make_file(tmp_path / "new")
    assert mode_of(tmp_path / "new") == 0o600
    (tmp_path / "old").write_text("said", "utf-8")
    make_file(tmp_path / "old")
    close_to_others(tmp_path / "old")
    assert (mode_of(tmp_path / "old"), (tmp_path / "old").read_text("utf-8")) == (0o600, "said")


def test_missing_file_is_no_error(tmp_path: Path) -> None:
    close_to_others(tmp_path / "nothing")
    assert not (tmp_path / "nothing").exists()
