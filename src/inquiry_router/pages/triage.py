"""The page of triage: one unsure inquiry at a time, one key a decision, then the next."""

from collections.abc import Sequence
from typing import Any, Final

from fastapi import Request, Response

from inquiry_router.access.roles import Scope
from inquiry_router.api.doors.inquiries import look_at_inquiry
from inquiry_router.api.doors.inquiry_list import count_each, find_inquiries
from inquiry_router.api.schemas.inquiry_list import FilterParameters, ListParameters
from inquiry_router.api.web.routing import house, key_of
from inquiry_router.corrections.service import Correction
from inquiry_router.inquiry.model import Priority
from inquiry_router.pages.inquiry_view import conversation_of, ranking_of
from inquiry_router.pages.kit import names_for, render
from inquiry_router.pages.names import ReaderNames
from inquiry_router.pages.routing import PageDoor, form_of, go_to
from inquiry_router.process.clock import utc_now
from inquiry_router.text.telling_words import telling_words

door = PageDoor()

PATH: Final = "/triage"
# So many of the newest are put into order; nobody decides more at a sitting.
_LOOKED_AT: Final = 200
KEYS: Final = "123456789qwertyuiop"
_PRIORITIES: Final = tuple(Priority)


@door.page("GET", PATH, scope=Scope.WORK)
async def show_triage(request: Request) -> Response:
    """Show the most urgent inquiry that is unsure, or the one after that which was skipped."""
    rooms, names, actor = house(request), names_for(request), key_of(request)
    asked = {"unsure": True, "open": True}
    found = await find_inquiries(rooms, ListParameters(**asked, limit=_LOOKED_AT), actor, names.now)
    (count,) = await count_each(rooms, [FilterParameters(**asked)], actor, names.now)
    chosen = choose(found["items"], request.query_params.get("after"))
    inquiry: dict[str, Any] | None = None
    if chosen is not None:
        inquiry = await look_at_inquiry(rooms.database, chosen["id"])
    words = (
        telling_words(one["text"] for one in inquiry["classification"]["evidence"])
        if inquiry is not None
        else []
    )
    return render(
        request,
        "triage.html",
        inquiry=inquiry,
        left=count["total"],
        was=request.query_params.get("was", "")[:9],
        words=words,
        conversation=conversation_of(inquiry, words) if inquiry is not None else [],
        ranking={one["category"]: one["confidence"] for one in ranking_of(inquiry)}
        if inquiry is not None
        else {},
        choices=[
            (one, names.choice(one), key)
            for one, key in zip(names.configuration.category_ids, _keys(names), strict=True)
        ],
    )


@door.page("POST", "/triage/{inquiry_id}", scope=Scope.WORK)
async def decide_in_triage(request: Request, inquiry_id: str) -> Response:
    """Record the category that a person chose, and show the next inquiry."""
    rooms, actor = house(request), key_of(request)
    category = form_of(request).line("category")
    if category not in rooms.configuration.current.category_ids:
        return go_to(request, PATH, "pick")
    inquiry = await look_at_inquiry(rooms.database, inquiry_id)
    if not inquiry["decision"]["flags"] or inquiry["status"] == "resolved":
        return go_to(request, f"{PATH}?was={inquiry['reference']}", "decided_already")
    said = Correction(who=actor.name, category=category)
    await rooms.corrections.correct(inquiry_id, said, actor.id, utc_now())
    return go_to(request, f"{PATH}?was={inquiry['reference']}", "decided")


def choose(items: Sequence[dict[str, Any]], after: str | None) -> dict[str, Any] | None:
    """Choose the most urgent inquiry; or the next one after `after`, and at the end the first."""
    ordered = sorted(
        items,
        key=lambda one: (
            -_PRIORITIES.index(one["priority"]),
            one["due_at"] or "9",
            one["received_at"],
        ),
    )
    if not ordered:
        return None
    references = [one["reference"] for one in ordered]
    place = references.index(after) + 1 if after in references else 0
    return ordered[place % len(ordered)]


def _keys(names: ReaderNames) -> list[str]:
    """A key for each category, as far as there are keys."""
    count = len(names.configuration.category_ids)
    return [*KEYS[:count], *[""] * (count - len(KEYS))]
