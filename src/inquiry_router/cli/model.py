"""The commands about the model: try it, judge it, teach it."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from inquiry_router.cli.shared import command_act, opened, start

if TYPE_CHECKING:
    from inquiry_router.classification.classifier import Classifier
    from inquiry_router.classification.teaching import Taught
    from inquiry_router.evaluation.labelled import LabelledInquiry
    from inquiry_router.inquiry.model import Classification, Evidence
    from inquiry_router.learning.store import Version
    from inquiry_router.process.settings import Settings


def classify(
    text: Annotated[
        str, typer.Argument(help="A customer's words; `-` reads them from standard input.")
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
    draft = Draft(Channel.API, sys.stdin.read() if text == "-" else text, subject)
    classification = load_classifier(settings.model_dir).classify(question_of(clean(draft)))
    if as_json:
        typer.echo(json.dumps(classification_json(classification), ensure_ascii=False, indent=2))
    else:
        _show_classification(classification)


def evaluate(
    file: Annotated[
        Path,
        typer.Argument(help="Labelled inquiries: .jsonl or .csv.", exists=True, dir_okay=False),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
    predictions: Annotated[
        Path | None, typer.Option(help="Write the result of each inquiry, a JSON object a line.")
    ] = None,
    model: Annotated[
        Path | None, typer.Option(help="A folder with another model than the shipped one.")
    ] = None,
) -> None:
    """Judge the model on labelled inquiries.

    They go through the live path with the default policy. A line is {"id", "lang", "channel",
    "subject", "text", "label", "secondary"?, "acceptable"?: [...], "intent"?}; text and label
    suffice.
    """
    from inquiry_router.classification.classifier import load_classifier
    from inquiry_router.configuration.documents import TEAMS
    from inquiry_router.configuration.yaml_file import default_file
    from inquiry_router.evaluation import evaluate as evaluation
    from inquiry_router.process.clock import utc_now

    settings = start()
    classifier = load_classifier(model or settings.model_dir)
    items = _labelled(file, classifier.labels)
    defaults, now = default_file().documents, utc_now()
    policy, teams = defaults.policy_in_force, defaults[TEAMS]
    judged = [
        entry
        for item in _track(items, silent=as_json)
        for entry in evaluation.judge([item], classifier.classify, policy, teams, now)
    ]
    if predictions is not None:
        lines = [json.dumps(entry.as_line(), ensure_ascii=False) for entry in judged]
        predictions.write_text("\n".join(lines) + "\n", encoding="utf-8")
    figures = evaluation.compute_figures(judged, policy, teams, now)
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
    """Teach the shipped encoder another set of labels.

    It takes seconds for hundreds of texts and minutes for ten thousand.

    Example: inquiry-router train --data intents.csv --out var/intents;
    inquiry-router evaluate test.csv --model var/intents
    """
    from inquiry_router.classification.classifier import load_classifier
    from inquiry_router.classification.teaching import save_taught

    settings = start()
    base = load_classifier(settings.model_dir)
    taught = _teach(data, base)
    save_taught(taught, base, data.stem, out)
    typer.echo(f"written to {out}; on held-out texts:")
    _show_figures(taught.figures)


def learn(
    why: Annotated[str, typer.Option(help="For the history.")] = "asked for",
) -> None:
    """Learn from corrections, from 20 on. The new head is used only if it is better.

    With SQLite the service must be stopped; while it runs, POST /v1/models does the same.
    """
    version = asyncio.run(_learn(start(), why))
    for name, pair in version.figures.items():
        if isinstance(pair, dict):
            before, after = (
                _percent(pair["before"]["accuracy"]),
                _percent(pair["after"]["accuracy"]),
            )
            texts = pair["before"]["texts"]
            typer.echo(f"{name:24}{texts:>6} texts   right {before} -> {after}")
    for objection in version.objections:
        typer.echo(f"  against it: {objection}")
    lessons = f"{version.lessons} corrected inquiries"
    typer.echo(f"taught-{version.number}, from {lessons}, is {version.state}")


def _teach(data: Path, base: Classifier) -> Taught:
    from inquiry_router.classification.teaching import teach
    from inquiry_router.intake.cleaning import clean
    from inquiry_router.intake.question import question_of
    from inquiry_router.process.settings import WrongSettings

    items = _labelled(data, None)
    drafts = [question_of(clean(item.draft)) for item in items]
    with _progress() as report:
        try:
            return teach(drafts, [item.label for item in items], base, report)
        except ValueError as error:
            raise WrongSettings(f"{data}: {error}") from None


def _track(items: Sequence[LabelledInquiry], *, silent: bool) -> Iterable[LabelledInquiry]:
    from rich.console import Console
    from rich.progress import track

    return track(items, "judging", console=Console(stderr=True), disable=silent)


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """Show a bar for each task. The function takes its name, the steps done and all steps."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True)) as bars:
        tasks: dict[str, Any] = {}

        def report(task: str, done: int, total: int) -> None:
            if task not in tasks:
                tasks[task] = bars.add_task(task, total=total)
            bars.update(tasks[task], completed=done, total=total)

        yield report


