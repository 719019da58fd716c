"""The commands about the policy, which ask a running service."""

import asyncio
import subprocess
from pathlib import Path

import pytest
import yaml

from inquiry_router.database.session import Database
from tests.cli.commands import run
from tests.conftest import KEYS, Role
from tests.faults.process import victim

pytestmark = pytest.mark.anyio

DEFECT = "Pompa kupiona w marcu od wczoraj cieknie, proszę o naprawę gwarancyjną."


async def test_policy_is_exported_checked_replayed_published_and_taken_back(
    database_url: str, database: Database, tmp_path: Path
) -> None:
    key, file = tmp_path / "admin.key", tmp_path / "policy.yaml"
    key.write_text(KEYS[Role.ADMIN], encoding="ascii")
    await database.stop()
    async with victim(database_url) as service:
        there = ("--url", str(service.client.base_url), "--key-file", str(key))

        async def policy(*arguments: str) -> subprocess.CompletedProcess[str]:
            return await asyncio.to_thread(run, tmp_path, "policy", *arguments, *there)

        sent = await service.client.post("/v1/inquiries", json={"channel": "email", "text": DEFECT})
        assert sent.status_code in (201, 202), sent.text
        exported = await policy("export", str(file))
        assert exported.stdout == f"version 1 is in {file}\n", exported.stderr
        data = yaml.safe_load(file.read_text("utf-8"))
        assert "version" not in data and "unsure_below" not in data
        same = await policy("check", str(file))
        assert "nothing changes" in same.stdout and "it may be published" in same.stdout
        data["rules"], data["default"]["team"] = [], "triage"
        file.write_text(yaml.safe_dump(data), encoding="utf-8")
        checked = await policy("check", str(file))
        assert "  rule 'danger' is gone" in checked.stdout, checked.stderr
        tried = await policy("replay", str(file))
        assert "-> triage/normal/default" in tried.stdout, tried.stderr
        assert "done: 1 inquiries, 1 would move" in tried.stdout
        done = await policy("publish", str(file), "--note", "none at all")
        assert done.stdout == "version 2 is in force\n", done.stderr
        assert "rule 'danger' is gone" in (await policy("diff", "1", "2")).stdout
        assert "nothing changed" in (await policy("diff", "2")).stdout
        back = await policy("rollback", "1")
        assert back.stdout == "version 3 is in force, with the rules of version 1\n"
        polish = await policy("diff", "2", "3", "--lang", "pl")
        assert "nowa reguła „danger”" in polish.stdout
        data["default"]["team"] = "nobody"
        file.write_text(yaml.safe_dump(data), encoding="utf-8")
        wrong = await policy("check", str(file))
        assert wrong.returncode == 1 and "no team 'nobody'" in wrong.stdout
        refused = await policy("publish", str(file))
        assert refused.returncode == 2 and "no team 'nobody'" in refused.stderr


def test_file_that_is_no_policy_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text("teams: []\n", encoding="utf-8")
    wrong = run(tmp_path, "policy", "publish", str(file))
    assert wrong.returncode == 2
