"""The examples of deployment: everything that they name exists."""

import asyncio
import configparser
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import jsonschema
import pytest
import typer.main
import yaml

from inquiry_router import cli
from inquiry_router.process.figures import DatabaseFigures
from inquiry_router.process.metrics import Metrics
from inquiry_router.process.settings import PREFIX, Settings
from tests.conftest import shared_app

DEPLOY = Path("deploy")
FILES = [Path("compose.yaml"), *sorted(path for path in DEPLOY.rglob("*") if path.is_file())]
RULES = DEPLOY / "prometheus" / "rules.yml"
DASHBOARD = DEPLOY / "grafana" / "dashboard.json"
# Words of PromQL that are no metrics.
WORDS = {
    *("by", "without", "on", "ignoring", "group_left", "group_right"),
    *("and", "or", "unless", "offset", "bool", "inf", "nan"),
}
# What Prometheus adds to each sample, and what a rule may group by beside it.
ADDED_LABELS = {"job", "instance", "le", "alertname"}

DASHBOARD_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["uid", "title", "schemaVersion", "panels", "templating", "time"],
    "properties": {
        "uid": {"type": "string", "pattern": "^[a-z0-9-]{1,40}$"},
        "title": {"type": "string", "minLength": 1},
        "schemaVersion": {"type": "integer", "minimum": 36},
        "panels": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["id", "type", "title", "description", "gridPos", "targets"],
                "properties": {
                    "id": {"type": "integer", "minimum": 1},
                    "type": {"enum": ["stat", "timeseries", "table"]},
                    "title": {"type": "string", "minLength": 1},
                    "description": {"type": "string", "minLength": 1},
                    "gridPos": {
                        "type": "object",
                        "required": ["x", "y", "w", "h"],
                        "properties": {
                            "x": {"type": "integer", "minimum": 0, "maximum": 23},
                            "y": {"type": "integer", "minimum": 0},
                            "w": {"type": "integer", "minimum": 1, "maximum": 24},
                            "h": {"type": "integer", "minimum": 1},
                        },
                    },
                    "targets": {
                        "type": "array",
                        "minItems": 1,
                        "items": {
                            "type": "object",
                            "required": ["refId", "expr", "legendFormat"],
                            "properties": {"expr": {"type": "string", "minLength": 1}},
                        },
                    },
                },
            },
        },
    },
}
RULES_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["groups"],
    "properties": {
        "groups": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "rules"],
                "properties": {
                    "rules": {
                        "type": "array",
                        "items": {
                            "oneOf": [
                                {"required": ["record", "expr"]},
                                {
                                    "required": ["alert", "expr", "labels", "annotations"],
                                    "properties": {
                                        "labels": {
                                            "required": ["severity"],
                                            "properties": {
                                                "severity": {
                                                    "enum": ["critical", "warning", "info"]
                                                }
                                            },
                                        },
                                        "annotations": {"required": ["summary", "action"]},
                                    },
                                },
                            ]
                        },
                    }
                },
            },
        }
    },
}


def exported() -> dict[str, set[str]]:
    """The names of all samples that the service exports, each with its labels."""
    found: dict[str, set[str]] = {}
    metrics = Metrics()
    for collector in set(metrics._registry._collector_to_names):
        labels = set(getattr(collector, "_labelnames", ()))
        for name in metrics._registry._collector_to_names[collector]:
            found[name] = labels
    figures = DatabaseFigures(*[0] * 11, last_events={})
    for line in metrics.text(figures).decode().splitlines():
        if line.startswith("# TYPE "):
            found.setdefault(line.split()[2], set())
    # Those of the database have their labels in their samples, or none.
    for name, label in (
        ("deliveries", "state"),
        ("messages_waiting_for_classifier", "shown"),
        ("callbacks_waiting", "overdue"),
        ("corrections", "changed"),
        ("source_last_event_timestamp_seconds", "source"),
    ):
        assert name in found
        found[name] = {label}
    return found


def rules() -> list[dict[str, Any]]:
    read = yaml.safe_load(RULES.read_text("utf-8"))
    return [rule for group in read["groups"] for rule in group["rules"]]


