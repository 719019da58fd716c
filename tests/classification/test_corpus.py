"""The corpus is well formed and varied, and the blind test is blind."""

import re
from collections import Counter, defaultdict

from inquiry_router.classification.corpus import Example, read_corpus, read_replies
from inquiry_router.inquiry.categories import CATEGORY_IDS
from inquiry_router.inquiry.intents import INTENTS

CORPUS = read_corpus()
REPLIES = read_replies()
# Two examples that share more than this of their runs of five words are copies. Short texts are
# similar by nature.
MAX_SHARED = 0.6
SHORT = 9


def runs(example: Example) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", f"{example.subject or ''} {example.text}".lower())
    return (
        {tuple(words[place : place + 5]) for place in range(len(words) - 4)}
        if len(words) >= SHORT
        else set()
    )


def test_every_category_has_many_authors() -> None:
    authors = Counter()
    for author in {example.author for example in CORPUS}:
        authors.update({example.label for example in CORPUS if example.author == author})
    assert set(authors) == set(CATEGORY_IDS)
    assert min(authors.values()) >= 10
    counts = Counter(example.label for example in CORPUS)
    assert min(counts.values()) >= 500
    languages = Counter((example.label, example.lang) for example in CORPUS)
    assert min(languages[label, "pl"] for label in CATEGORY_IDS) >= 60
    assert min(languages[label, "en"] for label in CATEGORY_IDS) >= 40


def test_every_intent_is_written_by_many_authors_and_mostly_in_polish() -> None:
    for intent in INTENTS:
        own = [example for example in CORPUS if example.intent == intent.id]
        assert len({example.author for example in own}) >= 25, intent.id
        assert sum(example.lang == "pl" for example in own) >= 40, intent.id


def test_replies_go_on_with_their_matter_or_are_another() -> None:
    assert len(REPLIES) >= 1500
    assert 0.25 < sum(reply.another for reply in REPLIES) / len(REPLIES) < 0.4
    assert all(reply.before.strip() and reply.text.strip() for reply in REPLIES)


def test_ids_are_unique_and_name_their_author() -> None:
    ids = [example.id for example in (*CORPUS, *REPLIES)]
    assert len(set(ids)) == len(ids)
    assert all(example.id.startswith(example.author + "-") for example in (*CORPUS, *REPLIES))
    assert all((example.subject or example.text).strip() for example in CORPUS)


def test_no_example_is_a_copy_of_another() -> None:
    holders: dict[tuple[str, ...], list[int]] = defaultdict(list)
    found = [runs(example) for example in CORPUS]
    for place, own in enumerate(found):
        for run in own:
            holders[run].append(place)
    shared: Counter[tuple[int, int]] = Counter()
    for places in holders.values():
        if 1 < len(places) <= 20:
            shared.update((one, other) for one in places for other in places if one < other)
    twice = [
        (CORPUS[one].id, CORPUS[other].id)
        for (one, other), count in shared.items()
        if count / min(len(found[one]), len(found[other])) > MAX_SHARED
    ]
    assert twice == []


def test_shares_of_hard_examples_and_second_categories() -> None:
    assert sum(example.hard for example in CORPUS) / len(CORPUS) > 0.2
    assert 0.07 < sum(example.secondary is not None for example in CORPUS) / len(CORPUS) < 0.15
