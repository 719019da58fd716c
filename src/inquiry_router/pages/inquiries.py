"""The page of inquiries: search, filters, what came in today, what is unsure, what is overdue."""

from typing import Any, Final
from zoneinfo import ZoneInfo

from fastapi import Request, Response
from pydantic import ValidationError

from inquiry_router.access.roles import Scope
from inquiry_router.api.doors.inquiry_list import find_inquiries
from inquiry_router.api.schemas.inquiry_list import FilterParameters, ListParameters
from inquiry_router.api.web.routing import house, key_of
from inquiry_router.inquiry.errors import Invalid, NotFound
from inquiry_router.inquiry.model import Channel, Priority, Status
from inquiry_router.pages.choices import intents_by_category
from inquiry_router.pages.counts import count_for
from inquiry_router.pages.kit import language_of, names_for, render
from inquiry_router.pages.names import ReaderNames
from inquiry_router.pages.routing import PageDoor
from inquiry_router.pages.texts import texts_of

door = PageDoor()

PATH: Final = "/inquiries"
_ON_A_PAGE: Final = 30
# Filters as people see them; "today" stands for `since`.
_FIELDS: Final = (
    "q", "team", "category", "intent", "status", "channel", "priority", "account", "assignee",
    "unsure", "overdue", "open", "cursor",
)  # fmt: skip
# Texts with the names of filters that have not the text of their own name.
_LABELS: Final = {
    "q": "search",
    "assignee": "person",
    "unsure": "only_unsure",
    "overdue": "only_overdue",
    "open": "only_open",
}
_QUICK: Final[dict[str, dict[str, str]]] = {
    "today": {"today": "true"},
    "open": {"open": "true"},
    "unsure": {"unsure": "true", "open": "true"},
    "overdue": {"overdue": "true"},
}


@door.page("GET", PATH, scope=Scope.INQUIRIES)
async def show_inquiries(request: Request) -> Response:
    """Show a page of inquiries, the newest first, with the filters that are in force."""
    rooms, actor, names = house(request), key_of(request), names_for(request)
    given = {name: value.strip() for name, value in request.query_params.items() if value.strip()}
    asked, wrong = _read_filters(given, names)
    found: dict[str, Any] = {"items": [], "next_cursor": None}
    if not wrong:
        try:
            found = await find_inquiries(rooms, asked, actor, names.now)
        except Invalid:
            wrong = ["q" if asked.q is not None else "cursor"]
        except NotFound:
            wrong = [name for name in ("account", "assignee") if name in given]

    def quick() -> list[ListParameters]:
        return [_read_filters(fields, names)[0] for fields in _QUICK.values()]

    counts = await count_for(rooms, quick, actor, names.now)
    return render(
        request,
        "inquiries.html",
        422 if wrong else 200,
        found=found,
        given={name: given.get(name, "") for name in (*_FIELDS, "today")},
        quick=[
            (name, fields, count, fields == _without_place(given))
            for (name, fields), count in zip(_QUICK.items(), counts, strict=True)
        ],
        wrong=[_name_field(request, one) for one in wrong],
        choices=_choices(names),
    )


def _read_filters(given: dict[str, str], names: ReaderNames) -> tuple[ListParameters, list[str]]:
    """Read filters as the API does. Returns the names of those that cannot be read, too."""
    fields: dict[str, Any] = {name: given[name] for name in _FIELDS if name in given}
    if "today" in given:
        zone = ZoneInfo(names.configuration.teams.triage.timezone)
        midnight = names.now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
        fields["since"] = midnight.isoformat()
    try:
        return ListParameters.model_validate({**fields, "limit": _ON_A_PAGE}), []
    except ValidationError as error:
        return ListParameters(), sorted({str(one["loc"][0]) for one in error.errors()})


def _name_field(request: Request, field: str) -> str:
    """The name of a filter as the reader sees it."""
    texts = texts_of("inquiries", language_of(request))
    label = _LABELS.get(field, field)
    return texts[label] if label in texts else field  # noqa: SIM401 - texts have no `get`


def _without_place(given: dict[str, str]) -> dict[str, str]:
    return {
        name: value
        for name, value in given.items()
        if name in FilterParameters.model_fields or name == "today"
    }


def _choices(names: ReaderNames) -> dict[str, Any]:
    configuration = names.configuration
    return {
        "team": [(one.id, names.team(one.id)) for one in configuration.teams.teams],
        "category": [(one, names.category(one)) for one in configuration.category_ids],
        "intent": intents_by_category(configuration, names),
        "status": [one.value for one in Status],
        "channel": [one.value for one in Channel],
        "priority": [one.value for one in Priority],
    }