def expressions() -> Iterator[tuple[str, str]]:
    for rule in rules():
        yield rule.get("alert") or rule["record"], rule["expr"]
    for panel in json.loads(DASHBOARD.read_text("utf-8"))["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["expr"]


def metrics_in(expression: str) -> dict[str, set[str]]:
    """The metrics of an expression, each with the labels that select its samples."""
    found: dict[str, set[str]] = {}
    bare = re.sub(r"\b(by|without|on|ignoring)\s*\([^)]*\)", " ", expression)
    bare = re.sub(r"\[[^]]*\]|\$__\w+", " ", bare)
    for match in re.finditer(r"([a-zA-Z_:][\w:]*)\s*(\{[^}]*\})?(\s*\()?", bare):
        name, selector, is_call = match.groups()
        if not is_call and name not in WORDS and not re.fullmatch(r"\d+[smhd]|[smhd]", name):
            found.setdefault(name, set()).update(re.findall(r"(\w+)\s*[=!]", selector or ""))
    return found


@pytest.mark.parametrize(
    ("name", "expression"), list(expressions()), ids=lambda value: str(value)[:40]
)
def test_expression_asks_for_what_the_service_exports(name: str, expression: str) -> None:
    known = exported()
    recorded = {rule["record"]: {"destination"} for rule in rules() if "record" in rule}
    asked = metrics_in(expression)
    assert asked, name
    for metric, selectors in asked.items():
        if metric == "up":
            continue
        assert metric in known or metric in recorded, metric
        labels = known.get(metric, set()) | recorded.get(metric, set()) | ADDED_LABELS
        assert selectors <= labels, (metric, selectors)
    grouped = set(re.findall(r"\w+", " ".join(re.findall(r"\bby\s*\(([^)]*)\)", expression))))
    offered = set().union(*(known.get(one, set()) for one in asked), ADDED_LABELS)
    assert grouped <= offered, (name, grouped)


def test_parser_of_expressions_notices_what_does_not_exist() -> None:
    asked = metrics_in(
        'sum by (team) (rate(inquiries_lost_total{color="red"}[5m])) > 0 and up == 1'
    )
    assert asked == {"inquiries_lost_total": {"color"}, "up": set()}
    assert "inquiries_lost_total" not in exported()


def test_rules_have_their_form_and_say_what_to_do() -> None:
    jsonschema.validate(yaml.safe_load(RULES.read_text("utf-8")), RULES_SCHEMA)
    names = [rule["alert"] for rule in rules() if "alert" in rule]
    assert len(names) == len(set(names)) >= 12


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")
@pytest.mark.parametrize("what", ["rules", "config"])
def test_prometheus_reads_its_files(what: str) -> None:
    file = {"rules": "rules.yml", "config": "prometheus.yml"}[what]
    command = ["promtool", "check", what, str(DEPLOY / "prometheus" / file)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_dashboard_has_its_form_and_no_panel_covers_another() -> None:
    dashboard = json.loads(DASHBOARD.read_text("utf-8"))
    jsonschema.validate(dashboard, DASHBOARD_SCHEMA)
    taken: set[tuple[int, int]] = set()
    for panel in dashboard["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert taken.isdisjoint(cells), panel["title"]
        taken |= cells
    ids = [panel["id"] for panel in dashboard["panels"]]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("path", FILES, ids=str)
def test_every_setting_exists(path: Path) -> None:
    named = set(re.findall(rf"{PREFIX}([A-Z_]+)", path.read_text("utf-8")))
    assert named <= {name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize("path", [*FILES, Path("docs/operate.md")], ids=str)
def test_every_command_exists(path: Path) -> None:
    commands = set(typer.main.get_command(cli.app).commands)  # type: ignore[attr-defined]
    text = path.read_text("utf-8")
    asked = set(re.findall(r"(?:bin/|`)inquiry-router ([a-z]+)", text))
    asked |= set(re.findall(r"^ *(?:command|args): \[([a-z]+)", text, re.MULTILINE))
    assert asked <= commands


@pytest.mark.parametrize("path", [*FILES, Path("src/inquiry_router/upkeep")], ids=str)
def test_every_call_exists(path: Path) -> None:
    known = {
        (method.upper(), re.sub(r"\{[^}]*\}", "{}", template))
        for template, methods in shared_app().openapi()["paths"].items()
        for method in methods
    }
    files = sorted(path.glob("*.py")) if path.is_dir() else [path]
    text = "\n".join(file.read_text("utf-8") for file in files)
    text = re.sub(r"\{\{[^}]*\}\}", "{}", text)
    text = text.replace("{show}", "GET /v1/sources/{}").replace("{path}", "/v1/destinations/{}")
    for method, called in re.findall(
        r"\b(GET|POST|PUT) (/(?:v1|health|metrics)[^\s?,`\";:]*)", text
    ):
        bare = re.sub(r"\{[^}]*\}", "{}", called).rstrip(".")
        assert (method, bare) in known, (method, called)


@pytest.mark.parametrize("path", sorted(DEPLOY.glob("systemd/*")), ids=str)
def test_unit_of_systemd_has_its_sections(path: Path) -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None, comment_prefixes=("#",))
    unit.optionxform = str  # type: ignore[assignment]
    unit.read_string(path.read_text("utf-8"))
    assert unit["Unit"]["Description"]
    if path.suffix == ".timer":
        assert unit["Timer"]["OnCalendar"]
        assert path.with_suffix(".service").exists()
        return
    service = unit["Service"]
    assert "/opt/inquiry-router/bin/inquiry-router" in service["ExecStart"]
    assert (service["User"], service["UMask"], service["NoNewPrivileges"]) == (
        "inquiry-router",
        "0077",
        "yes",
    )


def documents(path: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(path.read_text("utf-8")))


def test_kubernetes_runs_the_image_without_rights_and_asks_for_health() -> None:
    found = {one["kind"]: one for one in documents(DEPLOY / "kubernetes" / "inquiry-router.yaml")}
    image = yaml.safe_load(Path("compose.yaml").read_text("utf-8"))["services"]["serve"]["image"]
    for kind in ("StatefulSet", "Deployment"):
        pod = found[kind]["spec"]["template"]["spec"]
        (container,) = pod["containers"]
        assert container["image"] == image
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        mounted = {mount["name"] for mount in container["volumeMounts"]}
        claims = found[kind]["spec"].get("volumeClaimTemplates", [])
        offered = {volume["name"] for volume in pod["volumes"]}
        assert mounted <= offered | {claim["metadata"]["name"] for claim in claims}
        labels = found[kind]["spec"]["template"]["metadata"]["labels"]
        assert found[kind]["spec"]["selector"]["matchLabels"].items() <= labels.items()
    probes = found["StatefulSet"]["spec"]["template"]["spec"]["containers"][0]
    assert probes["livenessProbe"]["httpGet"]["path"] == "/health/live"
    assert probes["readinessProbe"]["httpGet"]["path"] == "/health/ready"


def test_compose_scales_and_keeps_its_secrets() -> None:
    compose = yaml.safe_load(Path("compose.yaml").read_text("utf-8"))
    services = compose["services"]
    for name in ("serve", "work"):
        assert "ports" not in services[name], "a fixed port lets only one container start"
        assert "container_name" not in services[name]
    (published,) = services["proxy"]["ports"]
    assert published.startswith("127.0.0.1:")
    (mounted,) = services["proxy"]["volumes"]
    proxy = Path(mounted.partition(":")[0])
    assert "dynamic a serve 8000" in proxy.read_text("utf-8")
    for name in ("migrate", "serve", "work"):
        environment = services[name]["environment"]
        assert "PASSWORD" not in environment["INQUIRY_ROUTER_DATABASE_URL"]
        assert environment["INQUIRY_ROUTER_ADMIN_KEY_FILE"] == "/data/admin.key"
        assert services[name]["env_file"] == [{"path": ".env", "required": False}]
    assert services["migrate"]["volumes"] == services["serve"]["volumes"]


@pytest.mark.anyio
@pytest.mark.parametrize("password", ["p@ss:w/ord?#%&=", "zażółć ' \" $x"])
async def test_password_of_any_characters_reaches_the_database(
    monkeypatch: pytest.MonkeyPatch, password: str
) -> None:
    """It stands in PGPASSWORD and not in the address, where some characters would end it."""
    sent: list[bytes] = []

    async def ask_for_it(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while (length := int.from_bytes(await reader.readexactly(4))) == 8:  # asks for TLS
            await reader.readexactly(4)
            writer.write(b"N")
        await reader.readexactly(length - 4)
        writer.write(b"R" + (8).to_bytes(4) + (3).to_bytes(4))  # in clear text
        await reader.readexactly(1)
        length = int.from_bytes(await reader.readexactly(4))
        sent.append(await reader.readexactly(length - 4))
        writer.close()

    server = await asyncio.start_server(ask_for_it, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    monkeypatch.setenv("PGPASSWORD", password)
    async with server:
        with pytest.raises((asyncpg.PostgresError, OSError)):
            await asyncpg.connect(f"postgresql://router@127.0.0.1:{port}/router", timeout=5)
    assert sent == [password.encode() + b"\0"]
