"""Secrets are encrypted with the key of the settings, and read with an older one, too."""

from pathlib import Path

import pytest

from inquiry_router.process.secret_box import OPEN_BOX, SecretBox, secret_box_of
from inquiry_router.process.settings import WrongSettings
from tests.conftest import settings_for

FIRST, SECOND = "first-" + "a" * 32, "second-" + "b" * 32
URL = "sqlite:///x.db"


def test_text_is_unreadable_and_comes_back() -> None:
    box = SecretBox([FIRST])
    stored = box.lock("token-łą")
    assert "token" not in stored and stored != box.lock("token-łą")
    assert box.unlock(stored) == "token-łą"


def test_what_was_stored_in_the_open_is_read_as_it_is() -> None:
    assert SecretBox([FIRST]).unlock("plain") == "plain"
    assert OPEN_BOX.unlock(OPEN_BOX.lock("plain")) == "plain" and not OPEN_BOX.encrypts


def test_older_key_reads_and_the_new_one_writes() -> None:
    both, old, new = SecretBox([SECOND, FIRST]), SecretBox([FIRST]), SecretBox([SECOND])
    assert both.unlock(old.lock("x")) == "x"
    assert new.unlock(both.lock("x")) == "x"


@pytest.mark.parametrize("box", [OPEN_BOX, SecretBox([SECOND])])
def test_wrong_key_ends_in_a_sentence(box: SecretBox) -> None:
    with pytest.raises(WrongSettings, match="INQUIRY_ROUTER_SECRET_KEY: .* another key"):
        box.unlock(SecretBox([FIRST]).lock("x"))


def test_key_is_read_from_variable_or_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(f"{FIRST}\n", "utf-8")
    stored = SecretBox([FIRST]).lock("x")
    assert secret_box_of(settings_for(URL, secret_key_file=file)).unlock(stored) == "x"
    given = settings_for(URL, secret_key=f"{SECOND}, {FIRST}")
    assert secret_box_of(given).unlock(stored) == "x"
    assert FIRST not in repr(given) and FIRST not in str(given.secret_key)
    assert not secret_box_of(settings_for(URL)).encrypts


def test_unusable_key_ends_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(WrongSettings, match="INQUIRY_ROUTER_SECRET_KEY: a key has at least 32"):
        secret_box_of(settings_for(URL, secret_key="short"))
    with pytest.raises(WrongSettings, match="INQUIRY_ROUTER_SECRET_KEY_FILE: .* cannot be read"):
        secret_box_of(settings_for(URL, secret_key_file=tmp_path / "nowhere"))
