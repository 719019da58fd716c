"""The command that reads last year: a call log, a mailbox, a diary."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Protocol

import typer

from inquiry_router.cli.shared import TIME_LIMIT_S, command_act, opened, start

if TYPE_CHECKING:
    from inquiry_router.relief.baseline_files import FileOptions
    from inquiry_router.relief.baseline_model import BaselineCounts
    from inquiry_router.relief.inputs import CostInputs, NumberRange

# Beside a service, reading a mailbox takes only the time that is left over.
_NICE = 15


def baseline(
    file: Annotated[
        Path,
        typer.Argument(
            help="A call log (Asterisk, 3CX, Ringostat, a mobile bill), a mailbox (mbox, zip of "
            "eml), or a diary as CSV.",
            exists=True,
            dir_okay=False,
        ),
    ],
    salespeople: Annotated[
        list[str],
        typer.Option(
            "--salespeople",
            default_factory=list,
            show_default=False,
            help="'NAME=NUMBER, EXTENSION', several times; or a CSV file of names and numbers.",
        ),
    ],
    column: Annotated[
        list[str],
        typer.Option(
            "--column",
            default_factory=list,
            show_default=False,
            help="HEADING=FIELD where it is not found out, several times.",
        ),
    ],
    own_domain: Annotated[
        list[str],
        typer.Option(
            "--own-domain",
            default_factory=list,
            show_default=False,
            help="Of a mailbox: the company's mail domain, several times.",
        ),
    ],
    owners: Annotated[
        Path | None,
        typer.Option(help="A CSV file of customers and their numbers.", exists=True),
    ] = None,
    person: Annotated[
        str | None, typer.Option(help="Of a mailbox: the salesperson whose it is.")
    ] = None,
    service_share: Annotated[
        str | None, typer.Option(help="Low, likely and high share of service, as 0.4,0.55,0.7.")
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help="If the file is neither UTF-8 nor windows-1250.")
    ] = None,
    timezone: Annotated[str, typer.Option(help="Of the times in the file.")] = "Europe/Warsaw",
    language: Annotated[
        str, typer.Option("--lang", "--language", help="pl or en: the language of the answer.")
    ] = "en",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    announced: Annotated[
        str | None,
        typer.Option(
            "--monitoring-announced",
            help="Your word that employees were told, and where it stands; kept as a setting.",
        ),
    ] = None,
    url: Annotated[
        str | None, typer.Option(help="A running service that keeps it, instead of the database.")
    ] = None,
    key_file: Annotated[Path, typer.Option(help="The file with an admin's key.")] = Path(
        "var/admin.key"
    ),
) -> None:
    """Read last year, and say what the old habit costs, as a range.

    With SQLite the service must be stopped, or name it: --url http://127.0.0.1:8000

    Example: inquiry-router baseline Master.csv --salespeople "Jan Nowak=601 234 567, 204"
    """
    from inquiry_router.cli.baseline_text import baseline_text
    from inquiry_router.relief.share import read_share

    share = _checked(lambda: read_share(service_share)) if service_share else None
    options = _checked(lambda: _options(salespeople, column, owners, encoding, timezone))
    keeper = _Remote(url, key_file) if url else _here()
    if announced:
        keeper.announce(announced)
    counts = _count(file, options, keeper, person, own_domain)
    found = keeper.keep(counts, share, language)
    typer.echo(
        json.dumps(found, ensure_ascii=False, indent=2)
        if as_json
        else baseline_text(found, language)
    )


def _checked(work: Any) -> Any:
    """Run `work`; a `ValueError` is a mistake of the operator."""
    from inquiry_router.process.settings import WrongSettings

    try:
        return work()
    except ValueError as error:
        raise WrongSettings(str(error)) from None


def _options(
    salespeople: list[str],
    columns: list[str],
    owners: Path | None,
    encoding: str | None,
    timezone: str,
) -> FileOptions:
    from zoneinfo import available_timezones

    from inquiry_router.relief.baseline_files import FileOptions
    from inquiry_router.relief.lines import Lines, read_lines_file, read_salespeople

    if timezone not in available_timezones():
        raise ValueError(f"--timezone {timezone}: there is no such time zone")
    wrong = next((one for one in columns if "=" not in one), None)
    if wrong is not None:
        raise ValueError(f"--column {wrong}: write HEADING=FIELD, such as 'Kto dzwonił=from'")
    named = {one.rpartition("=")[0].strip(): one.rpartition("=")[2].strip() for one in columns}
    people: dict[str, str] = {}
    for one in salespeople:
        if "=" not in one:
            people |= read_lines_file(_text_of(Path(one)), "salespeople")
        else:
            people |= read_salespeople([one])
    customers = read_lines_file(_text_of(owners), "owners") if owners else {}
    return FileOptions(Lines(people, customers), named, encoding, timezone)


def _text_of(path: Path) -> str:
    from inquiry_router.relief.text_stream import opened_text

    try:
        with opened_text(path, None) as text:
            return "".join(text)
    except OSError as error:
        raise ValueError(
            f"{path}: {error.strerror}. Name a CSV file of names and numbers, or write "
            "'Jan Nowak=601 234 567, 204'"
        ) from None


def _count(
    file: Path, options: FileOptions, keeper: _Keeper, person: str | None, domains: list[str]
) -> BaselineCounts:
    from dataclasses import replace

    from inquiry_router.relief.baseline_files import count_file
    from inquiry_router.relief.mail_reading import is_mailbox

    if is_mailbox(file):
        return _count_mails(file, options, keeper, person, domains)
    inputs = keeper.inputs()
    options = replace(
        options,
        met_after_s=inputs.met_after_seconds,
        loop_hours=inputs.loop_hours,
        accounts=keeper.accounts("calls"),
        by_person=True,
    )
    return count_file(file, options)


def _count_mails(
    file: Path, options: FileOptions, keeper: _Keeper, person: str | None, domains: list[str]
) -> BaselineCounts:
    from inquiry_router.classification.classifier import load_classifier
    from inquiry_router.process.settings import WrongSettings
    from inquiry_router.relief.mail_counting import MailboxOwner
    from inquiry_router.relief.mailbox_run import count_mailbox

    if not domains:
        raise WrongSettings(
            "--own-domain: name the company's mail domain, such as pompex.example, so that mails "
            "of colleagues can be told from those of customers"
        )
    os.nice(_NICE)
    classifier = load_classifier(start().model_dir)
    owner = MailboxOwner(person or file.stem, tuple(one.lower().lstrip("@") for one in domains))
    accounts = keeper.accounts("mail")
    with typer.progressbar(length=100, label="mails", file=sys.stderr) as bar:

        def progress(done: int, whole: int) -> None:
            bar.update(100 * done // max(1, whole) - bar.pos)

        return count_mailbox(
            file, owner, classifier.classify, accounts, options.zone, progress=progress
        )


class _Keeper(Protocol):
    """The place where a baseline is kept."""

    def inputs(self) -> CostInputs:
        """The cost inputs in force."""

    def accounts(self, kind: str) -> dict[str, str]:
        """The accounts of contact points."""

    def announce(self, note: str) -> None:
        """Keep the admin's word that the monitoring was announced."""

    def keep(
        self, counts: BaselineCounts, share: NumberRange | None, language: str
    ) -> dict[str, Any]:
        """Store a baseline, and return it as JSON."""


