"""Checks of the repository: documents, dependencies, container, templates."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from inquiry_router.inquiry.categories import CATEGORY_IDS

TRACKED = [
    Path(line)
    for line in subprocess.run(
        ["git", "ls-files"], capture_output=True, text=True, check=False
    ).stdout.splitlines()
]


@pytest.mark.parametrize("path", [path for path in TRACKED if path.suffix == ".md"], ids=str)
def test_links_work(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        if not target.startswith("http"):
            assert (path.parent / target).exists(), target


def test_modules_stay_short_and_the_story_is_read_in_five_minutes() -> None:
    sources = [path for path in TRACKED if path.suffix == ".py" and path.parts[0] == "src"]
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in sources}
    assert [path for path, count in lines.items() if count > 400] == []
    assert lines[Path("src/inquiry_router/journey.py")] <= 200


def test_index_of_docs_names_every_page() -> None:
    index = Path("docs/README.md").read_text(encoding="utf-8")
    for path in Path("docs").iterdir():
        if path.name != "README.md":
            assert f"]({path.name}" in index, path.name


def test_tree_in_contributing_is_current() -> None:
    tree = re.search(
        r"```\nsrc/inquiry_router/\n(.*?)```",
        Path("CONTRIBUTING.md").read_text(encoding="utf-8"),
        re.DOTALL,
    )
    assert tree
    named = {
        name
        for line in tree[1].splitlines()
        for name in re.findall(r"[a-z_]+(?:\.py|/)", line.split("  ")[0] + "  " + line[4:24])
    }
    root = Path("src/inquiry_router")
    present = {
        path.name + ("/" if path.is_dir() else "")
        for path in root.iterdir()
        if not path.name.startswith("__")
    }
    assert named == present


def test_dependencies_are_few_and_pinned_with_hashes() -> None:
    direct = [
        line
        for line in Path("requirements/run.in").read_text().splitlines()
        if line and not line.startswith("#")
    ]
    assert len(direct) <= 26
    for name in ("run", "dev", "build"):
        text = Path(f"requirements/{name}.txt").read_text()
        assert not re.search(r"index-url|find-links|https?://", text)
        for block in re.split(r"\n(?=[a-z])", text):
            if "==" in block.partition("\n")[0]:
                assert "--hash=sha256:" in block, block.partition("\n")[0]
    project = Path("pyproject.toml").read_text()
    for line in direct:
        assert f'"{line}",' in project


def test_container_runs_without_root_and_has_a_health_check() -> None:
    text = Path("Dockerfile").read_text()
    assert re.search(r"^USER 10001$", text, re.MULTILINE)
    assert "HEALTHCHECK" in text
    assert 'ENTRYPOINT ["inquiry-router"]' in text
    for source in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE):
        for path in source.split():
            assert Path(path).exists(), path
            allowed = Path(".dockerignore").read_text().splitlines()
            assert any(path.rstrip("/") == line.lstrip("!") for line in allowed), path


@pytest.mark.parametrize(
    ("schema", "path"),
    [
        ("compose-spec", "compose.yaml"),
        ("github-workflows", ".github/workflows/ci.yml"),
        ("github-issue-config", ".github/ISSUE_TEMPLATE/config.yml"),
        ("github-issue-forms", ".github/ISSUE_TEMPLATE/bug.yml"),
        ("github-issue-forms", ".github/ISSUE_TEMPLATE/decision.yml"),
        ("github-issue-forms", ".github/ISSUE_TEMPLATE/feature.yml"),
    ],
)
def test_file_follows_its_schema(schema: str, path: str) -> None:
    program = Path(sys.executable).parent / "check-jsonschema"
    arguments = [program, "--builtin-schema", f"vendor.{schema}", path]
    checked = subprocess.run(arguments, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_hosted_checks_run_the_local_command() -> None:
    workflow = yaml.safe_load(Path(".github/workflows/ci.yml").read_text())
    steps = workflow["jobs"]["check-and-test"]["steps"]
    assert [step["run"] for step in steps if "run" in step] == [".ci/run"]


def test_compose_file_refers_to_its_own_services() -> None:
    services = yaml.safe_load(Path("compose.yaml").read_text())["services"]
    assert set(services) == {"database", "migrate", "serve", "work", "proxy"}
    for name in ("migrate", "serve", "work"):
        assert services[name]["read_only"] is True
        assert services[name]["environment"]["INQUIRY_ROUTER_DATABASE_URL"].startswith(
            "postgresql://"
        )
        assert [services[name]["command"]] in [[["migrate"]], [["serve"]], [["work"]]]
        for other in services[name]["depends_on"]:
            assert other in services


def test_make_lists_the_targets() -> None:
    listed = subprocess.run(
        ["make", "--no-print-directory"], capture_output=True, text=True, check=True
    ).stdout
    for target in ("run", "test", "check", "bench", "openapi", "demo"):
        assert f"make {target} " in listed


def test_labelling_guide_defines_every_category() -> None:
    text = Path("docs/labelling.md").read_text(encoding="utf-8")
    for category in CATEGORY_IDS:
        assert f"| `{category}` |" in text


def test_no_foreign_script_is_committed() -> None:
    for path in TRACKED:
        assert not path.name.endswith((".min.js", ".min.css")), path
