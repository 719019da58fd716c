"""The door for accounts: create, read, change, search, and try the recognition out."""

from functools import partial
from typing import Annotated, Final

from fastapi import Path, Query, Request, Response
from sqlalchemy import Connection

from inquiry_router.access.roles import Scope
from inquiry_router.accounts import store
from inquiry_router.accounts.model import StoredAccount
from inquiry_router.accounts.store import AccountFilters
from inquiry_router.api.schemas.account_answers import RecognisedOut
from inquiry_router.api.schemas.accounts import (
    AccountIn,
    AccountPage,
    AccountWhole,
    ChangedAccount,
    MatchIn,
    account_json,
)
from inquiry_router.api.web.documents import WITH_ETAG, IfMatch, refuse_read_only
from inquiry_router.api.web.routing import (
    Door,
    answer,
    etag,
    house,
    key_of,
    path_here,
    required_version,
)
from inquiry_router.api.web.sight import find_their_account, only_their_accounts, require_account
from inquiry_router.entities.finding import find_entities
from inquiry_router.inquiry.account import recognised_json
from inquiry_router.inquiry.errors import Invalid, PreconditionFailed
from inquiry_router.inquiry.model import Channel, Contact, Draft
from inquiry_router.intake.cleaning import clean
from inquiry_router.process.clock import utc_now
from inquiry_router.process.ids import is_id

door = Door("Accounts")

AccountId = Annotated[
    str,
    Path(
        min_length=1,
        max_length=128,
        description="The account's id, or its external id.",
        openapi_examples={"first": {"value": "K-1024"}},
    ),
]
_READ_ONLY: Final = ("id", "provisional", "created_at", "changed_at")


@door.operation(
    "GET",
    "/accounts",
    scope=Scope.INQUIRIES,
    response_model=AccountPage,
    summary="List and search accounts",
)
async def list_accounts(
    request: Request,
    q: Annotated[
        str | None,
        Query(
            min_length=2,
            max_length=200,
            description="Words of the name, a NIP, an external id, or a whole address or number.",
        ),
    ] = None,
    tier: Annotated[
        str | None, Query(min_length=1, max_length=64, description="Only this tier.")
    ] = None,
    person: Annotated[
        str | None,
        Query(min_length=1, max_length=128, description="One of our people with a role there."),
    ] = None,
    cursor: Annotated[
        str | None, Query(max_length=64, description="`next_cursor` of the page before.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200, description="How many on a page.")] = 50,
) -> Response:
    """List accounts, the newest first. Who is bound sees those where they have a role.

    An agent who is bound to teams sees those of these teams' inquiries too.
    """
    if cursor is not None and not is_id(cursor):
        raise Invalid(
            "The cursor was not made by this service.", hint="Send next_cursor as it was answered."
        )
    filters = AccountFilters(q, tier, person, only_their_accounts(key_of(request)))
    found = await house(request).database.scan(
        partial(store.list_accounts, filters=filters, after=cursor, limit=limit)
    )
    more = found[-1].id if len(found) == limit else None
    return answer({"items": [account_json(one) for one in found], "next_cursor": more})


@door.operation(
    "POST",
    "/accounts",
    scope=Scope.ACCOUNTS,
    status_code=201,
    response_model=AccountWhole,
    problems=(409,),
    summary="Create an account",
)
async def create_account(request: Request, account: AccountIn) -> Response:
    """Create an account. 409: an address, number or external id belongs to another one."""
    data, now = account.value, utc_now()

    def work(connection: Connection) -> StoredAccount:
        return store.read_account(connection, store.add_account(connection, data, now))

    made = await house(request).database.write(work)
    location = path_here(request, f"/v1/accounts/{made.id}")
    return answer(account_json(made), 201, location=location, ETag=etag(made.version))


@door.operation(
    "POST",
    "/accounts/match",
    scope=Scope.TRY,
    response_model=RecognisedOut,
    summary="Try the recognition of accounts out",
)
async def match_account(request: Request, given: MatchIn) -> Response:
    """Answer the account that an inquiry with these values would get, sure and maybe apart.

    Who is bound hears of no account but theirs.
    """
    contact = Contact(email=given.email, phone=given.phone, company=given.company)
    draft = clean(Draft(Channel.API, given.text, contact=contact))
    rooms, entities = house(request), find_entities(None, draft.text)
    found = await find_their_account(
        draft,
        entities,
        utc_now(),
        actor=key_of(request),
        finder=rooms.accounts,
        database=rooms.database,
    )
    return answer(recognised_json(found))


@door.operation(
    "GET",
    "/accounts/{account_id}",
    scope=Scope.INQUIRIES,
    response_model=AccountWhole,
    responses=WITH_ETAG,
    problems=(404,),
    summary="Look at an account",
)
async def read_account(request: Request, account_id: AccountId) -> Response:
    """Read one account. The id of a merged one shows the one that it is part of."""
    actor = key_of(request)

    def work(connection: Connection) -> StoredAccount:
        found = store.read_account(connection, account_id)
        require_account(connection, actor, found.id)
        return found

    found = await house(request).database.read(work)
    return answer(account_json(found), ETag=etag(found.version))


@door.operation(
    "PUT",
    "/accounts/{account_id}",
    scope=Scope.ACCOUNTS,
    response_model=AccountWhole,
    responses=WITH_ETAG,
    problems=(404, 409, 412, 428),
    summary="Change an account",
)
async def change_account(
    request: Request, account_id: AccountId, account: ChangedAccount, if_match: IfMatch = None
) -> Response:
    """Replace everything of an account. Read it first, edit the answer and send it back."""
    expected, data, now = required_version(if_match), account.value, utc_now()

    def work(connection: Connection) -> StoredAccount:
        before = store.read_account(connection, account_id)
        if before.version != expected:
            raise PreconditionFailed()
        refuse_read_only(account, account_json(before), *_READ_ONLY)
        store.replace_account(connection, before.id, data, expected, now)
        return store.read_account(connection, before.id)

    changed = await house(request).database.write(work)
    return answer(account_json(changed), ETag=etag(changed.version))


@door.operation(
    "DELETE",
    "/accounts/{account_id}",
    scope=Scope.ACCOUNTS,
    status_code=204,
    problems=(404, 412, 428),
    summary="Remove an account",
)
async def remove_account(
    request: Request, account_id: AccountId, if_match: IfMatch = None
) -> Response:
    """Remove an account with its contact points, people and roles. Its inquiries stay."""
    expected = required_version(if_match)

    def work(connection: Connection) -> None:
        row = store.find_row(connection, account_id)
        store.remove_account(connection, row.id, expected)

    await house(request).database.write(work)
    return Response(status_code=204)
