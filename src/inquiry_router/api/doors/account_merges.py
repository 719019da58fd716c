"""The door for merges of accounts."""

from functools import partial
from typing import Annotated

from fastapi import Path, Request, Response

from inquiry_router.access.roles import Scope
from inquiry_router.accounts import merging
from inquiry_router.api.doors.accounts import AccountId
from inquiry_router.api.schemas.account_merges import (
    AccountMergeIn,
    AccountMergeList,
    AccountMergeOut,
    merge_json,
)
from inquiry_router.api.web.routing import Door, answer, house, key_of
from inquiry_router.process.clock import utc_now

door = Door("Accounts")

MergeId = Annotated[
    str,
    Path(
        max_length=64,
        description="The id of the merge.",
        openapi_examples={"first": {"value": "0198c0de-7b1e-7cc3-98c4-dc0c0c07398f"}},
    ),
]


@door.operation(
    "POST",
    "/accounts/{account_id}/merge",
    scope=Scope.ACCOUNTS,
    response_model=AccountMergeOut,
    problems=(404, 409),
    summary="Merge an account into another one",
)
async def merge_account(request: Request, account_id: AccountId, merge: AccountMergeIn) -> Response:
    """Make the account part of another one, which gets its contact points, people and roles.

    Where the other has a value, that stays. Both ids lead to the one that remains.
    """
    work = partial(
        merging.merge_accounts,
        gone=account_id,
        kept=merge.into,
        actor=key_of(request).id,
        now=utc_now(),
    )
    return answer(merge_json(await house(request).database.write(work)))


@door.operation(
    "GET",
    "/accounts/{account_id}/merges",
    scope=Scope.ACCOUNTS,
    response_model=AccountMergeList,
    problems=(404,),
    summary="List the merges of an account",
)
async def list_account_merges(request: Request, account_id: AccountId) -> Response:
    """List the merges into this account, the newest first, undone ones too."""
    work = partial(merging.list_merges, account=account_id)
    found = await house(request).database.read(work)
    return answer({"items": [merge_json(one) for one in found]})


@door.operation(
    "POST",
    "/accounts/merges/{merge_id}/undo",
    scope=Scope.ACCOUNTS,
    response_model=AccountMergeOut,
    problems=(404, 409),
    summary="Undo a merge of accounts",
)
async def undo_account_merge(request: Request, merge_id: MergeId) -> Response:
    """Give the account back what the merge took. What people changed since stays as it is."""
    work = partial(merging.undo_merge, merge_id=merge_id, now=utc_now())
    return answer(merge_json(await house(request).database.write(work)))
