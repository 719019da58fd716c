"""The door for the CRM that is asked about customers whom no account matches."""

import time
from dataclasses import asdict

from fastapi import Request, Response
from sqlalchemy import Connection

from inquiry_router.access.roles import Scope
from inquiry_router.accounts.asking import CrmSettings, Questioned
from inquiry_router.accounts.crm import CrmFailed, ask_crm
from inquiry_router.accounts.crm_store import (
    StoredLookup,
    read_lookup,
    remove_lookup,
    save_lookup,
)
from inquiry_router.api.schemas.account_lookup import (
    LookupIn,
    LookupOut,
    LookupTrialIn,
    LookupTrialOut,
)
from inquiry_router.api.web.documents import WITH_ETAG, IfMatchOrAny
from inquiry_router.api.web.routing import Door, answer, etag, house, required_version
from inquiry_router.inquiry.errors import Conflict, Invalid
from inquiry_router.outside.addresses import Reach
from inquiry_router.process.clock import utc_now

door = Door("Accounts")


@door.operation(
    "GET",
    "/account-lookup",
    scope=Scope.READ,
    response_model=LookupOut,
    responses=WITH_ETAG,
    summary="See which CRM is asked",
)
async def read_account_lookup(request: Request) -> Response:
    """Show the CRM that is asked about customers whom no account matches; its secret is masked."""
    rooms = house(request)
    return _shown(await rooms.database.read(read_lookup), rooms.reach)


@door.operation(
    "PUT",
    "/account-lookup",
    scope=Scope.ADMIN,
    response_model=LookupOut,
    responses=WITH_ETAG,
    problems=(412, 428),
    summary="Set the CRM that is asked",
)
async def set_account_lookup(
    request: Request, lookup: LookupIn, if_match: IfMatchOrAny = None
) -> Response:
    """Replace the settings; the next inquiry uses them. Try them: POST /v1/account-lookup/trial."""
    rooms, now = house(request), utc_now()

    def work(connection: Connection) -> StoredLookup:
        present = read_lookup(connection)
        expected = required_version(if_match, present.version)
        settings = _read(lookup.settings, dict(present.settings or {}), rooms.reach)
        save_lookup(connection, settings.stored(), expected, now)
        return read_lookup(connection)

    return _shown(await rooms.database.write(work), rooms.reach)


@door.operation(
    "DELETE",
    "/account-lookup",
    scope=Scope.ADMIN,
    status_code=204,
    summary="Ask no CRM any more",
)
async def remove_account_lookup(request: Request) -> Response:
    """Forget the settings. The accounts that the CRM told stay."""
    await house(request).database.write(remove_lookup)
    return Response(status_code=204)


@door.operation(
    "POST",
    "/account-lookup/trial",
    scope=Scope.ADMIN,
    response_model=LookupTrialOut,
    problems=(409,),
    summary="Ask the CRM, and store nothing",
)
async def try_account_lookup(request: Request, asked: LookupTrialIn) -> Response:
    """Ask the CRM about a customer now, and show what would be stored."""
    rooms = house(request)
    stored = await rooms.database.read(read_lookup)
    if stored.settings is None:
        raise Conflict("No CRM is set.", hint="PUT /v1/account-lookup sets it.")
    settings = _read(stored.settings, {}, rooms.reach)
    found, problem, begun = None, None, time.monotonic()
    try:
        about = Questioned(asked.email, asked.phone, asked.tax_id)
        found = await ask_crm(rooms.fetcher.client, settings, about)
    except CrmFailed as error:
        problem = str(error)
    record = asdict(found[1]) if found is not None else None
    known = {name: one for name, one in record.items() if one} if record is not None else None
    milliseconds = round(1000 * (time.monotonic() - begun))
    return answer({"found": known, "problem": problem, "milliseconds": milliseconds})


def _read(sent: dict[str, object], stored: dict[str, object], reach: Reach) -> CrmSettings:
    """Read settings, with the stored secret where none was sent. Raises `Invalid`."""
    try:
        return CrmSettings.from_stored(CrmSettings.completed(sent, stored), reach=reach)
    except ValueError as error:
        errors = [
            {"field": f"settings.{one.partition(': ')[0]}", "message": one.partition(": ")[2]}
            for one in str(error).split("; ")
        ]
        raise Invalid(str(error), errors=errors) from None


def _shown(stored: StoredLookup, reach: Reach) -> Response:
    shown = None
    if stored.settings is not None:
        shown = _read(stored.settings, {}, reach).shown()
    body = {"settings": shown, "version": stored.version}
    return answer(body, ETag=etag(stored.version))
