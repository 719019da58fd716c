"""Evidence is faithful, and cheap.

Without the named words the model is less sure than without as many others.
"""

import random
import re
import time

import pytest

from inquiry_router.classification.corpus import Example, read_corpus
from inquiry_router.classification.deciding_words import MAX_EVIDENCE
from inquiry_router.classification.linear import read_text
from inquiry_router.inquiry.model import Channel, Draft
from inquiry_router.text.folding import fold
from tests.conftest import shipped_model

WORD = re.compile(r"[^\W_]+")
TRIED = 120


def _probability(text: str, subject: str | None, category: str) -> float:
    ranking = shipped_model().classify(Draft(Channel.EMAIL, text, subject)).ranking
    return next(entry.confidence for entry in ranking if entry.category == category)


def _without(text: str, words: set[str]) -> str:
    return WORD.sub(lambda match: "" if fold(match[0]) in words else match[0], text)


def _loss(example: Example, words: set[str], category: str, before: float) -> float:
    subject = _without(example.subject, words) if example.subject else None
    return before - _probability(_without(example.text, words), subject, category)


@pytest.mark.slow
def test_named_words_matter_more_than_others() -> None:
    """On average, removing the named words costs at least twice as much as removing others."""
    dice = random.Random(1)
    examples = [example for example in read_corpus() if 12 <= len(example.text.split()) <= 60]
    of_named, of_others, better = [], [], 0
    for example in dice.sample(examples, TRIED):
        found = shipped_model().classify(Draft(example.channel, example.text, example.subject))
        named = {fold(entry.text) for entry in found.evidence}
        words = sorted(
            {
                fold(word)
                for word in WORD.findall(f"{example.subject or ''} {example.text}")
                if len(word) > 1
            }
            - named
        )
        others = set(dice.sample(words, min(len(words), len(named))))
        of_named.append(_loss(example, named, found.category, found.confidence))
        of_others.append(_loss(example, others, found.category, found.confidence))
        better += of_named[-1] > of_others[-1]
    assert sum(of_named) > 2 * sum(of_others)
    assert better > 0.7 * TRIED


def test_evidence_is_text_of_the_customer() -> None:
    text = (
        "Dzień dobry, Pompa CIEKNIE, proszę o naprawę gwarancyjną. Żółta tabliczka znamionowa "
        "starta."
    )
    found = shipped_model().classify(Draft(Channel.EMAIL, text, "Reklamacja"))
    assert 1 <= len(found.evidence) <= MAX_EVIDENCE
    assert all(entry.text in f"Reklamacja {text}" and entry.weight > 0 for entry in found.evidence)
    assert [entry.weight for entry in found.evidence] == sorted(
        (entry.weight for entry in found.evidence), reverse=True
    )


def test_text_without_words_has_no_evidence() -> None:
    assert shipped_model().classify(Draft(Channel.CHAT, "?!")).evidence == ()


def test_evidence_is_cheap_beside_classifying() -> None:
    """At most three tenths of the time of classifying a text of 40 words."""
    model = shipped_model()
    text = (
        "W zeszłym tygodniu dostaliśmy dwie pompy i jedna z nich od razu cieknie przy "
        "kołnierzu, druga działa. "
    ) * 2
    draft = Draft(Channel.EMAIL, text)
    encoding, grams = model.encoder.encode(None, text), read_text(None, text)

    def quickest(action: object, times: int = 15) -> float:
        assert callable(action)
        taken = []
        for _ in range(times):
            begun = time.process_time()
            action()
            taken.append(time.process_time() - begun)
        return min(taken)

    whole = quickest(lambda: model.classify(draft))
    evidence = quickest(lambda: model.find_evidence(encoding, grams, "defect"))
    assert evidence <= 0.3 * whole
