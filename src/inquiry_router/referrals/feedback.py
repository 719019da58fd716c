"""The word of the handling salesperson to those who have the credit, and give and take."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete, func, insert, or_, select

from inquiry_router.accounts.model import person_key
from inquiry_router.referrals import store
from inquiry_router.referrals.model import StoredReferral
from inquiry_router.referrals.tables import referral_credits, referral_feedback, referrals

_ANSWERS: Final = ("answered", "came", "serious", "paid")
_WORDS: Final = {
    "pl": ("odpowiedź", "spotkanie", "poważne zainteresowanie", "zapłata", "tak", "nie"),
    "en": (*_ANSWERS, "yes", "no"),
    "de": ("Antwort", "Treffen", "ernsthaftes Interesse", "Zahlung", "ja", "nein"),
}


@dataclass(frozen=True, slots=True)
class Feedback:
    """The answers about a prospect, without blame. None: nobody knows yet."""

    person: str
    answered: bool | None = None
    came: bool | None = None
    serious: bool | None = None
    paid: bool | None = None
    note: str | None = None

    @property
    def in_words(self) -> str:
        """The answers in a line: "answered: yes, came: no"."""
        return self.say("en")

    @property
    def in_languages(self) -> dict[str, str]:
        """The answers in a line, by language."""
        return {language: self.say(language) for language in _WORDS}

    def say(self, language: str) -> str:
        """Write the answers in a line in a language, with the note as it is."""
        *names, yes, no = _WORDS[language]
        said = ((name, getattr(self, one)) for name, one in zip(names, _ANSWERS, strict=True))
        told = [f"{name}: {yes if value else no}" for name, value in said if value is not None]
        return ", ".join([*told, *([self.note] if self.note else [])])


def record_feedback(
    connection: Connection, named: str, said: Feedback, actor: str, now: datetime
) -> StoredReferral:
    """Store the feedback on a referral in place of an earlier one."""
    before = store.read_referral(connection, named, lock=True)
    theirs = referral_feedback.c.referral_id == before.id
    connection.execute(delete(referral_feedback).where(theirs))
    values = {"referral_id": before.id, "at": now, **asdict(said)}
    connection.execute(insert(referral_feedback).values(**values))
    store.add_entry(connection, before.id, now, "feedback", actor, {"said": said.in_words})
    return store.change(connection, before, now)


def read_feedback(connection: Connection, referral_id: str) -> Feedback | None:
    """Read the feedback on a referral."""
    query = select(referral_feedback).where(referral_feedback.c.referral_id == referral_id)
    row = connection.execute(query).first()
    if row is None:
        return None
    return Feedback(row.person, row.answered, row.came, row.serious, row.paid, row.note)


@dataclass(frozen=True, slots=True)
class Gift:
    """Referrals that one person brought and another one handled."""

    giver: str
    taker: str
    given: int
    won: int
    waiting: int


def list_gifts(connection: Connection, person: str | None = None) -> list[Gift]:
    """List who gave whom how many, the most first; of one person only, if they are named.

    `waiting`: the taker has not called yet.
    """
    giver, taker = referral_credits.c.person_key, referrals.c.handled_by_key
    waits = referrals.c.state.in_(("received", "consent_known"))
    query = (
        select(
            func.max(referral_credits.c.person),
            func.max(referrals.c.handled_by),
            func.count(),
            func.count().filter(referrals.c.state == "won"),
            func.count().filter(waits),
        )
        .join(referrals, referrals.c.id == referral_credits.c.referral_id)
        .where(taker.is_not(None), taker != giver)
        .group_by(giver, taker)
        .order_by(func.count().desc(), giver, taker)
    )
    if person is not None:
        query = query.where(or_(giver == person_key(person), taker == person_key(person)))
    return [Gift(*row) for row in connection.execute(query)]
