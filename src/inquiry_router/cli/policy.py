"""The commands about the policy. They ask a running service, with an admin's key."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from inquiry_router.cli.shared import start

if TYPE_CHECKING:
    from inquiry_router.cli.remote import Remote

ASK_EVERY_S = 0.5
Url = Annotated[str, typer.Option(help="The address of the running service.")]
KeyFile = Annotated[
    Path | None,
    typer.Option(help="A file with an admin's key; INQUIRY_ROUTER_ADMIN_KEY_FILE."),
]
PolicyFile = Annotated[
    Path, typer.Argument(help="A policy as YAML or JSON.", exists=True, dir_okay=False)
]
_HERE = "http://127.0.0.1:8000"

app = typer.Typer(no_args_is_help=True, help="Write, check, try, publish and take back the policy.")


@app.command("export")
def export_policy(
    file: Annotated[Path, typer.Argument(help="The YAML file to write.")],
    url: Url = _HERE,
    key_file: KeyFile = None,
) -> None:
    """Write the policy in force into a file, to edit it."""
    from inquiry_router.configuration.yaml_file import write_yaml

    policy, _ = _remote(url, key_file).call("GET", "/v1/policy")
    version = policy.pop("version")
    file.write_text(write_yaml(_without_nothing(policy)), encoding="utf-8")
    typer.echo(f"version {version} is in {file}")


@app.command("check")
def check_policy(file: PolicyFile, url: Url = _HERE, key_file: KeyFile = None) -> None:
    """Store a file as the draft, and say if it may be published, and what it changes."""
    remote = _remote(url, key_file)
    remote.call("PUT", "/v1/policy/draft", _read(file))
    found, _ = remote.call("POST", "/v1/policy/draft/check")
    _say_all("changes", found["changes"] or ["nothing changes"])
    _say_all("problems", found["problems"])
    for one in found["broken"]:
        _say_all(f"golden sentence '{one['id']}' ({one['text'][:60]})", one["why"])
    if not found["publishable"]:
        typer.echo("it cannot be published so")
        raise typer.Exit(1)
    typer.echo(f"it may be published; {found['golden']} golden sentences hold")


@app.command("replay")
def replay_policy(
    file: PolicyFile,
    since: Annotated[
        str | None, typer.Option(help="The beginning, such as 2026-11-01T00:00:00Z.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="The end; without it now.")] = None,
    samples: Annotated[int, typer.Option(min=0, max=50, help="References to show a move.")] = 5,
    url: Url = _HERE,
    key_file: KeyFile = None,
) -> None:
    """Try a policy on the inquiries of a period, the last week if none is given. Ctrl-C cancels."""
    remote = _remote(url, key_file)
    body = {"policy": _read(file), "since": since, "until": until, "samples": samples}
    body = {name: value for name, value in body.items() if value is not None}
    begun, _ = remote.call("POST", "/v1/policy/replays", body)
    where = f"/v1/policy/replays/{begun['id']}"
    try:
        _show_moves(_wait(remote, where))
    except KeyboardInterrupt:
        remote.call("DELETE", where)
        typer.echo("cancelled")
        raise typer.Exit(130) from None


@app.command("publish")
def publish_policy(
    file: PolicyFile,
    note: Annotated[str | None, typer.Option(help="The reason, for the history.")] = None,
    url: Url = _HERE,
    key_file: KeyFile = None,
) -> None:
    """Put a file in force. Refused with problems, or if it breaks a golden sentence."""
    remote = _remote(url, key_file)
    remote.call("PUT", "/v1/policy/draft", _read(file))
    found, _ = remote.call("POST", "/v1/policy/draft/publish", {"note": note})
    typer.echo(f"version {found['version']} is in force")


@app.command("rollback")
def roll_back_policy(
    version: Annotated[int, typer.Argument(min=1, help="The version to go back to.")],
    note: Annotated[str | None, typer.Option(help="The reason, for the history.")] = None,
    url: Url = _HERE,
    key_file: KeyFile = None,
) -> None:
    """Put an earlier version in force again."""
    body = {"version": version, "note": note}
    found, _ = _remote(url, key_file).call("POST", "/v1/policy/rollback", body)
    typer.echo(f"version {found['version']} is in force, with the rules of version {version}")


@app.command("diff")
def diff_policies(
    earlier: Annotated[int, typer.Argument(min=1, help="The earlier version.")],
    later: Annotated[
        str | None, typer.Argument(help="The later version, or 'draft'; else the one in force.")
    ] = None,
    lang: Annotated[str, typer.Option(help="pl, en or de.")] = "en",
    url: Url = _HERE,
    key_file: KeyFile = None,
) -> None:
    """Say in words what changed between two versions."""
    to = f"&to={later}" if later is not None else ""
    path = f"/v1/policy/diff?from={earlier}&lang={lang}{to}"
    found, _ = _remote(url, key_file).call("GET", path)
    for line in found["changes"] or ["nothing changed"]:
        typer.echo(line)


def _wait(remote: Remote, where: str) -> Mapping[str, Any]:
    """Ask for a replay until it ends, with a bar of its progress."""
    with typer.progressbar(length=100, label="inquiries", file=sys.stderr) as bar:
        while True:
            found, _ = remote.call("GET", where)
            bar.update(100 * found["done"] // max(1, found["total"] or 1) - bar.pos)
            if found["state"] != "running":
                replay: Mapping[str, Any] = found
                return replay
            time.sleep(ASK_EVERY_S)


def _show_moves(found: Mapping[str, Any]) -> None:
    for move in found["moves"]:
        shown = f" ({', '.join(move['samples'])})" if move["samples"] else ""
        typer.echo(f"{move['count']}: {_place(move['from'])} -> {_place(move['to'])}{shown}")
    typer.echo(
        f"{found['state']}: {found['done']} inquiries, {found['moved']} would move, "
        f"{found['later']} would be promised a later answer, {found['sooner']} an earlier one"
    )


def _place(place: Mapping[str, str]) -> str:
    return f"{place['team']}/{place['priority']}/{place['rule']}"


def _say_all(heading: str, lines: list[str]) -> None:
    if lines:
        typer.echo(f"{heading}:")
    for line in lines:
        typer.echo(f"  {line}")


def _read(file: Path) -> dict[str, Any]:
    """Read a policy, also out of a file of the whole configuration."""
    import yaml

    from inquiry_router.process.settings import WrongSettings
    from inquiry_router.text.yaml_reading import load_yaml

    try:
        data = load_yaml(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise WrongSettings(f"{file}: not readable as YAML: {error}") from None
    if isinstance(data, dict) and isinstance(data.get("policy"), dict):
        data = data["policy"]
    if not isinstance(data, dict) or "rules" not in data:
        raise WrongSettings(f"{file}: it is no policy with 'rules:' and 'default:'")
    policy: dict[str, Any] = json.loads(json.dumps(data, default=str))
    return policy


def _without_nothing(value: Any) -> Any:
    """Leave out what is null: those are conditions that are not given."""
    if isinstance(value, dict):
        return {name: _without_nothing(one) for name, one in value.items() if one is not None}
    if isinstance(value, list):
        return [_without_nothing(one) for one in value]
    return value


def _remote(url: str, key_file: Path | None) -> Remote:
    from inquiry_router.cli.remote import remote_at

    settings = start()
    return remote_at(url, key_file or settings.admin_key_file or Path("var/admin.key"))
