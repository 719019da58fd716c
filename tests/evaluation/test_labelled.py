"""Labelled files and messages about wrong lines."""

import json
from pathlib import Path

import pytest

from inquiry_router.evaluation.labelled import read_file, read_lines
from inquiry_router.inquiry.categories import CATEGORY_IDS


def line(label: str, text: str = "pompa cieknie", **more: object) -> str:
    return json.dumps(
        {"id": "x", "lang": "pl", "channel": "email", "text": text, "label": label, **more}
    )


def test_json_lines_are_read(tmp_path: Path) -> None:
    file = tmp_path / "some.jsonl"
    file.write_text(
        line(
            "defect",
            secondary="referral",
            acceptable=["other"],
            subject="Pompa",
            intent="private",
        )
        + "\n\n"
        + line("other"),
        "utf-8",
    )
    first, second = read_file(file, CATEGORY_IDS)
    assert (first.label, first.secondary, first.acceptable) == (
        "defect",
        "referral",
        {"defect", "other"},
    )
    assert (first.draft.subject, first.draft.text, first.lang) == ("Pompa", "pompa cieknie", "pl")
    assert second.acceptable == {"other"}
    assert (first.intent, second.intent) == ("private", None)


@pytest.mark.parametrize(("column", "intent"), [("missing_item", "missing_item"), ("", None)])
def test_csv_may_have_a_column_of_intents(tmp_path: Path, column: str, intent: str | None) -> None:
    file = tmp_path / "some.csv"
    file.write_text(f"text,label,intent\nbrakuje zaworu,defect,{column}\n", "utf-8")
    (item,) = read_file(file, CATEGORY_IDS)
    assert item.intent == intent


def test_intent_of_other_labels_is_not_checked() -> None:
    (item,) = read_lines([line("rental", intent="haul")], None)
    assert item.intent == "haul"


@pytest.mark.parametrize("heading", ["text,label", "category,text", "\ufefftext,label,lang"])
def test_csv_is_read(tmp_path: Path, heading: str) -> None:
    columns = heading.lstrip("\ufeff").split(",")
    row = [
        '"Na, co tam?"' if name == "text" else "pl" if name == "lang" else "greeting"
        for name in columns
    ]
    file = tmp_path / "some.csv"
    file.write_text(f"{heading}\n{','.join(row)}\n", "utf-8")
    (item,) = read_file(file, None)
    assert (item.draft.text, item.label) == ("Na, co tam?", "greeting")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"text;label\na;b\n", "line 1: the heading needs the columns text and label"),
        (b"text,label\na,b\nc\n", "line 3: it has not as many columns"),
        (b"text,label\na,b,c\n", "line 2: it has not as many columns"),
        (b"text,label\na,\n", "line 2: a label must be a text"),
        (b"text,label\n\xff\xfe,b\n", "UTF-8"),
        (b"text,label\n", "holds no inquiry"),
    ],
)
def test_wrong_line_of_csv_is_named(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "some.csv"
    file.write_bytes(content)
    with pytest.raises(ValueError, match=rf"some\.csv: .*{words}"):
        read_file(file, None)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([], "no inquiry"),
        ([line("defect", "defect"), "{"], "line 2"),
        ([line("nonsense", "defect")], "line 1: there is no category 'nonsense'"),
        (['{"text": "a"}'], "'label' is missing"),
        (['{"text": 7, "label": "defect"}'], "must be text"),
        (['{"text": "a", "label": "defect", "channel": "fax"}'], "line 1"),
        (["[]"], "line 1"),
        ([line("defect", "defect", acceptable=["x"])], "'x'"),
        ([line("defect", intent="lost")], "line 1: there is no intent 'lost'"),
        ([line("defect", intent="tender")], "'tender' is an intent of new_purchase, not of defect"),
    ],
)
def test_wrong_line_of_json_is_named(lines: list[str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_lines(lines, CATEGORY_IDS)
