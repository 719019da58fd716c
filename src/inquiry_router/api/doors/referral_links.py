"""The door for signed links, the recommender of a caller, and invoices that win referrals."""

from dataclasses import asdict
from typing import Annotated, Final

from fastapi import Query, Request, Response
from sqlalchemy import Connection

from inquiry_router.access.roles import Scope
from inquiry_router.accounts.store import find_row
from inquiry_router.api.doors.asking import require_self
from inquiry_router.api.doors.referrals import ReferralId
from inquiry_router.api.doors.rewards import person_of
from inquiry_router.api.schemas.asking import (
    InvoicesOut,
    RecommendLinkIn,
    RecommendLinkOut,
    ReferralLinksOut,
    ReferralMatchOut,
)
from inquiry_router.api.web.routing import (
    Door,
    answer,
    house,
    key_of,
    limited_body,
    outside_address,
)
from inquiry_router.api.web.sight import require_account
from inquiry_router.corrections.referral_links import form_token, outcome_token, status_token
from inquiry_router.inquiry.errors import Invalid, NotFound, UnsupportedMediaType
from inquiry_router.intake.cleaning import clean_email, clean_phone
from inquiry_router.process.clock import utc_now
from inquiry_router.referrals import store
from inquiry_router.referrals.known import find_known

door = Door("Referrals")

_MAX_FILE_BYTES: Final = 16 * 1024 * 1024
_UPLOAD_S: Final = 120.0
_CSV: Final = ("text/csv", "text/plain", "application/vnd.ms-excel", "application/octet-stream")
_FILE: Final = "NIP;Numer;Kwota;Data\r\n526-000-12-46;FV/2026/118;12 500,00;2026-11-18\r\n"
_ENTRIES: Final = (
    {"tax_id": "5260001246", "number": "FV/2026/118", "amount": "12500.00", "date": "2026-11-02"},
)


@door.operation(
    "GET",
    "/referrals-of",
    scope=Scope.PHONE,
    response_model=ReferralMatchOut,
    summary="Ask who recommended a caller",
)
async def match_referral(
    request: Request,
    phone: Annotated[str | None, Query(max_length=60, description="The caller's number.")] = None,
    email: Annotated[str | None, Query(max_length=254, description="Their address.")] = None,
) -> Response:
    """Tell the phone line who recommended a caller, and whose referral it is."""
    number, address, now = clean_phone(phone), clean_email(email), utc_now()

    def work(connection: Connection) -> dict[str, object]:
        known = find_known(connection, number, address, now)
        if known is None:
            return {"referral": None}
        one = store.read_referral(connection, known.id)
        return {
            "referral": {
                "id": one.id,
                "recommender": known.recommender,
                "credit": [share.person for share in one.credits],
                "handled_by": one.handled_by,
            }
        }

    return answer(await house(request).database.read(work))


@door.operation(
    "POST",
    "/referrals/{referral_id}/links",
    scope=Scope.WORK,
    status_code=201,
    response_model=ReferralLinksOut,
    problems=(404,),
    summary="Make links for the recommender and the salesperson",
)
async def make_referral_links(
    request: Request,
    referral_id: ReferralId,
    person: Annotated[
        str | None,
        Query(min_length=1, max_length=128, description="Our person whom the outcome link is for."),
    ] = None,
) -> Response:
    """Make signed links: the state for the recommender, outcomes by one click for us."""
    rooms, now = house(request), utc_now()
    if person is not None:
        require_self(request, person)
    found, _ = await rooms.referrals.read(referral_id)
    status = await status_token(rooms.correction_links, found.id, now)
    name = person or person_of(request)
    member = rooms.staff.roster.by_name(name)  # whose id stays, whatever their name will be
    sign = member.id if member is not None else name
    outcome = await outcome_token(rooms.correction_links, found.id, sign, now)
    links = {
        "status": outside_address(request, f"/referral-status/{status}"),
        "outcome": outside_address(request, f"/referral-outcome/{outcome}"),
    }
    return answer(links, 201)


@door.operation(
    "POST",
    "/recommend-links",
    scope=Scope.WORK,
    status_code=201,
    response_model=RecommendLinkOut,
    problems=(404,),
    summary="Make a personal form for recommending",
)
async def make_recommend_link(request: Request, body: RecommendLinkIn) -> Response:
    """Make the address of a form for a customer, or for one of our people to hand out.

    Whoever comes by a salesperson's form is credited to them; by a customer's, to who asked them.
    """
    rooms, now = house(request), utc_now()
    if (body.account is None) == (body.person is None):
        raise Invalid("Name either 'account' or 'person'.", hint="Leave the other one out.")
    if body.person is not None:
        require_self(request, body.person)
        member = rooms.staff.roster.by_name(body.person)
        if member is None:
            raise NotFound(f"There is no '{body.person}'.", hint="GET /v1/staff lists our people.")
        owner_id, name = member.id, member.name
    else:
        named, actor = body.account or "", key_of(request)

        def work(connection: Connection) -> tuple[str, str]:
            row = find_row(connection, named)
            require_account(connection, actor, row.id)
            return row.id, row.name

        owner_id, name = await rooms.database.read(work)
    token = await form_token(rooms.correction_links, owner_id, name[:64], now)
    return answer({"url": outside_address(request, f"/recommend/{token}")}, 201)


@door.operation(
    "POST",
    "/invoices/import",
    scope=Scope.ACCOUNTS,
    response_model=InvoicesOut,
    summary="Import invoices, which win referrals",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "text/csv": {"schema": {"type": "string"}, "example": _FILE},
                "application/json": {
                    "schema": {"type": "object"},
                    "example": {"invoices": list(_ENTRIES)},
                },
            },
        }
    },
)
async def import_invoices(
    request: Request,
    encoding: Annotated[
        str | None,
        Query(max_length=40, description="If it is neither UTF-8 nor windows-1250."),
    ] = None,
) -> Response:
    """Import invoices from CSV or JSON (NIP, number, amount, day), 16 MB; each counts once.

    The first invoice of a prospect wins their referral. Each purchase may become a hint.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" and kind not in _CSV:
        raise UnsupportedMediaType(
            f"The Content-Type is '{kind[:60]}'.", hint="Send text/csv or application/json."
        )
    content = await limited_body(request, _MAX_FILE_BYTES, _UPLOAD_S)
    done = await house(request).referrals.import_invoices(
        content, encoding, key_of(request).id, utc_now(), is_json=kind == "application/json"
    )
    problems = [asdict(one) for one in done.problems]
    result = {"stored": done.stored, "repeated": done.repeated, "won": list(done.won)}
    return answer(result | {"problems": problems})
