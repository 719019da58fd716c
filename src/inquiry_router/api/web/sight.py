"""Keep actors who are bound to teams or an owner to the inquiries that are theirs.

Routes check every inquiry and callback in an address before the operation runs, so that no
operation can forget it. Operations check those that a body names.
"""

from datetime import datetime

from fastapi import Request
from sqlalchemy import ColumnElement, Connection, exists, false, or_, select

from inquiry_router.access.actor import Actor
from inquiry_router.access.roles import ALWAYS_BOUND
from inquiry_router.accounts import store as accounts
from inquiry_router.accounts.model import person_key
from inquiry_router.accounts.service import AccountFinder
from inquiry_router.accounts.tables import account_roles
from inquiry_router.calls import callback_store
from inquiry_router.database.session import Database
from inquiry_router.inquiries import store
from inquiry_router.inquiries.tables import inquiries
from inquiry_router.inquiry.account import NOBODY, Recognised
from inquiry_router.inquiry.errors import Forbidden, NotFound
from inquiry_router.inquiry.model import Draft, Entity
from inquiry_router.referrals.store import find_referral_row, is_among, is_of_person
from inquiry_router.referrals.tables import referrals
from inquiry_router.staff.tables import staff

_OF_INQUIRIES = ("inquiry_id", "other_id")
_OF_CALLBACKS = ("callback_id",)


async def keep_in_sight(request: Request, actor: Actor, database: Database) -> None:
    """Check what the address names. Raises `Forbidden`.

    `latest` becomes an id, so that the operation gets the one that was checked.
    """
    if not actor.is_bound:
        return
    for name in _OF_INQUIRIES:
        if (named := request.path_params.get(name)) is not None:
            found = await require_sight(actor, named, database)
            if named == store.NEWEST and found is not None:
                request.path_params[name] = found
    if (named := request.path_params.get("referral_id")) is not None:
        found = await _require_referral(actor, named, database)
        request.path_params["referral_id"] = found or named
    for name in _OF_CALLBACKS:
        if (named := request.path_params.get(name)) is not None:
            found = await _require_callback(actor, named, database)
            if named == store.NEWEST and found is not None:
                request.path_params[name] = found


async def _require_referral(actor: Actor, referral: str, database: Database) -> str | None:
    """Raise `Forbidden` unless a referral is theirs to see. Returns its id."""
    theirs = only_their_referrals(actor)

    def work(connection: Connection) -> tuple[str, bool]:
        row = find_referral_row(connection, referral)
        return row.id, theirs is None or is_among(connection, row.id, theirs)

    try:
        referral_id, is_theirs = await database.read(work)
    except NotFound:
        return None
    if not is_theirs:
        raise Forbidden(
            f"'{actor.id}' has no part in this referral.",
            hint="They see those that they brought, handle, or that their customers made; agents "
            "those of their inquiries too.",
        )
    return referral_id


async def require_sight(actor: Actor, inquiry: str, database: Database) -> str | None:
    """Raise `Forbidden` unless an inquiry is theirs to see. Returns its id, if there is one."""
    if not actor.is_bound:
        return None

    def work(connection: Connection) -> tuple[str, str, str | None]:
        row = store.find_inquiry(connection, inquiry)
        return row.id, row.team, _owner_of(connection, row.id, actor)

    try:
        inquiry_id, team, owner = await database.read(work)
    except NotFound:  # the operation says so, in its own words
        return None
    actor.require_sight(team, owner)
    return inquiry_id


def only_theirs(actor: Actor) -> ColumnElement[bool] | None:
    """The inquiries that an actor may see, as a condition for lists; None for all."""
    if not actor.is_bound:
        return None
    return or_(inquiries.c.team.in_(actor.teams), _is_of(actor.owner))


def only_their_referrals(actor: Actor) -> ColumnElement[bool] | None:
    """The referrals that an actor may see, as a condition; None for all.

    An agent sees those of the inquiries that they see, too.
    """
    only = only_theirs(actor)
    if only is None:
        return None
    theirs = is_of_person(person_key(actor.owner or ""))
    if ALWAYS_BOUND.issuperset(actor.roles):
        return theirs
    return or_(theirs, referrals.c.inquiry_id.in_(select(inquiries.c.id).where(only)))


def only_their_accounts(actor: Actor) -> ColumnElement[bool] | None:
    """The accounts that an actor sees; None for all. A salesperson sees those of their own."""
    if not actor.is_bound:
        return None
    teams = () if ALWAYS_BOUND.issuperset(actor.roles) else actor.teams
    return accounts.seen_by(actor.owner, teams)


def require_account(connection: Connection, actor: Actor, account_id: str) -> None:
    """Raise `Forbidden` unless an account is theirs to see."""
    only = only_their_accounts(actor)
    if only is not None and not accounts.is_among(connection, account_id, only):
        raise Forbidden(
            f"'{actor.id}' has no role at this account, and their teams none of its inquiries.",
            hint="An admin or manager gives a role: PUT /v1/accounts/{id}, 'roles'.",
        )


async def find_their_account(
    draft: Draft,
    entities: tuple[Entity, ...],
    now: datetime,
    *,
    actor: Actor,
    finder: AccountFinder,
    database: Database,
) -> Recognised:
    """Find the account of a draft; one that is not theirs to see is as good as unknown."""
    found, only = await finder.find(draft, entities, now), only_their_accounts(actor)
    if only is None or found == NOBODY:
        return found
    named = [one for one in (found.sure, *found.maybe) if one is not None]

    def work(connection: Connection) -> set[str]:
        return {one.id for one in named if accounts.is_among(connection, one.id, only)}

    seen = await database.read(work)
    sure = found.sure if found.sure is not None and found.sure.id in seen else None
    return Recognised(sure, tuple(one for one in found.maybe if one.id in seen))


def _is_of(person: str | None) -> ColumnElement[bool]:
    """True for inquiries that somebody has, or is asked to take, and those of their accounts."""
    if person is None:
        return false()
    key = person_key(person)
    they = select(staff.c.id).where(staff.c.name_key == key)
    theirs = select(account_roles.c.account_id).where(account_roles.c.person_key == key)
    return or_(inquiries.c.assignee_id.in_(they), inquiries.c.account_id.in_(theirs))


def _owner_of(connection: Connection, inquiry_id: str, actor: Actor) -> str | None:
    """The person of an actor, if an inquiry is theirs."""
    if actor.owner is None:
        return None
    query = select(exists().where(inquiries.c.id == inquiry_id, _is_of(actor.owner)))
    return actor.owner if connection.execute(query).scalar_one() else None


async def _require_callback(actor: Actor, callback: str, database: Database) -> str | None:
    def work(connection: Connection) -> tuple[str, str, str | None]:
        found = callback_store.look_at_callback(connection, callback)
        return found.id, found.team, _owner_of(connection, found.inquiry_id, actor)

    try:
        callback_id, team, owner = await database.read(work)
    except NotFound:
        return None
    actor.require_sight(team, owner)
    return callback_id
