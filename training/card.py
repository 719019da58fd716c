"""The text of the model card: `card.json` for machines, docs/model-card.md for people."""

import hashlib
import json
import textwrap
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.joining import FITTED_ON, HELD_OUT, NEWEST, PAIRS, Figures, judge

from inquiry_router.classification.baseline import length_group, shares
from inquiry_router.classification.card import CARD_FILE, Card, read_card
from inquiry_router.classification.corpus import Example
from inquiry_router.inquiry.intents import INTENTS
from training.judging import (
    COST_OF_LOST_LEAD,
    COST_OF_SERVICE_TO_SALES,
    COST_OF_TRIAGE,
    COST_OF_WRONG_DESK,
    COST_OF_WRONG_NAME,
    Calibration,
)

ROOT: Final = Path(__file__).parents[1]
WIDTH: Final = 100
_NOTICE: Final = """
Contains weights derived from multilingual-e5-small, Copyright (c) Microsoft Corporation, under
the MIT License. Permission is hereby granted, free of charge, to any person obtaining a copy of
this software and associated documentation files (the "Software"), to deal in the Software
without restriction, including without limitation the rights to use, copy, modify, merge,
publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to
whom the Software is furnished to do so, subject to the following conditions: The above
copyright notice and this permission notice shall be included in all copies or substantial
portions of the Software. THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND,
EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR
A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE
LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS
IN THE SOFTWARE.
"""
NOTICE: Final = " ".join(_NOTICE.split())
LIMITS: Final = (
    (
        "Trained on texts written for this project, not on the mail of real customers: expect it "
        "to be weaker on your own at first."
    ),
    (
        "The figures come from authors that the judging models had not seen; temperature and "
        "thresholds were chosen on the same examples. The shipped model knows those authors too."
    ),
    (
        "Texts are read up to 160 tokens (about 100 words): three quarters from the beginning, "
        "the rest from the end."
    ),
    (
        "Languages other than pl, en, de, cs, sk, uk, fr, es, it, lt, hu, ro are not supported; "
        "those with few examples are weaker."
    ),
    "A second category is found by a head of its own, more often missed than wrong.",
    "It sees words and names of files only: not who writes, not what was bought before.",
)


