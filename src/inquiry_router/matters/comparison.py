"""A message beside one inquiry: everything by which they are compared. Pure."""

from collections.abc import Sequence
from datetime import timedelta
from functools import cached_property
from typing import Final

from inquiry_router.inquiry.matter import TICKET, Candidate
from inquiry_router.inquiry.model import Contact, Status
from inquiry_router.intake.question import own_text
from inquiry_router.matters.labels import name_two_things
from inquiry_router.matters.likeness import (
    is_quoted,
    is_same_said,
    names_something,
    stem,
    telling_words,
    topic_words,
)
from inquiry_router.matters.names import RELATIVES, Names, compare_names, name_words
from inquiry_router.matters.numbers import SpecificNumber, find_specific_numbers, shape_of
from inquiry_router.matters.people import (
    Kinship,
    are_of_two_companies,
    kinship,
    share_given_name,
    writer_of,
)
from inquiry_router.matters.rarity import rarity
from inquiry_router.matters.settings import MatterRules
from inquiry_router.matters.sides import MessageSide, Side, side_of_inquiry, values_of
from inquiry_router.matters.subjects import bare_subject, is_forward, is_reply
from inquiry_router.text.folding import fold_words

_MIN_SUBJECT_CHARS: Final = 4
_MAX_MESSAGES: Final = 8
_MAX_CHARS: Final = 2_000
_MIN_PART_CHARS: Final = 5
# Words that are hardly rarer than this say nothing.
_COMMON: Final = 2.5