def _here() -> _Keeper:
    """The database of the settings; without one figures are printed all the same."""
    settings = start()
    is_missing = settings.is_sqlite and not settings.sqlite_path.exists()
    return _Nowhere() if is_missing else _Here()


class _Nowhere:
    """No database yet: somebody wants to see figures first. The inputs are the usual ones."""

    def inputs(self) -> CostInputs:
        from inquiry_router.relief.inputs import CostInputs

        return CostInputs()

    def accounts(self, kind: str) -> dict[str, str]:
        return {}

    def announce(self, note: str) -> None:
        from inquiry_router.process.settings import WrongSettings

        raise WrongSettings(
            "--monitoring-announced is kept as a setting: run 'inquiry-router migrate' before"
        )

    def keep(
        self, counts: BaselineCounts, share: NumberRange | None, language: str
    ) -> dict[str, Any]:
        from inquiry_router.process.clock import utc_now
        from inquiry_router.relief.baseline_model import Baseline
        from inquiry_router.relief.baselines import baseline_json, with_share

        inputs = with_share(self.inputs(), share)
        found = Baseline("", counts, inputs, 0, utc_now(), "cli")
        return {**baseline_json(found, language, by_person=False), "announced": False}


class _Here:
    """The database of the settings."""

    def _run(self, work: Any) -> Any:
        from inquiry_router.audit.acts import doing
        from inquiry_router.audit.recording import with_audit
        from inquiry_router.database.opening import open_database

        # Nobody is on the line, and the machine may be busy.
        settings = start().model_copy(update={"answer_timeout_s": TIME_LIMIT_S})

        async def run() -> Any:
            async with opened(with_audit(open_database(settings))) as database:
                with doing(command_act("baseline")):
                    return await work(database)

        return asyncio.run(run())

    def _documents(self) -> Any:
        from inquiry_router.configuration import store

        return self._run(lambda database: database.read(store.load)).documents

    def inputs(self) -> CostInputs:
        from inquiry_router.configuration.documents import RELIEF

        found: CostInputs = self._documents()[RELIEF]
        return found

    def accounts(self, kind: str) -> dict[str, str]:
        from inquiry_router.relief.baselines import find_accounts

        found: dict[str, str] = self._run(lambda database: find_accounts(database, kind))
        return found

    def announce(self, note: str) -> None:
        from inquiry_router.configuration import store
        from inquiry_router.configuration.documents import MONITORING
        from inquiry_router.process.clock import utc_now
        from inquiry_router.relief.inputs import MonitoringNotice

        body = MonitoringNotice(announced=True, note=note[:500]).model_dump(mode="json")
        version = self._documents().version(MONITORING)

        def work(connection: Any) -> int:
            name = MONITORING.name
            return store.save_document(connection, name, body, version, "cli", None, utc_now())

        self._run(lambda database: database.write(work))

    def keep(
        self, counts: BaselineCounts, share: NumberRange | None, language: str
    ) -> dict[str, Any]:
        from inquiry_router.configuration.documents import MONITORING, RELIEF
        from inquiry_router.process.clock import utc_now
        from inquiry_router.relief.baselines import baseline_json, keep_baseline

        documents = self._documents()
        announced = documents[MONITORING].announced
        kept = counts if announced else counts.without_people()
        inputs, version = documents[RELIEF], documents.version(RELIEF)

        async def work(database: Any) -> Any:
            return await keep_baseline(database, kept, inputs, version, "cli", utc_now(), share)

        found = self._run(work)
        return {**baseline_json(found, language, by_person=announced), "announced": announced}


