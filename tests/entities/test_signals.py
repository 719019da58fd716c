"""The danger that the model reads, among the entities that patterns found."""

from inquiry_router.entities.finding import find_entities
from inquiry_router.entities.signals import heed_signals
from inquiry_router.inquiry.model import Channel, Draft, Entity, EntityKind
from inquiry_router.inquiry.signals import Signals

FRYER = Draft(Channel.PHONE, "the fryer is burning right up into the hood", "Kitchen 12")
BURNING = Signals(danger="fire", danger_word="burning")


def _entities(draft: Draft) -> tuple[Entity, ...]:
    return tuple(find_entities(draft.subject, draft.text))


def test_danger_of_the_model_is_quoted_from_the_text() -> None:
    (found,) = heed_signals(FRYER, (), BURNING)
    assert (found.kind, found.value, found.text, found.field) == (
        EntityKind.DANGER,
        "fire",
        "burning",
        "text",
    )
    assert FRYER.text[found.begin : found.end] == "burning"


def test_danger_may_be_quoted_from_the_subject() -> None:
    draft = Draft(Channel.EMAIL, "Proszę o szybki kontakt", "Bucha z wykopu")
    (found,) = heed_signals(draft, (), Signals(danger="gas", danger_word="Bucha"))
    assert (found.field, found.begin, found.end) == ("subject", 0, 5)


def test_danger_without_its_word_is_quoted_by_the_beginning() -> None:
    """A call remembers the danger, not the word; the word may have been cut."""
    for signals in (Signals(danger="fire"), Signals(danger="fire", danger_word="ogień")):
        (found,) = heed_signals(FRYER, (), signals)
        assert (found.begin, found.text) == (0, FRYER.text)


def test_danger_that_a_pattern_found_is_not_doubled() -> None:
    draft = Draft(Channel.PHONE, "czuć gaz w kotłowni, poproszę Jana")
    found = _entities(draft)
    assert heed_signals(draft, found, Signals(danger="fire", danger_word="gaz")) == found


def test_harmless_words_of_danger_are_dropped_and_other_entities_stay() -> None:
    draft = Draft(Channel.EMAIL, "W biurze pożar, trzy przetargi do piątku 27.11.2026, 12 sztuk")
    danger = Entity(EntityKind.DANGER, "pożar", "fire", 9, 14)
    others = tuple(one for one in _entities(draft) if one.kind is not EntityKind.DANGER)
    assert others
    assert heed_signals(draft, (danger, *others), Signals(harmless=True)) == others
    assert heed_signals(draft, (danger, *others), Signals()) == (danger, *others)
