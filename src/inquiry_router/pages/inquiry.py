"""The page of one inquiry: what was said, what was decided and why, and what people do with it."""

from functools import partial
from typing import Any, Final

from fastapi import Request, Response

from inquiry_router.access.roles import Scope
from inquiry_router.api.doors.explanation import explain
from inquiry_router.api.doors.inquiries import look_with_promises
from inquiry_router.api.web.routing import house, key_of
from inquiry_router.api.web.sight import only_their_referrals, require_sight
from inquiry_router.api.web.speaking import in_language
from inquiry_router.configuration.naming import names_in
from inquiry_router.corrections.service import Correction
from inquiry_router.delivery.model import Delivery
from inquiry_router.delivery.records import list_deliveries
from inquiry_router.inquiry.errors import Conflict, Invalid, NotFound
from inquiry_router.matters.status import Act
from inquiry_router.pages.choices import intents_by_category
from inquiry_router.pages.inquiry_view import conversation_of, events_of, found_of, ranking_of
from inquiry_router.pages.kit import language_of, names_for, render
from inquiry_router.pages.routing import PageDoor, form_of, go_to
from inquiry_router.process.clock import utc_now
from inquiry_router.referrals.model import StoredReferral
from inquiry_router.referrals.store import ReferralFilters, list_referrals
from inquiry_router.text.telling_words import telling_words

door = PageDoor()

_PATH: Final = "/inquiries/{inquiry_id}"
_MAX_DELIVERIES: Final = 20
_ACTS: Final = (Act.ANSWERED, Act.RESOLVED, Act.REOPENED)


@door.page("GET", _PATH, scope=Scope.INQUIRIES)
async def show_inquiry(request: Request, inquiry_id: str) -> Response:
    """Show everything that is known of an inquiry."""
    why = request.query_params.get("why") == "more"
    explained = await explain(request, inquiry_id, language_of(request)) if why else None
    return await _show(request, inquiry_id, explained=explained)


async def _show(
    request: Request,
    inquiry_id: str,
    status: int = 200,
    wrong: str | None = None,
    explained: dict[str, Any] | None = None,
) -> Response:
    """Show the page; `wrong` is the name of a text about a form that could not be carried out."""
    rooms, names, actor = house(request), names_for(request), key_of(request)
    stored = await look_with_promises(rooms, inquiry_id)
    inquiry = in_language(stored, names.language, names_in(names.configuration))
    classification = inquiry["classification"]
    words = telling_words(one["text"] for one in classification["evidence"])
    return render(
        request,
        "inquiry.html",
        status,
        wrong=wrong,
        inquiry=inquiry,
        explained=explained,
        words=words,
        conversation=conversation_of(inquiry, words),
        ranking=ranking_of(inquiry),
        events=events_of(inquiry),
        found=found_of(inquiry),
        referrals=await _referrals(request, inquiry["id"]),
        deliveries=await _deliveries(request, inquiry["id"]) if not actor.is_bound else [],
        choices=[(one, names.choice(one)) for one in names.configuration.category_ids],
        intents=intents_by_category(names.configuration, names),
        teams=[(one.id, names.team(one.id)) for one in names.configuration.teams.teams],
    )


@door.page("POST", f"{_PATH}/correct", scope=Scope.WORK)
async def correct_on_page(request: Request, inquiry_id: str) -> Response:
    """Record what was right, and decide again."""
    form, rooms = form_of(request), house(request)
    category, intent = form.line("category"), form.line("intent") or None
    configuration = rooms.configuration.current
    if category not in configuration.category_ids:
        return await _show(request, inquiry_id, 422, "pick")
    if intent is not None and configuration.own_intents.category_of.get(intent) != category:
        return await _show(request, inquiry_id, 422, "apart")
    said = Correction(
        who=key_of(request).name,
        category=category,
        intent=intent,
        team=form.line("team") or None,
        why=form.line("why") or None,
    )
    try:
        await rooms.corrections.correct(inquiry_id, said, key_of(request).id, utc_now())
    except Invalid:
        return await _show(request, inquiry_id, 422, "not_to_sales")
    return go_to(request, f"/inquiries/{inquiry_id}", "corrected")