class _Remote:
    """A running service. Customers are matched to accounts there only for its own uploads."""

    def __init__(self, url: str, key_file: Path) -> None:
        from inquiry_router.cli.remote import remote_at

        start()
        self._remote = remote_at(url, key_file)

    def inputs(self) -> CostInputs:
        from inquiry_router.relief.inputs import CostInputs

        return CostInputs.model_validate(self._remote.call("GET", "/v1/relief/inputs")[0])

    def accounts(self, kind: str) -> dict[str, str]:
        found: dict[str, str] = {}
        after = ""
        while True:
            page, _ = self._remote.call("GET", f"/v1/accounts?limit=200{after}")
            for account in page["items"]:
                names = ("phones",) if kind == "calls" else ("emails", "domains")
                points = [one for name in names for one in account.get(name) or []]
                for who in account.get("contacts") or []:
                    points += [one for name in names for one in who.get(name) or []]
                found |= dict.fromkeys(points, account["id"])
            if page["next_cursor"] is None:
                return found
            after = f"&cursor={page['next_cursor']}"

    def announce(self, note: str) -> None:
        body = {"announced": True, "note": note[:500]}
        self._remote.call("PUT", "/v1/relief/monitoring", body, "*")

    def keep(
        self, counts: BaselineCounts, share: NumberRange | None, language: str
    ) -> dict[str, Any]:
        from inquiry_router.relief.baseline_body import counts_json

        body = counts_json(counts, share)
        found: dict[str, Any] = self._remote.call(
            "POST", f"/v1/baselines?language={language}", body
        )[0]
        return found
