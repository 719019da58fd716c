"""The commands about the configuration."""

from pathlib import Path

import pytest
import yaml

from tests.cli.commands import run


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
