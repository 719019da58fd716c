"""The names of our people in referrals and rewards: somebody gets another one, or has left."""

from typing import Any, Final

from sqlalchemy import Connection, delete, select, update

from inquiry_router.accounts.model import person_key
from inquiry_router.accounts.naming import PeopleColumns, is_named_in, write_name
from inquiry_router.inquiry.errors import Conflict
from inquiry_router.referrals.rewarding import SALESPERSON, RewardState
from inquiry_router.referrals.tables import (
    ask_scripts,
    asks,
    board_people,
    board_seasons,
    hints,
    referral_credits,
    referral_feedback,
    referrals,
    reward_entries,
    rewards,
)

# Referrals first, as every act locks them first.
_PEOPLE: Final = (
    PeopleColumns(referrals.c.handled_by_key, referrals.c.handled_by),
    PeopleColumns(referral_credits.c.person_key, referral_credits.c.person),
    PeopleColumns(hints.c.person_key, hints.c.person),
    PeopleColumns(asks.c.person_key, asks.c.person),
    PeopleColumns(board_people.c.person_key, board_people.c.person),
    PeopleColumns(board_people.c.mentor_key),
    PeopleColumns(board_seasons.c.manager_key, board_seasons.c.manager),
)
_BY_NAME: Final = (ask_scripts.c.author, referral_feedback.c.person)


def is_named(connection: Connection, name: str) -> bool:
    """True if somebody of this name has to do with a referral or a reward."""
    receiver = _received_by(name)
    return is_named_in(connection, _PEOPLE, name) or (
        connection.execute(select(rewards.c.id).where(receiver).limit(1)).first() is not None
    )


def rename_person(connection: Connection, before: str, after: str) -> None:
    """Write the new name of one of our people, so that credit and rewards stay theirs.

    Raises `Conflict` if both names stand beside each other, as those of two people.
    """
    if person_key(before) != person_key(after):
        _refuse_two_people(connection, before, after)
        choice = board_people.c.person_key == person_key(after)
        connection.execute(delete(board_people).where(choice))
    write_name(connection, _PEOPLE, before, after)
    for column in _BY_NAME:
        theirs = update(column.table).where(column == before)
        connection.execute(theirs.values({column.name: after}))
    _rename_receiver(connection, before, after)
    _rename_approver(connection, before, after)


def _received_by(name: str) -> Any:
    """Rewards of one of our people; companies and charities may have any name."""
    return (rewards.c.receiver_kind == SALESPERSON) & (rewards.c.receiver_key == person_key(name))


def _rename_receiver(connection: Connection, before: str, after: str) -> None:
    theirs = select(rewards.c.id).where(_received_by(before))
    held = reward_entries.c.holder == person_key(before)
    entries = update(reward_entries).where(held, reward_entries.c.reward_id.in_(theirs))
    connection.execute(entries.values(holder=person_key(after)))
    heads = update(rewards).where(_received_by(before))
    connection.execute(heads.values(receiver=after, receiver_key=person_key(after)))


def _rename_approver(connection: Connection, before: str, after: str) -> None:
    """Write the name into approvals that wait for a second one, so that they count as theirs."""
    held = select(rewards).where(rewards.c.state == RewardState.HELD.value)
    for row in connection.execute(held).all():
        names = [after if person_key(one) == person_key(before) else one for one in row.approved_by]
        if names != row.approved_by:
            this = update(rewards).where(rewards.c.id == row.id)
            connection.execute(this.values(approved_by=names))


def _refuse_two_people(connection: Connection, before: str, after: str) -> None:
    one, other = referral_credits.alias(), referral_credits.alias()
    credited = (
        select(one.c.referral_id)
        .join(other, other.c.referral_id == one.c.referral_id)
        .where(one.c.person_key == person_key(before), other.c.person_key == person_key(after))
    )
    first, second = rewards.alias(), rewards.alias()
    same = (second.c.referral_id == first.c.referral_id) & (second.c.event == first.c.event)
    rewarded = (
        select(first.c.referral_id)
        .join(second, same)
        .where(first.c.receiver_kind == SALESPERSON, second.c.receiver_kind == SALESPERSON)
        .where(first.c.receiver_key == person_key(before))
        .where(second.c.receiver_key == person_key(after))
    )
    found = connection.execute(credited.union(rewarded).limit(1)).scalar()
    if found is not None:
        raise Conflict(
            f"{before} and {after} stand beside each other in the referral {found}, as two people.",
            hint="Write the new name with something more, so that it is nobody else's.",
        )
