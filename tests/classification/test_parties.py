"""Reading who recommends whom: words, their inputs, names of several words, and the fit."""

import numpy as np
import pytest
from training.tagging import Labelled, fit_tagger

from inquiry_router.classification.encoder import Encoding
from inquiry_router.classification.parties import (
    PartyReader,
    inputs_of,
    may_tell,
    reader_of_bytes,
    words_of,
)
from inquiry_router.inquiry.referral import Speaker

TEXT = "query: Pani Anna Maria Kos z firmy Hydro-Bud poleca."


def told(shares: dict[str, tuple[int, float]], kinds: tuple[float, ...]) -> object:
    """The parties for words with a tag and its probability."""
    words = words_of(TEXT, 7)
    tags = np.full((len(words), 5), 0.001, dtype=np.float32)
    for place, word in enumerate(words):
        tag, share = shares.get(word.text, (0, 0.9))
        tags[place, tag] = share
    return PartyReader({}).told(TEXT, words, tags, np.array(kinds, dtype=np.float32))


def test_words_have_the_states_of_their_tokens() -> None:
    spans = ((0, 0), (0, 5), (7, 9), (9, 11), (11, 12), (0, 0))
    parts = np.arange(12, dtype=np.float32).reshape(6, 2)
    words = words_of("query: Kosa.", 7)
    assert [word.text for word in words] == ["Kosa", "."]
    inputs = inputs_of(Encoding("query: Kosa.", 7, parts, spans), words)
    assert np.allclose(inputs[0, :2], parts[2:4].mean(axis=0) * 6 / 8)
    assert np.allclose(inputs[1, :2], parts[4] * 6 / 8)
    assert inputs[:, 2].tolist() == [1.0, 0.0] and inputs[:, 5].tolist() == [0.0, 1.0]


def test_name_has_all_its_words_and_no_others() -> None:
    found = told(
        {"Anna": (1, 0.5), "Maria": (1, 0.3), "Kos": (1, 0.8), "Hydro-Bud": (2, 0.7)},
        (0.1, 0.8, 0.05, 0.05),
    )
    assert found.speaker is Speaker.PROSPECT
    assert found.recommender.words == "Anna Maria Kos"
    assert found.recommender_company.words == "Hydro-Bud"
    assert found.prospect is None and found.prospect_company is None
    assert found.certainty > found.recommender.certainty > 0.3


def test_writer_is_not_named_and_one_word_names_one_party() -> None:
    found = told({"Kos": (3, 0.9), "Hydro-Bud": (4, 0.6)}, (0.0, 0.1, 0.8, 0.1))
    assert found.speaker is Speaker.RECOMMENDER
    assert found.recommender is None and found.recommender_company is None
    assert (found.prospect.words, found.prospect_company.words) == ("Kos", "Hydro-Bud")


@pytest.mark.parametrize(
    ("text", "likely", "read"),
    [
        ("Namiar na was mam od Bąka", 0.0, True),
        ("Zamawiam pompę", 0.5, True),
        ("Zamawiam pompę", 0.0, False),
        ("Wysłałem list polecony", 0.0, False),
    ],
)
def test_text_is_read_only_if_it_may_tell(text: str, likely: float, *, read: bool) -> None:
    assert may_tell(text, likely) is read


def test_fit_learns_tags_by_neighbours_and_kinds() -> None:
    """The word behind a "from" is the recommender; a text without one recommends nobody."""
    random = np.random.default_rng(1)
    texts = []
    for number in range(64):
        inputs = random.standard_normal((8, 6)).astype(np.float32) * 0.1
        tags = np.zeros(8, dtype=np.int64)
        if number % 2:
            inputs[number % 5, 0] = 3.0
            tags[number % 5 + 1] = 1
        texts.append(Labelled(inputs, tags, number % 2))
    fitted = PartyReader(fit_tagger(texts), 1.0, 0.0, 0.8)
    reader = reader_of_bytes(fitted.as_bytes())
    assert reader.sure_from == 0.8
    for one in texts[:8]:
        tags, kinds = reader.shares(one.inputs)
        assert tags.argmax(axis=1).tolist() == one.tags.tolist()
        assert int(kinds.argmax()) == one.kind
