"""Fit the reader of parties: `python -m training.referrals`.

`referral_parties.tsv` has messages of the corpus by their ids, with the words that name the
recommender, their company, the prospect and theirs: "-" is nobody, "@" the writer. The lines of
`tests/referrals/texts` with odd numbers are learned too: no model has seen those texts before. Some
messages of other categories stand for those in which nobody is recommended.

First each author is judged by a network that has not seen them (in five parts), for the figures.
Then the network is fitted on all. The certainties come from the texts of the tests that were not
learned. `parties.npz` is written with its digest on the card.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from tests.referrals.labelled import WRITER, labelled_texts

from inquiry_router.classification.classifier import shipped_folder
from inquiry_router.classification.corpus import CORPUS, read_corpus
from inquiry_router.classification.encoder import Encoder
from inquiry_router.classification.parties import (
    KINDS,
    PARTIES_FILE,
    TAGS,
    PartyReader,
    Word,
    inputs_of,
    words_of,
)
from inquiry_router.inquiry.categories import REFERRAL
from inquiry_router.inquiry.referral import Speaker, ToldParties
from training import BLIND
from training.card import write_model_card, write_part
from training.joining import fit
from training.tagging import Labelled, fit_tagger

ROOT: Final = Path(__file__).parents[1]
_LABELS: Final = Path(__file__).with_name("referral_parties.tsv")
_PARTS: Final = 5
# Step through the messages of other categories.
_STEP: Final = 60
# Begins the authors of texts that the encoder has not seen either: only they give certainties.
_UNSEEN: Final = "tests"
_RIGHT_WHEN_SURE: Final = 0.97
_NOBODY: Final = 0.5


@dataclass(frozen=True, slots=True)
class ReadText:
    """A labelled text as the network sees it. `names` are its labels in the order of `TAGS`."""

    author: str
    language: str
    text: str
    names: tuple[str, ...]
    words: list[Word]
    labelled: Labelled


def read_labelled(encoder: Encoder) -> list[ReadText]:
    """Read all labelled texts that may be learned."""
    corpus = {one.id: one for one in read_corpus(CORPUS) if not one.author.startswith(BLIND)}
    found = []
    for line in _LABELS.read_text(encoding="utf-8").splitlines():
        id_, *names = line.split("\t")
        one = corpus.pop(id_, None)
        if one is not None:
            found.append(_read(encoder, one.author, one.lang, one.subject, one.text, names))
    others = [one for one in corpus.values() if one.label != REFERRAL]
    found += [
        _read(encoder, one.author, one.lang, one.subject, one.text, ["-"] * 4)
        for one in others[::_STEP]
    ]
    found += read_tests(encoder, learned=True)
    return [one for one in found if one.words]


def read_tests(encoder: Encoder, *, learned: bool) -> list[ReadText]:
    """Read the texts of the tests that are learned, or the others."""
    found = []
    for text in labelled_texts():
        if text.tuning is learned:
            party = (text.recommender, text.recommender_company, text.prospect)
            names = [one or "-" for one in (*party, text.prospect_company)]
            author = text.place.partition(":")[0] if text.is_strangers else "first"
            author = f"{_UNSEEN} {author}"
            found.append(_read(encoder, author, text.language, None, text.text, names))
    return found


def _read(
    encoder: Encoder, author: str, lang: str, subject: str | None, text: str, names: Sequence[str]
) -> ReadText:
    encoding = encoder.encode(subject, text)
    words = words_of(encoding.text, encoding.begin)
    tags = np.zeros(len(words), dtype=np.int64)
    for tag in range(1, len(TAGS)):
        if names[tag - 1] not in ("-", WRITER):
            tags[_places(encoding.text, words, names[tag - 1])] = tag
    labelled = Labelled(inputs_of(encoding, words), tags, KINDS.index(_kind(names)))
    return ReadText(author, lang, encoding.text, tuple(names), words, labelled)


def _places(text: str, words: Sequence[Word], name: str) -> list[int]:
    """The places of the words of a name where it first stands by itself."""
    for number, word in enumerate(words):
        end = word.begin + len(name)
        if text.startswith(name, word.begin) and not text[end : end + 1].isalnum():
            return [n for n, one in enumerate(words) if n >= number and one.begin < end]
    return []


def _kind(names: Sequence[str]) -> Speaker | None:
    """The part of the writer; None if nobody is recommended."""
    recommender, company, prospect, _ = names
    if all(name == "-" for name in names):
        return None
    if recommender == WRITER:
        return Speaker.RECOMMENDER
    of_two = prospect not in ("-", WRITER) or (recommender, company) == ("-", "-")
    return Speaker.COLLEAGUE if of_two else Speaker.PROSPECT


def is_found(told: ToldParties | None, names: Sequence[str]) -> bool:
    """True if the recommender is found: the writer, or a name or company."""
    if told is None:
        return False
    if names[0] == WRITER:
        return told.speaker is Speaker.RECOMMENDER
    named = told.recommender or told.recommender_company
    return named is not None and told.speaker is not Speaker.RECOMMENDER


def is_right(told: ToldParties, names: Sequence[str]) -> bool:
    """True if the recommender that was found is the right one, in the very words."""
    if names[0] == WRITER:
        return True
    if names[0] != "-":
        return told.recommender is not None and told.recommender.words == names[0]
    company = told.recommender_company.words if told.recommender_company else ""
    return bool(company) and (company in names[1] or names[1] in company)


def fit_parties(folder: Path) -> None:
    """Fit the reader for the model in a folder, write it, and print its figures."""
    encoder = Encoder(folder)
    texts = read_labelled(encoder)
    print(figures(texts, [told for _, told in sorted(_judged(texts).items())]))
    layers = fit_tagger([one.labelled for one in texts])
    unlearned = read_tests(encoder, learned=False)
    limits = calibrate(unlearned, [_told(PartyReader(layers), one) for one in unlearned])
    written = PartyReader(layers, *limits).as_bytes()
    write_part(folder, PARTIES_FILE, written)
    write_model_card(folder)


def _judged(texts: Sequence[ReadText]) -> dict[int, ToldParties]:
    """Read each text by a network that has seen nothing by its author."""
    part_of = [zlib.crc32(one.author.encode()) % _PARTS for one in texts]
    found = {}
    for part in range(_PARTS):
        known = [one.labelled for one, own in zip(texts, part_of, strict=True) if own != part]
        reader = PartyReader(fit_tagger(known))
        for place, one in enumerate(texts):
            if part_of[place] == part:
                found[place] = _told(reader, one)
    return found


def _told(reader: PartyReader, one: ReadText) -> ToldParties:
    return reader.told(one.text, one.words, *reader.shares(one.labelled.inputs))


def figures(texts: Sequence[ReadText], told: Sequence[ToldParties]) -> str:
    """Say how many recommenders were found, and how many of them are right."""
    lines = []
    for title, kept in (
        ("all", lambda one: True),
        ("pl", lambda one: one.language == "pl"),
        ("seen by no model", lambda one: one.author.startswith(_UNSEEN)),
    ):
        both = [(one, by) for one, by in zip(texts, told, strict=True) if kept(one)]
        wanted = [(one, by) for one, by in both if one.names[:2] != ("-", "-")]
        found = [(one, by) for one, by in wanted if by.nobody < _NOBODY and is_found(by, one.names)]
        right = sum(is_right(by, one.names) for one, by in found)
        nobody = [by for one, by in both if set(one.names) == {"-"}]
        false = sum(by.nobody < _NOBODY for by in nobody)
        named = [(one, by) for one, by in both if one.names[2] not in ("-", WRITER)]
        told_of = [(one, by) for one, by in named if by.prospect is not None]
        same = sum(by.prospect.words == one.names[2] for one, by in told_of if by.prospect)
        lines.append(
            f"{title}: {len(wanted)} recommenders, found {len(found) / len(wanted):.3f}, "
            f"right {right / len(found):.3f}; nobody in {len(nobody)}, false {false}; "
            f"{len(named)} named prospects, found {len(told_of) / len(named):.3f}, "
            f"right {same / len(told_of):.3f}"
        )
    return "\n".join(lines)


def calibrate(texts: Sequence[ReadText], told: Sequence[ToldParties]) -> tuple[float, float, float]:
    """Return slope and bias of the certainties, and from which one on a referral is sure.

    Whatever is read where nobody is recommended is wrong. Where nobody is named, nothing is sure.
    """
    found = [
        (_certainty_of(by), is_found(by, one.names) and is_right(by, one.names))
        for one, by in zip(texts, told, strict=True)
        if by.nobody < _NOBODY and by.known_by
        if set(one.names) == {"-"} or one.names[:2] != ("-", "-")
    ]
    shares = np.clip(np.array([share for share, _ in found]), 1e-3, 1 - 1e-3)
    right = np.array([float(one) for _, one in found])
    odds = np.log(shares / (1 - shares))
    weights, bias = fit(odds[:, None], right, np.ones(len(right)), 1.0)
    slope = float(weights[0])
    certainties = 1 / (1 + np.exp(-(slope * odds + bias)))
    order = np.argsort(-certainties)
    share_right = np.cumsum(right[order]) / np.arange(1, len(right) + 1)
    enough = np.flatnonzero(share_right >= _RIGHT_WHEN_SURE)
    last = int(enough[-1]) if len(enough) else 0
    print(f"sure: {last + 1} of {len(right)}")
    return slope, bias, round(float(certainties[order[last]]) + 0.005, 2)


def _certainty_of(told: ToldParties) -> float:
    """The certainty of the least sure of the writer's part and the names."""
    return min(told.certainty, *(one.certainty for one in told.known_by.values()), 1.0)


if __name__ == "__main__":
    fit_parties(shipped_folder())