async def _learn(settings: Settings, why: str) -> Version:
    from inquiry_router.audit.acts import doing
    from inquiry_router.classification.service import ClassifierService
    from inquiry_router.database.opening import open_database
    from inquiry_router.house import House
    from inquiry_router.process.clock import utc_now

    async with opened(open_database(settings)) as database:
        house = House(settings, database, ClassifierService.from_folder(settings.model_dir))
        await house.configuration.load()
        await house.classifier.start()
        try:
            with doing(command_act("learn")):
                return await house.learning.learn("cli", why, utc_now())
        finally:
            await house.classifier.stop()


def _labelled(file: Path, labels: tuple[str, ...] | None) -> list[LabelledInquiry]:
    from inquiry_router.evaluation.labelled import read_file
    from inquiry_router.process.settings import WrongSettings

    try:
        return read_file(file, labels)
    except ValueError as error:
        raise WrongSettings(str(error)) from None


def _show_classification(classification: Classification) -> None:
    from inquiry_router.inquiry.intents import INTENT_BY_ID

    unsure = "  (unsure)" if classification.unsure else ""
    typer.echo(f"{classification.category}  {classification.confidence:.2f}{unsure}")
    if classification.intent is not None:
        intent = INTENT_BY_ID[classification.intent].name("en")
        typer.echo(f"looks like {intent}  {classification.intent_confidence:.2f}")
    for ranked in classification.ranking[1:]:
        typer.echo(f"  {ranked.category}  {ranked.confidence:.2f}")
    words = _words(classification.evidence)
    typer.echo(
        f"language: {classification.language}; model: {classification.model}; because of: {words}"
    )
    for rival in classification.ranking[1:2]:
        typer.echo(f"for {rival.category} spoke: {_words(classification.rival_evidence)}")


def _words(evidence: Iterable[Evidence]) -> str:
    words = [f"{entry.text} ({entry.weight:.2f})" for entry in evidence]
    return ", ".join(words) or "nothing in particular"


def _show_figures(figures: dict[str, Any]) -> None:
    for name, value in figures.items():
        if not isinstance(value, dict):
            shown = str(value) if isinstance(value, int) else _percent(value)
            typer.echo(f"{name:34}{shown:>10}")
    groups = ("by_label", "by_intent", "by_language", "by_channel")
    for group in [name for name in groups if name in figures]:
        typer.echo(f"\n{group:34}{'n':>10}{'right':>10}{'decided':>10}")
        for name, entry in figures[group].items():
            right, decided = _percent(entry["accuracy"]), _percent(entry["coverage"])
            typer.echo(f"  {name:32}{entry['n']:>10}{right:>10}{decided:>10}")
    if "confusion" in figures:
        typer.echo("\nconfusion (label: what it was taken for)")
    for label, taken in figures.get("confusion", {}).items():
        counts = "  ".join(f"{category} {count}" for category, count in taken.items())
        typer.echo(f"  {label:22}{counts}")


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"
