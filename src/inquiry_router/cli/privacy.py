"""The commands about personal data: export a person, erase them, delete what is past due."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from inquiry_router.cli.shared import TIME_LIMIT_S, command_act, opened, start

if TYPE_CHECKING:
    from inquiry_router.house import House
    from inquiry_router.privacy.person import Person

T = TypeVar("T")
app = typer.Typer(
    no_args_is_help=True,
    help="Export or erase a person, and delete what is past due. With SQLite the service must be "
    "stopped; while it runs, /v1/privacy does the same.",
)
_Emails = Annotated[
    list[str],
    typer.Option(
        "--email", default_factory=list, show_default=False, help="May be given several times."
    ),
]
_Phones = Annotated[
    list[str],
    typer.Option(
        "--phone", default_factory=list, show_default=False, help="May be given several times."
    ),
]
_Names = Annotated[
    list[str],
    typer.Option(
        "--name",
        default_factory=list,
        show_default=False,
        help="First name and surname; only finds candidates.",
    ),
]
_Confirmed = Annotated[
    list[str],
    typer.Option(
        "--confirmed",
        default_factory=list,
        show_default=False,
        help="A candidate that is about this person: id or reference.",
    ),
]


@app.command("export")
def export_person(
    email: _Emails,
    phone: _Phones,
    name: _Names,
    confirmed: _Confirmed,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV instead of JSON.")] = False,
) -> None:
    """Print everything that is stored of a person.

    Example: inquiry-router privacy export --email jan@klient.example --phone 601234567
    """
    from inquiry_router.database.session import write_json
    from inquiry_router.privacy import exporting

    person = _person(email, phone, name)
    found = _with_house(lambda house: house.privacy.export(person, confirmed), "export")
    if as_csv:
        typer.echo(exporting.as_csv(found), nl=False)
    else:
        typer.echo(json.dumps(json.loads(write_json(found)), ensure_ascii=False, indent=2))


@app.command("erase")
def erase_person(
    email: _Emails,
    phone: _Phones,
    name: _Names,
    confirmed: _Confirmed,
    note: Annotated[
        str | None, typer.Option(help="For the record, such as GDPR-17; never the person.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; else only say what would go.")] = False,
) -> None:
    """Erase a person everywhere. Without --yes it only says what would go.

    Example: inquiry-router privacy erase --email jan@klient.example --note GDPR-17 --yes
    """
    from inquiry_router.process.clock import utc_now

    person = _person(email, phone, name)
    if not yes:
        _preview(person, confirmed)
        return
    done = _with_house(
        lambda house: house.privacy.erase(person, confirmed, "cli", utc_now(), note=note),
        "erase",
    )
    _show(done.counts)
    typer.echo(f"erased; the record is {done.id}")


@app.command("retain")
def delete_past_due(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only count what would be deleted.")
    ] = False,
) -> None:
    """Delete what the rules of retention no longer keep. The service does so every hour."""

    async def run(house: House) -> dict[str, int]:
        if dry_run:
            return await house.retainer.count_past_due(house.configuration.current.retention)
        return await house.retainer.delete_past_due()

    _show(_with_house(run, "retain"))


@app.command("map")
def show_map() -> None:
    """Print the map of all tables and columns, as `docs/privacy.md` has it."""
    from inquiry_router.privacy.data_map import as_markdown

    typer.echo(as_markdown())


def _preview(person: Person, confirmed: list[str]) -> None:
    found = _with_house(lambda house: house.privacy.preview(person, confirmed), "preview")
    _show(found.counts)
    for row in found.found.candidates:
        who = ", ".join(filter(None, (row.contact_name, row.contact_email, row.contact_phone)))
        typer.echo(f"candidate {row.reference}  {row.received_at:%Y-%m-%d}  {who}")
    for copy in found.elsewhere:
        told = " ".join(value for value in copy.values() if value)
        typer.echo(f"also in {told}")
    typer.echo("nothing was erased; --yes does it")


def _show(counts: dict[str, int]) -> None:
    for what, count in counts.items():
        typer.echo(f"{what:28}{count:>8}")


def _person(emails: list[str], phones: list[str], names: list[str]) -> Person:
    from inquiry_router.privacy.person import Person
    from inquiry_router.process.settings import WrongSettings

    try:
        person = Person.named(emails, phones, names)
    except ValueError as error:
        raise WrongSettings(str(error)) from None
    if not person.kinds:
        raise WrongSettings("no value names a person: give --email, --phone or --name")
    return person


def _with_house(work: Callable[[House], Awaitable[T]], operation: str) -> T:
    """Run `work` with the parts of the service, none of which is started, and record the act."""
    from inquiry_router.audit.acts import doing
    from inquiry_router.classification.service import ClassifierService
    from inquiry_router.database.opening import open_database
    from inquiry_router.house import House

    settings = start().model_copy(update={"answer_timeout_s": TIME_LIMIT_S})

    async def run() -> T:
        async with opened(open_database(settings)) as database:
            house = House(settings, database, ClassifierService.from_folder(settings.model_dir))
            await house.configuration.load()
            with doing(command_act(f"privacy {operation}")) as act:
                done = await work(house)
            await house.audit.finish(act)
            return done

    return asyncio.run(run())