def about(
    examples: Sequence[Example],
    calibration: Calibration,
    figures: dict[str, Any],
    figures_of_signals: dict[str, float],
    unknown_letters: float,
    strangers: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the description in `card.json`.

    `unknown_letters` is the share of letter groups in unseen authors' texts that the n-grams have
    never learnt. With the corpus's shares by language, channel and length it is the baseline that a
    company's input is compared with.
    """
    return {
        "made_of": "multilingual-e5-small (MIT), fine-tuned, and a linear model over n-grams",
        "examples": len(examples),
        "authors": len({example.author for example in examples}),
        "languages": dict(Counter(example.lang for example in examples).most_common()),
        "channels": dict(Counter(str(example.channel) for example in examples).most_common()),
        "held_out": ", ".join(
            sorted({author.partition(" ")[0] for author in figures["by_author"]})
        ),
        "baseline": {
            "language": shares([example.lang for example in examples]),
            "channel": shares([str(example.channel) for example in examples]),
            "length": shares(
                [length_group(f"{example.subject or ''} {example.text}") for example in examples]
            ),
            "unknown_letters": round(unknown_letters, 4),
        },
        "figures_on_unseen_authors": figures,
        "figures_of_signals": figures_of_signals,
        "strangers": strangers,
        "limits": list(LIMITS),
        "notice": NOTICE,
    }


def write_part(folder: Path, name: str, written: bytes) -> None:
    """Write a file of a model, and its digest on the card."""
    (folder / name).write_bytes(written)
    path = folder / CARD_FILE
    card = json.loads(path.read_text(encoding="utf-8"))
    card["files"][name] = hashlib.sha256(written).hexdigest()
    path.write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def write_model_card(folder: Path) -> None:
    """Write the model card of the model in a folder anew."""
    (ROOT / "docs/model-card.md").write_text(model_card(read_card(folder), folder), "utf-8")


def model_card(card: Card, folder: Path) -> str:
    """Return the card for people, as Markdown."""
    told = card.about
    paragraphs = [
        f"# The model: {card.name}",
        (
            "Written by `make model`; do not edit by hand. "
            "Attempts and reasons: [decision 0006](decisions/0006-the-model.md)."
        ),
        (
            f"It is {told['made_of']}. It reads subject and text of an inquiry and says which of "
            f"{len(card.labels)} categories and {len(INTENTS)} intents it is about, how sure it "
            "is, which words decided, and which second category the inquiry has, if any. A "
            "category is as likely as its intents together. It runs on one thread, offline."
        ),
        *_data(told),
        *_figures(told),
        *_strangers(told["strangers"]),
        *_signals(told["figures_of_signals"]),
        "## Numbers",
        (
            f"Temperature {card.temperature}; weight of the n-grams {card.linear_weight}; sure "
            f"from {_listed(card.thresholds)}; a second category from {card.second_at_least}; an "
            f"intent from {card.intent_at_least}; the sign of a sale from {card.sale_at_least}; "
            f"signals: {_listed(card.signals)}."
        ),
        *_joining(),
        *_files(folder),
        "## Limits",
        "\n".join(_wrap(f"- {limit}") for limit in told["limits"]),
        "## Licence",
        told["notice"],
    ]
    return "\n\n".join(_wrap(paragraph) for paragraph in paragraphs) + "\n"


def _strangers(figures: dict[str, Any] | None) -> list[str]:
    """The figures on authors who wrote after the encoder was trained, before and after."""
    if figures is None:
        return []
    before, after = figures["as trained"], figures["heads anew"]
    totals = {
        name.replace("_", " "): f"{before[name]} | {value}"
        for name, value in after.items()
        if not isinstance(value, dict)
    }
    voices = {
        author: f"{share} | {after['by_author'][author]}"
        for author, share in before["by_author"].items()
    }
    return [
        "## Voices that came after the encoder was trained",
        (
            "They wrote without seeing the corpus or the model. First they were judged by the "
            "model as it was trained, which knows none of them. Then their texts pulled the head "
            "of intents towards themselves (`training/heads.py`); in the last column each is "
            "judged by a head that has seen the others only, with n-grams that know none of them. "
            "Limits were not chosen on them. `situations` is one author who wrote from the list of "
            "intents."
        ),
        _table("figure", "as trained | heads anew", totals).replace("|---|---|", "|---|---|---|"),
        _table("accuracy by author (examples)", "as trained | heads anew", voices).replace(
            "|---|---|", "|---|---|---|"
        ),
    ]


def _signals(figures: dict[str, float]) -> list[str]:
    """The figures of dangers and of callers who want a person."""
    totals = {name.replace("_", " "): value for name, value in figures.items()}
    return [
        "## Dangers, and callers who want a person",
        (
            "A head of its own reads these signals in the words, whatever the category is "
            "(`training/signals.tsv`). Each author's sentences are judged by a head that has seen "
            "none of theirs; half of them only sound like it. Patterns and lists count too, as in "
            "the service. The limits are chosen on the same sentences."
        ),
        _table("figure", "value", totals),
    ]


def _joining() -> list[str]:
    """The figures of joining, which weighs evidence; the model reads one piece of it."""
    fitted, unseen = judge(FITTED_ON), judge(HELD_OUT)
    apart, pairs = fitted.apart + unseen.apart, fitted.pairs + unseen.pairs
    authors = len(list(PAIRS.glob("*.jsonl")))
    return [
        "## Joining",
        (
            "Which messages are one inquiry is decided by evidence that is weighed "
            "(`src/inquiry_router/matters/`); a ticket, a mail thread or a quoted reference is "
            "strong evidence. One piece of it is a head on the encoder's vector: the message reads "
            f"as if it goes on with something, or opens a matter. All is judged on {pairs} pairs "
            "of messages (`benchmarks/pairs/`) by "
            f"{authors} authors who did not see the code; {apart} must stay apart: switchboards, "
            "clerks of one customer, families, web forms, two orders or two defects of one person, "
            "equal numbers of two firms, old threads in which something else "
            "begins. Head and weights were fitted on the pairs of "
            f"{authors - len(HELD_OUT)} authors (`python -m training.joining`); each of their "
            "messages is read by a head that has not seen its author. The threshold is chosen on "
            "authors left out one by one. Nobody read the pairs of the other "
            f"{len(HELD_OUT)}. The totals of two of them were seen while the design was tried, "
            "those of the newest only at the end. By the design before this one, 0.138 of the "
            "joins of the two were false and 0.463 were found. A pair counts as found only if "
            "the database would find the first inquiry."
        ),
        _table_of_joining(fitted, unseen, judge(NEWEST)),
        (
            "False is a join of two matters, as a share of all joins: at most 0.01 is wanted. Of "
            "the pairs that are one matter, at least 0.8 should be found. Of the authors held out "
            f"{len(unseen.false)} of {unseen.found + len(unseen.false)} joins are false, and "
            f"{unseen.found} of {unseen.same} pairs are found. A reply that reads as another "
            "matter leaves its thread: it becomes a linked inquiry. Missed are above all messages "
            "that have no word in common with the first one, and those of a colleague or a "
            "stranger without a number. They become an inquiry of their own, some with a link "
            "(perhaps). "
            "Without the model only sure signs, a number, a quotation or the subject join."
        ),
    ]


def _table_of_joining(fitted: Figures, unseen: Figures, newest: Figures) -> str:
    rows = [
        f"| {name} ({some.pairs}) | {some.false_share:.3f} | {some.found_share:.3f} |"
        for name, some in (
            ("fitted on", fitted),
            ("held out", unseen),
            ("of these the newest", newest),
        )
    ]
    return "\n".join(["| authors (pairs) | false | found |", "|---|---|---|", *rows])


def _data(told: dict[str, Any]) -> list[str]:
    return [
        "## Data",
        (
            f"{told['examples']} inquiries by {told['authors']} authors, written for this project "
            f"and labelled as `labelling.md` says. Languages: {_listed(told['languages'])}. "
            f"Channels: {_listed(told['channels'])}."
        ),
    ]


def _figures(told: dict[str, Any]) -> list[str]:
    figures = told["figures_on_unseen_authors"]
    totals = {
        name.replace("_", " "): value
        for name, value in figures.items()
        if not isinstance(value, dict)
    }
    return [
        "## Figures on authors that training has not seen",
        (
            f"{told['held_out']} are judged, each by a model that had seen nothing by "
            "that author. The thresholds of sure decisions are chosen on the same examples by "
            f"cost: a lost lead {COST_OF_LOST_LEAD:.0f}, a matter of service that rings a "
            f"salesperson {COST_OF_SERVICE_TO_SALES:.0f}, another wrong desk "
            f"{COST_OF_WRONG_DESK:.0f}, the right desk by a wrong name {COST_OF_WRONG_NAME:.0f}, "
            f"an inquiry that waits in triage {COST_OF_TRIAGE:.0f}."
        ),
        _table("figure", "value", totals),
        *(
            _table(f"{name.replace('by_', 'accuracy by ')} (examples)", "share [at 95 %]", value)
            for name, value in figures.items()
            if isinstance(value, dict)
        ),
    ]


def _files(folder: Path) -> list[str]:
    sizes = {path.name: path.stat().st_size for path in sorted(folder.iterdir()) if path.is_file()}
    megabytes = {name: f"{size / 1e6:.2f}" for name, size in sizes.items()}
    together = f"{sum(sizes.values()) / 1e6:.1f}"
    return ["## Files", _table("file", "MB", megabytes | {"together": together})]


def _table(title: str, values: str, rows: Mapping[str, object]) -> str:
    lines = (f"| {name} | {value} |" for name, value in rows.items())
    return "\n".join((f"| {title} | {values} |", "|---|---|", *lines))


def _wrap(paragraph: str) -> str:
    """Wrap prose at `WIDTH` columns; headings, tables and wrapped lists stay."""
    if "\n" in paragraph or paragraph.startswith("#"):
        return paragraph
    indent = "  " if paragraph.startswith("- ") else ""
    return textwrap.fill(paragraph, WIDTH, subsequent_indent=indent, break_on_hyphens=False)


def _listed(counts: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())
