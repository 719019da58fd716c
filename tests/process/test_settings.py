"""Wrong settings: the service does not start, and says which variable and what it wants."""

import os
import re
from pathlib import Path

import pytest

from inquiry_router.process.settings import PREFIX, Settings, WrongSettings, load_settings


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("INQUIRY_ROUTER_DATABASE_URL", "mysql://x", "postgresql://"),
        ("INQUIRY_ROUTER_WORKERS", "0", "greater"),
        ("INQUIRY_ROUTER_WORKERS", "2", "SQLite has exactly one writing process"),
        ("PORT", "http", "integer"),
        ("INQUIRY_ROUTER_PORT", "70000", "65535"),
        ("INQUIRY_ROUTER_LOG_LEVEL", "loud", "debug"),
        ("INQUIRY_ROUTER_PUBLIC_URL", "router.example.com", "pattern"),
        ("INQUIRY_ROUTER_PUBLIC_URL", "https://example.com/router?lang=pl", "pattern"),
        ("INQUIRY_ROUTER_PUBLIC_URL", "https://admin@example.com", "pattern"),
        ("INQUIRY_ROUTER_DELIVERY_TIMEOUT_S", "99", "30"),
        ("INQUIRY_ROUTER_QUEUE_SIZE", "many", "integer"),
    ],
)
def test_refused(monkeypatch: pytest.MonkeyPatch, variable: str, value: str, words: str) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(WrongSettings) as caught:
        load_settings(_env_file=None)
    assert words in str(caught.value)
    if variable != "PORT":
        assert variable in str(caught.value)
    else:
        assert "PORT" in str(caught.value)


def test_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "9000")
    monkeypatch.setenv("INQUIRY_ROUTER_DATABASE_URL", "postgresql://u:p@h/n")
    monkeypatch.setenv("INQUIRY_ROUTER_WORKERS", "4")
    monkeypatch.setenv("INQUIRY_ROUTER_ADMIN_KEY_FILE", "")
    settings = load_settings(_env_file=None)
    assert (settings.port, settings.workers, settings.is_sqlite, settings.admin_key_file) == (
        9000,
        4,
        False,
        None,
    )


@pytest.mark.parametrize(
    ("given", "address", "prefix"),
    [
        ("https://router.example.com", "https://router.example.com", ""),
        ("https://router.example.com/", "https://router.example.com", ""),
        ("https://example.com/desk/router/", "https://example.com/desk/router", "/desk/router"),
    ],
)
def test_public_address_may_have_a_path(given: str, address: str, prefix: str) -> None:
    settings = load_settings(_env_file=None, public_url=given)
    assert (settings.public_url, settings.path_prefix) == (address, prefix)


@pytest.mark.parametrize(
    ("cores", "workers", "threads", "wanted"),
    [(4, 1, 0, 4), (4, 2, 0, 2), (2, 4, 0, 1), (4, 2, 3, 3)],
)
def test_cores_are_shared_by_the_processes(
    monkeypatch: pytest.MonkeyPatch, cores: int, workers: int, threads: int, wanted: int
) -> None:
    monkeypatch.setattr("inquiry_router.process.settings.count_cores", lambda: cores)
    settings = load_settings(
        _env_file=None,
        database_url="postgresql://u:p@h/n",
        workers=workers,
        classifier_threads=threads,
    )
    assert settings.threads == wanted


def test_every_setting_explains_itself_and_stands_in_the_example_file() -> None:
    example = Path(".env.example").read_text(encoding="utf-8")
    for name, field in Settings.model_fields.items():
        assert field.description and field.description.endswith("."), name
        assert re.search(rf"^#? ?{PREFIX}{name.upper()}=", example, re.MULTILINE), name


# Not read but told: what numpy and onnxruntime can only be told so.
TELLS_LIBRARIES = re.compile(
    r'os\.environ(\.setdefault\("OPENBLAS_NUM_THREADS", "1"\)|\["ORT_DISABLE_TELEMETRY"\] = "1")'
)


def test_nothing_else_reads_the_environment() -> None:
    for path in Path("src").rglob("*.py"):
        if path.name != "settings.py":
            code = TELLS_LIBRARIES.sub("", path.read_text(encoding="utf-8"))
            assert not re.search(r"os\.(environ|getenv)", code), path
    assert os.environ  # the tests themselves may
