"""The commands about the model: try it, judge it, teach it."""

import asyncio
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from inquiry_router.cli.shared import opened, start
from inquiry_router.configuration import document
from inquiry_router.database.session import open_database
from inquiry_router.evaluation.labelled import Labelled, read_file
from inquiry_router.process.clock import utc_now
from inquiry_router.process.settings import Settings, WrongSettings

if (
    TYPE_CHECKING
):  # the model's libraries are heavy: a command that needs none of them does not load them
    from inquiry_router.learning.store import Version


def classify(
    text: Annotated[
        str, typer.Argument(help="What a customer wrote or said; `-` reads it from standard input.")
    ],
    subject: Annotated[
        str | None, typer.Option(help="The subject line, where there is one.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say what a text is about, and why. Needs no database and stores nothing.

    Example: inquiry-router classify "Pompa cieknie od wczoraj, prosimy o serwis"
    """
    from inquiry_router.classification.classifier import load_classifier
    from inquiry_router.inquiry.model import Channel, Draft
    from inquiry_router.inquiry.rendering import classification_json
    from inquiry_router.intake.cleaning import clean
    from inquiry_router.intake.question import question_of

    settings = start()
    said = sys.stdin.read() if text == "-" else text
    classification = load_classifier(settings.model_dir).classify(
        question_of(clean(Draft(Channel.API, said, subject)))
    )
    if as_json:
        typer.echo(json.dumps(classification_json(classification), ensure_ascii=False, indent=2))
        return
    typer.echo(
        f"{classification.category}  {classification.confidence:.2f}{'  (unsure)' if classification.unsure else ''}"
    )
    for ranked in classification.ranking[1:]:
        typer.echo(f"  {ranked.category}  {ranked.confidence:.2f}")
    words = ", ".join(f"{entry.text} ({entry.weight:.2f})" for entry in classification.evidence)
    typer.echo(
        f"language: {classification.language}; model: {classification.model}; because of: {words or 'nothing in particular'}"
    )


def evaluate(
    file: Annotated[
        Path,
        typer.Argument(help="Labelled inquiries: .jsonl or .csv.", exists=True, dir_okay=False),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
    predictions: Annotated[
        Path | None, typer.Option(help="Write what was made of each inquiry, a JSON object a line.")
    ] = None,
    model: Annotated[
        Path | None, typer.Option(help="A folder with another model than the shipped one.")
    ] = None,
) -> None:
    """Judge the model and the default policy on labelled inquiries, through the live path.

    A line is {"id", "lang", "channel", "subject", "text", "label", "secondary"?, "acceptable"?: [...]}; text and label suffice.
    """
    from rich.console import Console
    from rich.progress import track

    from inquiry_router.classification.classifier import load_classifier
    from inquiry_router.evaluation import evaluate as evaluation
    from inquiry_router.routing.policy import Teams

    settings = start()
    classifier = load_classifier(model or settings.model_dir)
    items = _labelled(file, classifier.labels)
    defaults, now = document.default_file(), utc_now()
    teams = Teams(teams=defaults.teams)
    shown = track(items, "judging", console=Console(stderr=True), disable=as_json)
    judged = [
        entry
        for item in shown
        for entry in evaluation.judge([item], classifier.classify, defaults.policy, teams, now)
    ]
    if predictions is not None:
        lines = [json.dumps(entry.as_line(), ensure_ascii=False) for entry in judged]
        predictions.write_text("\n".join(lines) + "\n", encoding="utf-8")
    figures = evaluation.figures(judged, defaults.policy, teams, now)
    if as_json:
        typer.echo(json.dumps(figures, ensure_ascii=False, indent=2))
    else:
        _show_figures(figures)


def train(
    data: Annotated[
        Path,
        typer.Option(
            help="Labelled texts: .csv or .jsonl with text and label.", exists=True, dir_okay=False
        ),
    ],
    out: Annotated[Path, typer.Option(help="The folder to write the model to.", file_okay=False)],
) -> None:
    """Teach the shipped encoder another set of labels; seconds for hundreds of texts, minutes for ten thousand.

    Example: inquiry-router train --data intents.csv --out var/intents; inquiry-router evaluate test.csv --model var/intents
    """
    from rich.console import Console
    from rich.progress import Progress

    from inquiry_router.classification.classifier import load_classifier
    from inquiry_router.classification.teaching import save_taught, teach
    from inquiry_router.intake.cleaning import clean
    from inquiry_router.intake.question import question_of

    settings = start()
    base = load_classifier(settings.model_dir)
    items = _labelled(data, None)
    with Progress(console=Console(stderr=True)) as bars:
        tasks: dict[str, Any] = {}

        def say(doing: str, done: int, of: int) -> None:
            if doing not in tasks:
                tasks[doing] = bars.add_task(doing, total=of)
            bars.update(tasks[doing], completed=done, total=of)

        try:
            taught = teach(
                [question_of(clean(item.draft)) for item in items],
                [item.label for item in items],
                base,
                say,
            )
        except ValueError as error:
            raise WrongSettings(f"{data}: {error}") from None
    save_taught(taught, base, data.stem, out)
    typer.echo(f"written to {out}; on held-out texts:")
    _show_figures(taught.figures)


def learn(
    why: Annotated[str, typer.Option(help="For the history.")] = "asked for",
) -> None:
    """Learn from what people corrected: a new head, used only if it is better and does no harm. From 20 corrections on.

    With SQLite the service must be stopped; while it runs, POST /v1/models does the same.
    """
    version = asyncio.run(_learn(start(), why))
    for name, pair in version.figures.items():
        if isinstance(pair, dict):
            before, after = pair["before"], pair["after"]
            typer.echo(
                f"{name:24}{before['texts']:>6} texts   right {_percent(before['accuracy'])} -> {_percent(after['accuracy'])}"
            )
    for objection in version.objections:
        typer.echo(f"  against it: {objection}")
    typer.echo(
        f"taught-{version.number}, from {version.lessons} corrected inquiries, is {version.state}"
    )


async def _learn(settings: Settings, why: str) -> "Version":
    from inquiry_router.classification.service import ClassifierService
    from inquiry_router.house import House

    async with opened(open_database(settings)) as database:
        house = House(settings, database, ClassifierService.from_folder(settings.model_dir))
        await house.configuration.load()
        await house.classifier.start()
        try:
            return await house.learning.learn("cli", why, utc_now())
        finally:
            await house.classifier.stop()


def _labelled(file: Path, labels: tuple[str, ...] | None) -> list[Labelled]:
    try:
        return read_file(file, labels)
    except ValueError as error:
        raise WrongSettings(str(error)) from None


def _show_figures(figures: dict[str, Any]) -> None:
    for name, value in figures.items():
        if not isinstance(value, dict):
            typer.echo(
                f"{name:24}{value:>10}"
                if isinstance(value, int)
                else f"{name:24}{_percent(value):>10}"
            )
    for group in [name for name in ("by_label", "by_language", "by_channel") if name in figures]:
        typer.echo(f"\n{group:24}{'n':>10}{'right':>10}{'decided':>10}")
        for name, entry in figures[group].items():
            typer.echo(
                f"  {name:22}{entry['n']:>10}{_percent(entry['accuracy']):>10}{_percent(entry['coverage']):>10}"
            )
    if "confusion" in figures:
        typer.echo("\nconfusion (label: what it was taken for)")
    for label, taken in figures.get("confusion", {}).items():
        typer.echo(
            f"  {label:22}" + "  ".join(f"{category} {count}" for category, count in taken.items())
        )


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"
