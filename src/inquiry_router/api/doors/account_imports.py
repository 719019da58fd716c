"""The door for imports of accounts."""

from typing import Annotated, Final

from fastapi import Query, Request, Response

from inquiry_router.access.roles import Scope
from inquiry_router.accounts.importing import ImportOptions, ImportResult, import_accounts
from inquiry_router.api.schemas.account_imports import MAX_SHOWN, AccountImportOut, import_json
from inquiry_router.api.web.columns import read_columns
from inquiry_router.api.web.deadline import allow_long_work
from inquiry_router.api.web.routing import Door, answer, house, limited_body
from inquiry_router.inquiry.errors import BodyTooLarge, Invalid, UnsupportedMediaType
from inquiry_router.process.clock import utc_now
from inquiry_router.text.table_files import SAVE_AS_CSV

door = Door("Accounts")

MAX_FILE_BYTES: Final = 16 * 1024 * 1024
_UPLOAD_S: Final = 120.0
_CSV: Final = ("text/csv", "text/plain", "application/vnd.ms-excel", "application/octet-stream")
_FILE: Final = (
    "Kod;Nazwa;NIP;E-mail;Telefon;Opiekun\r\n"
    "K-1024;Hydro-Bud sp. z o.o.;526-000-12-46;biuro@hydro-bud.example;22 123 45 67;Bartek Wilk\r\n"
)
_ENTRIES: Final = (
    {"external_id": "K-1024", "name": "Hydro-Bud sp. z o.o.", "phones": ["221234567"]},
    {"external_id": "K-2048", "name": "Hydro-Bud Serwis", "emails": ["serwis@hydro-bud.example"]},
)


@door.operation(
    "POST",
    "/accounts/import",
    scope=Scope.ACCOUNTS,
    response_model=AccountImportOut,
    problems=(409,),
    summary="Import accounts from a file",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "text/csv": {"schema": {"type": "string"}, "example": _FILE},
                "application/json": {
                    "schema": {"type": "object"},
                    "example": {"accounts": list(_ENTRIES)},
                },
            },
        },
    },
)
async def import_account_file(
    request: Request,
    dry_run: Annotated[
        bool, Query(description="true: store nothing, only say what would change.")
    ] = False,
    skip_errors: Annotated[
        bool,
        Query(description="true: leave rows with problems out, and import the others."),
    ] = False,
    columns: Annotated[
        str | None,
        Query(
            max_length=4000,
            description="Fields by heading, as a JSON object, where they are not found out: "
            '`{"Skrót": "external_id", "Rabat": "tier", "Magazynier": "role:stock"}`. `ignore` '
            "leaves a column out.",
        ),
    ] = None,
    encoding: Annotated[
        str | None,
        Query(
            max_length=40,
            description="The encoding of a CSV file, if it is neither UTF-8 nor windows-1250.",
        ),
    ] = None,
) -> Response:
    """Import accounts from CSV (as Excel and ERP programs write it) or JSON, 16 MB at most.

    Accounts are found again by external id, else by NIP: sent twice, nothing changes. Empty cells
    and accounts that are not in the file stay as they are. With any problem nothing is stored. If
    no answer comes, send the file again: it goes on where it stopped.
    """
    allow_long_work(request)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    is_json = kind == "application/json"
    if not is_json and kind not in _CSV:
        raise UnsupportedMediaType(
            f"The Content-Type is '{kind[:60]}'.",
            hint=f"Send text/csv or application/json; {SAVE_AS_CSV}.",
        )
    options = ImportOptions(
        is_json, read_columns(columns, '{"Skrót": "external_id"}'), encoding, dry_run, skip_errors
    )
    try:
        content = await limited_body(request, MAX_FILE_BYTES, _UPLOAD_S)
    except BodyTooLarge:
        raise BodyTooLarge(hint="16 MB are read: cut the file into several ones.") from None
    result = await import_accounts(house(request).database, content, options, utc_now())
    if not result.stored and not dry_run:
        raise _refused(result)
    return answer(import_json(result))


def _refused(result: ImportResult) -> Invalid:
    count = len(result.problems)
    errors = [
        {
            "field": f"line {one.line}" + (f", {one.column}" if one.column else ""),
            "message": one.message,
        }
        for one in result.problems[:MAX_SHOWN]
    ]
    return Invalid(
        f"The file has {count} problem{'s' if count != 1 else ''}; nothing was imported.",
        hint="Mend these lines and send the file again. `skip_errors=true` leaves them out.",
        errors=errors,
    )
