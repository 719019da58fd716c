"""The commands about the configuration."""

import asyncio
import stat
import subprocess
from pathlib import Path

import pytest
import yaml

from inquiry_router.database.session import Database
from tests.cli.commands import run
from tests.conftest import KEYS, Role
from tests.faults.process import victim


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
    assert 'policy.rules.vip: none -> {"id": "vip"' in dry.stdout
    assert 'destinations.erp: none -> {"id": "erp"' in dry.stdout
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
        ("teams: []\npolicy: {}\n", "policy.rules: is missing"),
        ("colour: red\n", "colour"),
        ("", "it has no parts such as 'teams:'"),
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


def test_dry_run_ends_with_every_problem(installed: Path) -> None:
    file = installed / "problems.yaml"
    data = yaml.safe_load(run(installed, "config", "show").stdout)
    data["policy"]["default"]["team"] = "nobody"
    data["sources"].append({"id": "a", "name": "A", "kind": "pigeon"})
    file.write_text(yaml.safe_dump(data), encoding="utf-8")
    tried = run(installed, "config", "import", "--dry-run", str(file))
    assert tried.returncode == 2
    assert "policy.default.team: triage -> nobody" in tried.stdout
    assert "there is no team 'nobody'" in tried.stderr
    assert "sources.a.kind: there is no kind 'pigeon'" in tried.stderr


def test_secrets_travel_in_a_file_of_their_own(installed: Path, tmp_path: Path) -> None:
    first, values, file = installed, tmp_path / "secrets.yaml", tmp_path / "config.yaml"
    added = {"sources": [{"id": "a", "name": "A", "kind": "zammad", "secret": "hush-hush"}]}
    file.write_text(yaml.safe_dump(added), encoding="utf-8")
    assert run(first, "config", "import", str(file)).returncode == 0
    exported = run(first, "config", "export", str(file), "--secrets", str(values))
    assert "delete it when they are imported" in exported.stdout
    assert stat.S_IMODE(values.stat().st_mode) == 0o600
    assert "hush-hush" not in file.read_text("utf-8")
    assert yaml.safe_load(values.read_text("utf-8"))["sources.a.secret"] == "hush-hush"
    second = tmp_path / "second"
    second.mkdir()
    assert run(second, "migrate").returncode == 0
    refused = run(second, "config", "import", str(file))
    assert "sources.a.secret: the file has only the name of this secret" in refused.stderr
    given = run(second, "config", "import", str(file), "--secrets", str(values))
    assert given.stdout.endswith("done\n"), given.stderr
    again = second / "again.yaml"
    run(second, "config", "export", str(again))
    assert again.read_text("utf-8") == file.read_text("utf-8")


@pytest.mark.anyio
async def test_running_service_is_asked_over_http(
    database_url: str, database: Database, tmp_path: Path
) -> None:
    key, file = tmp_path / "admin.key", tmp_path / "config.yaml"
    key.write_text(KEYS[Role.ADMIN], encoding="ascii")
    await database.stop()
    async with victim(database_url) as service:
        url = str(service.client.base_url)
        there = ("--url", url, "--key-file", str(key))

        def config(*arguments: str) -> subprocess.CompletedProcess[str]:
            return run(tmp_path, "config", *arguments, *there)

        exported = await asyncio.to_thread(config, "export", str(file))
        assert exported.returncode == 0, exported.stderr
        data = yaml.safe_load(file.read_text("utf-8"))
        data["policy"]["rules"][-1]["then"]["priority"] = "normal"
        file.write_text(yaml.safe_dump(data), encoding="utf-8")
        tried = await asyncio.to_thread(config, "import", "--dry-run", str(file))
        assert tried.stdout == "policy.rules.other.then.priority: low -> normal\n"
        done = await asyncio.to_thread(config, "import", str(file))
        assert done.stdout.endswith("done\n"), done.stderr
        policy = (await service.client.get("/v1/policy")).json()
        assert policy["rules"][-1]["then"]["priority"] == "normal"
        key.write_text("irk_admin_wrong", encoding="ascii")
        refused = await asyncio.to_thread(config, "show")
        assert refused.returncode == 2 and "answered 401" in refused.stderr
    gone = await asyncio.to_thread(config, "show")
    assert gone.returncode == 2 and f"--url {url}" in gone.stderr


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
