"""The commands, as operators type them."""

import asyncio
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from inquiry_router.process.settings import PREFIX
from tests.conftest import create_postgres_database, url_of
from tests.nursery import nursery


def run(
    folder: Path, *arguments: str, stdin: str = "", **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run a command in a forked process that has imported the service already."""
    return nursery().run(arguments, environment_of(folder, settings), folder, stdin)


def run_anew(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command as an operator does, in a new interpreter."""
    command = [sys.executable, "-m", "inquiry_router", *arguments]
    environment = environment_of(folder, {}) | {"PYTHONPATH": str(Path("src").resolve())}
    return subprocess.run(
        command,
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def environment_of(folder: Path, settings: dict[str, str]) -> dict[str, str]:
    others = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    values = {
        "database_url": f"sqlite:///{folder / 'inquiries.db'}",
        "admin_key_file": str(folder / "admin.key"),
        **settings,
    }
    return others | {PREFIX + name.upper(): value for name, value in values.items()}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installed")
    assert run_anew(folder, "migrate").returncode == 0
    return folder


def test_first_migration_writes_a_private_admin_key(installed: Path) -> None:
    key = installed / "admin.key"
    assert key.read_text().startswith("irk_admin_")
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    before = key.read_text()
    assert run(installed, "migrate").returncode == 0
    assert key.read_text() == before


def test_keys_are_created_listed_and_revoked(installed: Path) -> None:
    made = run(installed, "keys", "create", "website", "--scope", "intake", "--name", "Form")
    assert made.stdout.startswith("irk_website_")
    assert "website" in run(installed, "keys", "list").stdout
    assert made.stdout.strip().rpartition("_")[2] not in run(installed, "keys", "list").stdout
    twice = run(installed, "keys", "create", "website", "--scope", "intake")
    assert (twice.returncode, "Take another id" in twice.stderr) == (2, True)
    assert run(installed, "keys", "revoke", "website").returncode == 0
    last = run(installed, "keys", "revoke", "admin")
    assert (last.returncode, "Make another admin key first" in last.stderr) == (2, True)


def test_configuration_is_exported_and_imported(installed: Path) -> None:
    file = installed / "config.yaml"
    assert run(installed, "config", "export", str(file)).returncode == 0
    data = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert [team["id"] for team in data["teams"]] == ["customer_service", "sales", "triage"]
    assert run(installed, "config", "show").stdout == file.read_text(encoding="utf-8")
    assert (
        "nothing would change" in run(installed, "config", "import", "--dry-run", str(file)).stdout
    )

    data["policy"]["rules"].insert(
        0,
        {
            "id": "vip",
            "when": {"company": ["Hydro-Bud"]},
            "then": {"team": "sales", "priority": "urgent"},
        },
    )
    data["destinations"].append(
        {
            "id": "erp",
            "name": "ERP",
            "kind": "webhook",
            "settings": {"url": "https://a.example.com"},
        }
    )
    file.write_text(yaml.safe_dump(data), encoding="utf-8")
    dry = run(installed, "config", "import", "--dry-run", str(file))
    assert "policy: rule 'vip' is new" in dry.stdout
    assert "destination 'erp' is new" in dry.stdout
    assert "vip" not in run(installed, "config", "show").stdout
    assert run(installed, "config", "import", str(file)).returncode == 0
    shown = run(installed, "config", "show").stdout
    assert "vip" in shown
    assert "whsec_" not in shown
    assert "nothing to change" in run(installed, "config", "import", str(file)).stdout


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("teams: [", "YAML"),
        ("teams: []\npolicy: {}\n", "policy.rules"),
        ("colour: red\n", "colour"),
        ("", "dictionary"),
    ],
)
def test_invalid_file_is_refused_with_the_reason(installed: Path, text: str, words: str) -> None:
    file = installed / "wrong.yaml"
    file.write_text(text, encoding="utf-8")
    refused = run(installed, "config", "import", str(file))
    assert refused.returncode == 2
    assert words in refused.stderr
    assert "Traceback" not in refused.stderr


def test_file_with_unknown_name_is_refused(installed: Path) -> None:
    file = installed / "unknown.yaml"
    data = yaml.safe_load(run(installed, "config", "show").stdout)
    data["policy"]["default"]["team"] = "nobody"
    file.write_text(yaml.safe_dump(data), encoding="utf-8")
    assert "nobody" in run(installed, "config", "import", str(file)).stderr


def test_classify_needs_no_database(tmp_path: Path) -> None:
    said = run(tmp_path, "classify", "Poproszę aktualny cennik i katalog", "--json")
    assert json.loads(said.stdout)["category"] == "catalog_request"
    said = run(tmp_path, "classify", "-", stdin="pompa cieknie i nie działa, reklamacja")
    assert said.stdout.startswith("defect")
    assert "because of" in said.stdout


@pytest.mark.parametrize(
    ("arguments", "settings", "words"),
    [
        (["serve"], {}, "run 'inquiry-router migrate'"),
        (["serve"], {"workers": "3"}, "exactly one writing process"),
        (["serve"], {"port": "high"}, "INQUIRY_ROUTER_PORT"),
        (["serve"], {"database_url": "postgresql://nobody@127.0.0.1:1/none"}, "cannot be reached"),
        (["work"], {}, "'work' needs PostgreSQL"),
        (["keys", "list"], {}, "run 'inquiry-router migrate'"),
    ],
)
def test_failed_start_prints_one_sentence(
    tmp_path: Path, arguments: list[str], settings: dict[str, str], words: str
) -> None:
    refused = run(tmp_path, *arguments, **settings)
    assert refused.returncode not in (0, 1) or "serve" in arguments
    assert words in refused.stderr
    assert "Traceback" not in refused.stderr


def test_help_lists_commands_and_examples() -> None:
    shown = run_anew(Path.cwd(), "--help").stdout
    for command in ("serve", "work", "migrate", "classify", "keys", "config", "openapi"):
        assert command in shown
    assert "Example:" in run(Path.cwd(), "classify", "--help").stdout


def test_shown_settings_hide_the_password(tmp_path: Path) -> None:
    shown = run(
        tmp_path,
        "config",
        "show",
        "--settings",
        database_url="postgresql://router:geheim@db/router",
    )
    assert "postgresql://router:***@db/router" in shown.stdout
    assert "geheim" not in shown.stdout + shown.stderr


def test_empty_postgres_is_migrated(worker_name: str) -> None:
    name = f"cli_{worker_name}"
    asyncio.run(create_postgres_database(name))
    made = run(Path.cwd(), "migrate", database_url=url_of(name), admin_key_file="")
    assert made.returncode == 0
    assert "irk_admin_" in made.stdout


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        ("cli", {"fastapi", "numpy", "onnxruntime", "pydantic", "rich", "sqlalchemy", "structlog"}),
        ("delivery.worker", {"onnxruntime"}),
    ],
)
def test_module_does_not_import_heavy_libraries(module: str, heavy: set[str]) -> None:
    script = f"import sys, inquiry_router.{module}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert heavy & set(done.stdout.split()) == set()
