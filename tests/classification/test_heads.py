"""The head of intents is pulled towards strangers' texts and keeps what it knew."""

from dataclasses import replace

import numpy as np
from training.heads import INTENT_IDS, STRANGERS, fit_intents_on, read_start

from inquiry_router.classification.corpus import Example, read_corpus
from inquiry_router.inquiry.model import Channel

KNOWN = Example(
    "marek-0001", "marek", "pl", Channel.EMAIL, None, "?", "defect", "safety", None, hard=False
)


def test_strangers_are_in_the_corpus() -> None:
    assert set(STRANGERS) <= {example.author for example in read_corpus()}


def test_strangers_texts_move_the_head_and_known_ones_hold_it() -> None:
    start = read_start()
    clear = (start.weights - start.weights.mean(axis=1, keepdims=True)).T
    known = [replace(KNOWN, intent=intent) for intent in INTENT_IDS]
    strange = (clear[INTENT_IDS.index("order")] + clear[INTENT_IDS.index("order_status")]) / 2
    before = INTENT_IDS[int(start.scores(strange).argmax())]
    wanted = "order" if before == "order_status" else "order_status"
    stranger = replace(KNOWN, author=STRANGERS[0], intent=wanted)
    vectors = np.concatenate([np.repeat(clear, 4, axis=0), np.repeat(strange[None], 8, axis=0)])
    head = fit_intents_on(vectors, [*(one for one in known for _ in range(4)), *[stranger] * 8])
    assert INTENT_IDS[int(head.scores(strange).argmax())] == wanted
    assert [INTENT_IDS[place] for place in head.scores(clear).argmax(axis=1)] == list(INTENT_IDS)
    middle = len(start.weights) // 2
    assert np.array_equal(head.weights[middle:], start.weights[middle:])