class Compared:
    """A message beside an inquiry. What takes time is found when it is first asked for."""

    def __init__(self, own: MessageSide, candidate: Candidate, rules: MatterRules) -> None:
        self.message = own.message
        self.candidate = candidate
        self.rules = rules
        self._own = own
        self._said = candidate.messages[:_MAX_MESSAGES]

    @cached_property
    def _known(self) -> Side:
        return side_of_inquiry(self._said)

    def shares(self, *kinds: str) -> list[str]:
        """Return the signs of these kinds that both have."""
        known = self.candidate.signs
        return [
            one for one in self.message.signs if one in known and one.partition(":")[0] in kinds
        ]

    @cached_property
    def kinship(self) -> Kinship:
        """The relation to the writers of the inquiry, by contact, signature and words."""
        texts: dict[Contact, str] = dict.fromkeys((said.author for said in self._said), "")
        if self._may_be_told_by_words:
            for said in self._said:
                text = f"{texts[said.author]}\n{said.subject or ''}\n{said.text}"
                texts[said.author] = text[:_MAX_CHARS]
        phones = values_of(self.candidate.signs, "phone")
        mails = values_of(self.candidate.signs, "email")
        return max(
            kinship(self._own.writer, writer_of(author, phones, text, mails))
            for author, text in texts.items()
        )

    @property
    def are_of_two_companies(self) -> bool:
        """True if the writer and all who wrote before are each of another company."""
        return all(
            are_of_two_companies(self._own.writer, writer_of(said.author, frozenset(), ""))
            for said in self._said
        )

    @property
    def _may_be_told_by_words(self) -> bool:
        """True if there is a sign besides, so that a name in the text is worth reading it."""
        message = self.message
        return bool(
            self.numbers or message.references or message.cut or message.cues.told
        ) or not self.candidate.signs.isdisjoint(message.named)

    @cached_property
    def is_same_given_name(self) -> bool:
        """True if all that is known of both is the same given name."""
        return any(share_given_name(self.message.contact, said.author) for said in self._said)

    @cached_property
    def numbers(self) -> list[str]:
        """The numbers in common that are of the kinds that count. Vague ones count on one side."""
        known = self.candidate.signs
        return [
            value
            for one in self.message.numbers
            if one.kind in self.rules.numbers or one.is_vague
            for value in one.values
            if f"number:{value}" in known or (not one.is_vague and f"vague:{value}" in known)
        ]

    @cached_property
    def contradicts(self) -> bool:
        """True if both name numbers, and they name others."""
        return bool(self._own_values and self._known_values) and not self._share_values

    @cached_property
    def contradicts_alike(self) -> bool:
        """True if both name numbers that look alike, as those of one kind do, and name others."""
        if self._share_values:
            return False
        return any(
            not {shape_of(one) for one in own}.isdisjoint(map(shape_of, known))
            for own, known in (
                (self._own_values - self._own_common, values_of(self.candidate.signs, "number")),
                (self._own_common, values_of(self.candidate.signs, "common")),
            )
        )

    @cached_property
    def _new_numbers(self) -> Sequence[SpecificNumber]:
        """The numbers of the message, without those of a subject that is only repeated."""
        if not self.repeats_subject:
            return self.message.numbers
        return find_specific_numbers(None, self.message.text)

    @cached_property
    def says_number_again(self) -> bool:
        """True if it names a number of the inquiry."""
        known = values_of(self.candidate.signs, "number", "common", "vague")
        return any(value in known for one in self._new_numbers for value in one.values)

    @property
    def says_number_alike(self) -> bool:
        """True if it names no number of the inquiry, but one that looks alike."""
        if self.says_number_again:
            return False
        shapes = set(map(shape_of, values_of(self.candidate.signs, "number")))
        return any(shape_of(one.value) in shapes for one in self._new_numbers if not one.is_vague)

    @cached_property
    def is_another_one(self) -> bool:
        """True if both name a thing of one kind by small labels: "lift 2" and "lift 3"."""
        return name_two_things(self._own.labels, self._known.labels)

    @cached_property
    def is_another_model(self) -> bool:
        """True if both name models, and none is the same: makers number each model anew."""
        own, known = self._own.codes, self._known.codes
        return bool(own and known) and own.isdisjoint(known)

    @cached_property
    def topics(self) -> frozenset[str]:
        """The topic words in common."""
        return self.own_topics & (self.known_topics | self._parts_of_words)

    @cached_property
    def shared_stems(self) -> frozenset[str]:
        """The beginnings of words in common, also in parts, but for the names of the writers."""
        both = (self._new.stems & self._known.stems) | self._parts_of_words
        return both - self._name_stems

    @cached_property
    def shared_rarity(self) -> float:
        """The rarity of all words in common; frequent words count nothing."""
        return sum(max(0.0, rarity(one) - _COMMON) for one in self.shared_stems)

    @cached_property
    def shared_amounts(self) -> frozenset[str]:
        """The small numbers in common, of two digits or more: "118 zł", "sala 12"."""
        return self._own.small_numbers & self._known.small_numbers

    @property
    def length(self) -> int:
        """The number of words in the message."""
        return len(self._own.folded.split())

    @cached_property
    def new_rarity(self) -> float:
        """The rarity of all words that the inquiry has not; frequent words count nothing."""
        new = self._new.stems - self.shared_stems - self._name_stems
        return sum(max(0.0, rarity(one) - _COMMON) for one in new)

    @cached_property
    def new_in_subject(self) -> frozenset[str]:
        """The beginnings of words that stand in the subject, and nowhere in the inquiry."""
        return self._own.subject.stems - self._known.stems - self._name_stems

    @cached_property
    def _name_stems(self) -> frozenset[str]:
        return frozenset(map(stem, self.names))

    @cached_property
    def own_topics(self) -> frozenset[str]:
        """The topic words of the message."""
        return topic_words(self._own.telling, self.names)

    @cached_property
    def known_topics(self) -> frozenset[str]:
        """The topic words of the inquiry."""
        return topic_words(self._known.telling, self.names)

    @cached_property
    def _parts_of_words(self) -> frozenset[str]:
        """The words of the message that end a longer word of the inquiry: German compounds."""
        known = self._known.folded
        return frozenset(
            [
                stem(word)
                for word in self._new.words
                if len(word) >= _MIN_PART_CHARS and f"{word} " in known
            ]
        )

    @cached_property
    def is_namesake(self) -> bool:
        """True if only the surname is the same, and the text tells of no husband, wife or child.

        Nowak and Kowalski are the names of many people who do not know each other.
        """
        own = name_words(self.message.contact.name, self.message.contact.company)
        known = [name_words(said.author.name, said.author.company) for said in self._said]
        if any(compare_names(own, one) is not Names.FAMILY for one in known):
            return False
        told = RELATIVES.union(*known).difference(own)
        return self._own.words.isdisjoint(told)

    @cached_property
    def misquotes(self) -> bool:
        """True if the message quotes the reference with one wrong character."""
        return any(
            sum(map(str.__ne__, one, self.candidate.reference)) == 1
            for one in self.message.misquoted
        )

    @cached_property
    def names(self) -> frozenset[str]:
        """The folded words of the names of people and companies on both sides."""
        contacts = [self.message.contact, *(said.author for said in self._said)]
        written = (name for one in contacts for name in (one.name, one.company, one.email))
        return frozenset(word for name in written if name for word in fold_words(name).split())

    @cached_property
    def same_subject(self) -> bool:
        """True if the subject is one of the inquiry's, but for "Re:" and words behind it.

        "Oferta", "Anfrage", "Invoice" stand above many mails, and are no sign.
        """
        own = bare_subject(self.message.subject)
        if not names_something(own, self.names):
            return False
        known = (bare_subject(said.subject) for said in self._said)
        return any(
            len(one) >= _MIN_SUBJECT_CHARS
            and (own == one or own.startswith(f"{one} "))
            and names_something(one, self.names)
            for one in known
        )

    @cached_property
    def is_reply(self) -> bool:
        """True if the subject begins with "Re:", "Odp:", "AW:", "Fwd:" and the like."""
        return is_reply(self.message.subject)

    @property
    def repeats_subject(self) -> bool:
        """True if it has the subject of the inquiry with "Re:" before it: that says nothing new."""
        return self.is_reply and self.same_subject

    @cached_property
    def _new(self) -> Side:
        """The words of the message, without a subject that is only repeated."""
        return self._own.without_subject if self.repeats_subject else self._own

    @property
    def is_in_thread(self) -> bool:
        """True if it came in the ticket of the inquiry, or replies to a mail of it."""
        return self.is_answer or bool(self.shares("ticket"))

    @property
    def is_referred_to(self) -> bool:
        """True if the message quotes the reference of the inquiry."""
        return self.candidate.reference in self.message.references

    @property
    def is_answer(self) -> bool:
        """True if it replies to a mail of the inquiry, as the headers of the mail tell."""
        return any(sign in self.candidate.signs for sign in self.message.replies_to)

    @cached_property
    def quotes(self) -> bool:
        """True if the message quotes what the inquiry says in its own words.

        Many customers quote the same letter of the company.
        """
        # The text of a forwarded mail is read as the customer's own.
        is_forwarded = is_forward(self.message.subject)
        quoted = self._own.cut.telling | (self._own.telling if is_forwarded else frozenset())
        return bool(quoted) and any(
            is_quoted(telling_words(own_text(said.text)), quoted) for said in self._said
        )

    @property
    def names_another_reference(self) -> bool:
        """True if it quotes references, and not that of this inquiry."""
        references = self.message.references
        return bool(references) and self.candidate.reference not in references

    @property
    def shares_system(self) -> bool:
        """True if both are tickets of one system, which tells by itself what belongs together."""
        own = {sign.rpartition(":")[0] for sign in self.message.signs if sign.startswith(TICKET)}
        return any(sign.rpartition(":")[0] in own for sign in self.candidate.signs)

    @property
    def follow_up(self) -> timedelta:
        """The time in which people go on with something."""
        return timedelta(days=self.rules.follow_up_within_days)

    def is_within(self, limit: timedelta) -> bool:
        """True if the newest message of the inquiry is not longer ago than this."""
        return abs(self.message.at - self.candidate.last_at) <= limit

    @property
    def hours(self) -> float:
        """The hours since the newest message of the inquiry."""
        return abs(self.message.at - self.candidate.last_at) / timedelta(hours=1)

    @property
    def says_the_same(self) -> bool:
        """True if it says the same as a message of the inquiry, in nearly the same words."""
        text = self.message.text
        return any(is_same_said(text, one.text, self.names) for one in self._said)

    @property
    def is_resolved(self) -> bool:
        """True if the inquiry is resolved."""
        return self.candidate.progress.status is Status.RESOLVED

    @property
    def is_recent(self) -> bool:
        """True if numbers and subjects still count."""
        return self.is_within(timedelta(days=self.rules.join_within_days))

    @cached_property
    def _own_values(self) -> frozenset[str]:
        return frozenset(one.value for one in self.message.numbers if not one.is_vague)

    @cached_property
    def _own_common(self) -> frozenset[str]:
        return frozenset(one.value for one in self.message.numbers if one.kind == "common")

    @cached_property
    def _known_values(self) -> frozenset[str]:
        return values_of(self.candidate.signs, "number", "common")

    @cached_property
    def _share_values(self) -> bool:
        known = values_of(self.candidate.signs, "number", "common", "vague")
        return any(value in known for one in self.message.numbers for value in one.values)
