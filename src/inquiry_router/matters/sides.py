"""The two sides that are compared: the words of a message, and those of an inquiry."""

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Final

from inquiry_router.inquiry.matter import SaidBefore
from inquiry_router.matters.incoming import Incoming
from inquiry_router.matters.labels import codes_of, labels_of
from inquiry_router.matters.likeness import telling_of
from inquiry_router.matters.people import Writer, writer_of
from inquiry_router.matters.rarity import stems_of
from inquiry_router.text.folding import fold_words

# What is said of a matter is said early.
_MAX_CHARS: Final = 2_000
_SMALL_NUMBER: Final = re.compile(r"(?<!\w)\d{2,4}(?:[.,/]\d+)?(?!\w)")


class Side:
    """A text, each reading of which is made once, when it is first asked for."""

    def __init__(self, text: str) -> None:
        self.text = text[:_MAX_CHARS]

    @cached_property
    def folded(self) -> str:
        """The folded words, with one space before, between and after them."""
        return fold_words(self.text)

    @cached_property
    def words(self) -> frozenset[str]:
        """The folded words."""
        return frozenset(self.folded.split())

    @cached_property
    def telling(self) -> frozenset[str]:
        """The beginnings of the words that tell what it is about."""
        return telling_of(self.words)

    @cached_property
    def stems(self) -> frozenset[str]:
        """The beginnings of all words but numbers and the shortest."""
        return stems_of(self.words)

    @cached_property
    def labels(self) -> Mapping[str, frozenset[str]]:
        """The small labels: "lift 2"."""
        return labels_of(self.text)

    @cached_property
    def small_numbers(self) -> frozenset[str]:
        """The numbers of two to four digits that stand alone."""
        return frozenset(_SMALL_NUMBER.findall(self.text))

    @cached_property
    def codes(self) -> frozenset[str]:
        """The names of models."""
        return codes_of(self.text)


class MessageSide(Side):
    """The side of the message, which many inquiries are compared with."""

    def __init__(self, message: Incoming) -> None:
        super().__init__(f"{message.subject or ''} ; {message.text}")
        self.message = message
        self.subject = Side(message.subject or "")
        self.cut = Side(message.cut)
        self.without_subject = Side(message.text)

    @cached_property
    def writer(self) -> Writer:
        """The writer, with all that subject, text and signature tell."""
        phones = values_of(self.message.signs, "phone")
        mails = values_of(self.message.signs, "email")
        return writer_of(self.message.contact, phones, f"{self.text}\n{self.cut.text}", mails)


def side_of_inquiry(said: Iterable[SaidBefore]) -> Side:
    """Return the side of an inquiry: all that was said of it, the newest first."""
    return Side(" ; ".join(f"{one.subject or ''} ; {one.text}" for one in said))


def values_of(signs: Iterable[str], *kinds: str) -> frozenset[str]:
    """Return the values of the signs of these kinds."""
    parts = (sign.partition(":") for sign in signs)
    return frozenset([value for kind, _, value in parts if kind in kinds])