@door.page("POST", f"{_PATH}/act", scope=Scope.WORK)
async def act_on_page(request: Request, inquiry_id: str) -> Response:
    """Record that a person answered, resolved or reopened it."""
    form, actor = form_of(request), key_of(request)
    act = next((one for one in _ACTS if one.value == form.line("act")), None)
    if act is None:
        return await _show(request, inquiry_id, 422, "no_act")
    note = form.line("note") or None
    await house(request).acts.record(act, inquiry_id, actor.name, note, actor.id, utc_now())
    return go_to(request, f"/inquiries/{inquiry_id}", act.value)


@door.page("POST", f"{_PATH}/split", scope=Scope.ARRANGE)
async def split_on_page(request: Request, inquiry_id: str) -> Response:
    """Make a message an inquiry of its own, and show that one."""
    actor, by_hand = key_of(request), house(request).by_hand
    message = form_of(request).line("message")
    try:
        receipt = await by_hand.split(inquiry_id, message, actor.name, actor.id, utc_now())
    except (Conflict, NotFound):
        return await _show(request, inquiry_id, 409, "not_split")
    return go_to(request, f"/inquiries/{receipt.reference}", "split")


@door.page("POST", f"{_PATH}/merge", scope=Scope.ARRANGE)
async def merge_on_page(request: Request, inquiry_id: str) -> Response:
    """Make it part of another inquiry of the same customer, and show that one."""
    actor, by_hand = key_of(request), house(request).by_hand
    into = form_of(request).line("into", 64)
    await require_sight(actor, into, house(request).database)
    try:
        receipt = await by_hand.merge(inquiry_id, into, actor.name, actor.id, utc_now())
    except NotFound:
        return await _show(request, inquiry_id, 422, "no_such_inquiry")
    except Conflict:
        return await _show(request, inquiry_id, 409, "not_merged")
    return go_to(request, f"/inquiries/{receipt.reference}", "merged")


@door.page("POST", f"{_PATH}/unmerge", scope=Scope.ARRANGE)
async def undo_merge_on_page(request: Request, inquiry_id: str) -> Response:
    """Give a merged inquiry its messages back, and show it."""
    actor, by_hand = key_of(request), house(request).by_hand
    try:
        receipt = await by_hand.undo_merge(inquiry_id, actor.name, actor.id, utc_now())
    except Conflict:
        return await _show(request, inquiry_id, 409, "not_unmerged")
    return go_to(request, f"/inquiries/{receipt.reference}", "unmerged")


@door.page("POST", f"{_PATH}/link", scope=Scope.ARRANGE)
async def link_on_page(request: Request, inquiry_id: str) -> Response:
    """Link it to another inquiry that has to do with it."""
    actor, rooms, to = key_of(request), house(request), form_of(request).line("to", 64)
    await require_sight(actor, to, rooms.database)
    try:
        await rooms.by_hand.link(inquiry_id, to, actor.name, None, actor.id, utc_now())
    except NotFound:
        return await _show(request, inquiry_id, 422, "no_such_inquiry")
    except Conflict:
        return await _show(request, inquiry_id, 409, "not_linked")
    return go_to(request, f"/inquiries/{inquiry_id}", "linked")


@door.page("POST", f"{_PATH}/unlink/{{other_id}}", scope=Scope.ARRANGE)
async def unlink_on_page(request: Request, inquiry_id: str, other_id: str) -> Response:
    """Remove the link to another inquiry."""
    actor, by_hand = key_of(request), house(request).by_hand
    try:
        await by_hand.unlink(inquiry_id, other_id, actor.name, actor.id, utc_now())
    except Conflict:
        return await _show(request, inquiry_id, 409, "not_linked")
    return go_to(request, f"/inquiries/{inquiry_id}", "unlinked")


async def _deliveries(request: Request, inquiry_id: str) -> list[Delivery]:
    """The newest deliveries of an inquiry, for readers who see those of all teams."""
    if Scope.READ not in key_of(request).scopes:
        return []
    found = await house(request).database.read(
        lambda c: list_deliveries(c, inquiry_id=inquiry_id, limit=_MAX_DELIVERIES)
    )
    return list(found)


async def _referrals(request: Request, inquiry_id: str) -> list[StoredReferral]:
    """The referrals that an inquiry made, as far as the reader may see them."""
    filters = ReferralFilters(inquiry_id=inquiry_id, only=only_their_referrals(key_of(request)))
    query = partial(list_referrals, filters=filters, after=None, limit=5)
    return await house(request).database.read(query)
