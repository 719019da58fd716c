"""Texts are split into the same pieces as by the `tokenizers` library."""

import json
import time
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from unicodedata import normalize, ucd_3_2_0

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from inquiry_router.classification.classifier import shipped_folder
from inquiry_router.classification.corpus import read_corpus
from inquiry_router.classification.encoder import TOKENIZER_FILE, model_text
from inquiry_router.classification.pieces import Pieces

FILE = shipped_folder() / TOKENIZER_FILE
# Letters of an old Unicode version: the library's tables and Python's are of different years.
LETTERS = st.characters(exclude_categories=("Cs", "Co", "Cn")).filter(
    lambda letter: ucd_3_2_0.category(letter) != "Cn"
)
# Characters that readers may treat differently: white space of every kind, marks, letters that
# expand or join, and dropped characters.
EDGES = st.sampled_from(
    "  \n\t\r\x00\x1f\x7f\x85\xa0\u1680\u2003\u200b\u2028\u2581\u3000\ufeff\ufffd´…½ﬁﷺ"
    "\u0301\u0323\u0308aoóż가ᄀ\u11a8☃♞中.,-1"
)
DROPPED = dict.fromkeys((*range(9), 11, *range(14, 32), 127, 143, 159))
TEXTS = st.lists(st.one_of(EDGES, EDGES, LETTERS), max_size=60).map("".join)


@cache
def ours() -> Pieces:
    return Pieces.from_file(FILE)


@cache
def library() -> Tokenizer:
    return Tokenizer.from_file(str(FILE))


def by_library(text: str) -> tuple[list[int], list[tuple[int, int]]]:
    encoding = library().encode(text, add_special_tokens=False)
    return encoding.ids, encoding.offsets


@pytest.mark.slow
def test_corpus_is_split_as_by_the_library() -> None:
    # Every fourth text: those of each author, language and channel.
    texts = [model_text(example.subject, example.text) for example in read_corpus()[::4]]
    assert len(texts) > 5000
    assert [text for text in texts if ours().read(text) != by_library(text)] == []


@given(TEXTS)
@settings(derandomize=True, max_examples=500, deadline=None)  # the first example loads both readers
@example("")
@example("   ")
@example("o\u0301" * 50)
@example("\u0323\u0301 \u0301")
@example("o\x1f\u0323 1")
def test_any_text_is_split_as_by_the_library(text: str) -> None:
    shown = model_text(None, text)
    numbers, spans = ours().read(shown)
    wanted, places = by_library(shown)
    assert numbers == wanted
    assert len(spans) == len(numbers)
    assert all(0 <= begin < end <= len(shown) for begin, end in spans)
    assert all(one[0] <= other[0] and one[1] <= other[1] for one, other in pairwise(spans))
    kept = shown.translate(DROPPED)
    if normalize("NFKC", kept) == "".join(normalize("NFKC", letter) for letter in kept):
        assert spans == places


@pytest.mark.parametrize(
    "text",
    ["", "\x00", " ", " \n ", "a", " a", "źdźbło", "a  b ", "po\x00mpa", "ﬁrma ½\xa0kg…", "☃🧿🧿x"],
)
def test_text_without_prefix_is_split_as_by_the_library(text: str) -> None:
    assert ours().read(text) == by_library(text)


def test_pieces_of_joined_letters_cover_the_whole_word() -> None:
    numbers, spans = ours().read("query: wo\u0301zek mo\u0301j")
    assert numbers == ours().read("query: wózek mój")[0]
    assert spans[3:] == [(6, 7), (7, 13), (7, 13), (13, 18)]


def test_unknown_characters_in_a_row_are_one_piece() -> None:
    numbers, spans = ours().read("x 🧿🧿🧿 x")
    assert numbers[-2:] == [3, numbers[0]]
    assert spans[-2:] == [(2, 5), (5, 7)]


@pytest.mark.parametrize("word", ["a", "ą", ".", "☃", "🧿", "zamówienie", "a\u0301\u0323", "ﷺ"])
def test_long_word_is_split_in_bounded_time(word: str) -> None:
    text = (word * 2300)[:2300]
    begun = time.process_time()
    numbers, _ = ours().read(text)
    assert time.process_time() - begun < 0.5
    assert numbers == by_library(text)[0]


def test_same_word_is_split_the_same_at_every_place() -> None:
    text = "query: wózek wózek"
    once, again = (ours().read(text) for _ in range(2))
    assert once == again
    assert once[0][3:6] == once[0][6:]
    assert once[1][3:] == [(6, 7), (7, 10), (10, 12), (12, 13), (13, 16), (16, 18)]


def _without_pieces(written: dict[str, Any]) -> None:
    del written["model"]["vocab"]


def _other_model(written: dict[str, Any]) -> None:
    written["model"]["type"] = "BPE"


def _other_marks(written: dict[str, Any]) -> None:
    written["pre_tokenizer"] = {"type": "Whitespace"}


def _other_rules(written: dict[str, Any]) -> None:
    written["normalizer"]["normalizers"].append({"type": "Lowercase"})


def _no_logarithms(written: dict[str, Any]) -> None:
    written["model"]["vocab"][1][1] = 0.5


def _nothing(written: dict[str, Any]) -> None:
    written.clear()


@pytest.mark.parametrize(
    "change, said",
    [
        (_without_pieces, "'vocab'"),
        (_other_model, "of the kind .*BPE"),
        (_other_marks, "'prepend_scheme'"),
        (_other_rules, "other rules"),
        (_no_logarithms, "no logarithms"),
        (_nothing, "'model'"),
    ],
)
def test_file_of_another_kind_is_refused(change: Any, said: str, tmp_path: Path) -> None:
    tokenizer = Tokenizer(
        models.Unigram([("<unknown>", 0.0), ("▁a", -1.0)], unk_id=0, byte_fallback=False)
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=True)
    replace = normalizers.Replace
    tokenizer.normalizer = normalizers.Sequence(
        [replace("\x07", ""), replace("\t", " "), normalizers.NFKC(), replace("  ", " ")]
    )
    path = tmp_path / TOKENIZER_FILE
    tokenizer.save(str(path))
    assert Pieces.from_file(path).read("a") == ([1], [(0, 1)])
    written = json.loads(path.read_text(encoding="utf-8"))
    change(written)
    path.write_text(json.dumps(written), encoding="utf-8")
    with pytest.raises(ValueError, match=f"tokenizer.json.*{said}"):
        Pieces.from_file(path)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe", b"[]", b"null", b'{"model": null, "pre_tokenizer": null}']
)
def test_damaged_file_is_named(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / TOKENIZER_FILE
    path.write_bytes(content)
    with pytest.raises(ValueError, match="tokenizer.json"):
        Pieces.from_file(path)


def test_missing_file_raises_file_not_found(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Pieces.from_file(tmp_path / TOKENIZER_FILE)
