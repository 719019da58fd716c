"""The time by which the customer has an answer, in the field of each helpdesk that has one."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from inquiry_router.inquiry.rendering import format_time
from inquiry_router.providers import PROVIDERS
from inquiry_router.providers.kit.helpdesk import TicketHelpdesk
from inquiry_router.providers.kit.naming import ZONE
from inquiry_router.providers.kit.news import News
from inquiry_router.providers.kit.routed import RoutedInquiry
from tests.providers.kit import NOW, body_of, drive, handover, later
from tests.providers.test_registry import SETTINGS

DUE = NOW + timedelta(hours=4)
WRITTEN = DUE.astimezone(UTC).isoformat()


def requests_of(
    kind: str, *replies: Any, news: News | None = None, **settings: Any
) -> list[tuple[str, Any]]:
    """Everything that a vendor's verb asks for: method and path, and body."""
    vendor = PROVIDERS[kind]
    assert isinstance(vendor, TicketHelpdesk)
    made = vendor.settings_model.model_validate({**SETTINGS[kind], **settings})
    inquiry = RoutedInquiry.__new__(RoutedInquiry)
    object.__setattr__(inquiry, "news", news)
    object.__setattr__(inquiry, "zone", ZONE)
    asked, _ = drive(vendor.due_ticket(made, "17", DUE, inquiry), *replies)
    return [
        (f"{one.method} {one.url.partition('://')[2].partition('/')[2]}", body_of(one))
        for one in asked
        if one.method != "GET"
    ]


@pytest.mark.parametrize(
    ("kind", "settings", "path", "body"),
    [
        ("django_helpdesk", {}, "PATCH", {"due_date": WRITTEN}),
        ("zendesk", {}, "PUT", {"ticket": {"due_at": WRITTEN}}),
        (
            "zendesk",
            {"due_as_task": True},
            "PUT",
            {"ticket": {"due_at": WRITTEN, "type": "task"}},
        ),
        ("request_tracker", {}, "PUT", {"Due": f"{DUE.astimezone(UTC):%Y-%m-%d %H:%M:%S}"}),
        ("jira", {}, "PUT", {"fields": {"duedate": "2026-11-21"}}),
        ("zammad", {"due_field": "answer_due_at"}, "PUT", {"answer_due_at": WRITTEN}),
    ],
)
def test_due_time_is_written_into_the_field(
    kind: str, settings: dict[str, Any], path: str, body: Any
) -> None:
    ((asked, sent),) = requests_of(kind, **settings)
    assert asked.startswith(path) and "17" in asked
    assert sent == body


def test_zammad_without_an_attribute_of_its_own_is_asked_nothing() -> None:
    assert requests_of("zammad") == []


@pytest.mark.parametrize(
    ("present", "resolve_by"),
    [
        (None, DUE + timedelta(minutes=1)),
        (DUE + timedelta(days=3), DUE + timedelta(days=3)),
        (DUE - timedelta(hours=3), DUE + timedelta(minutes=1)),
    ],
)
def test_freshdesk_has_the_first_response_before_the_resolution(
    present: datetime | None, resolve_by: datetime
) -> None:
    ((_, sent),) = requests_of("freshdesk", {"due_by": format_time(present)})
    assert sent["fr_due_by"] == WRITTEN
    assert datetime.fromisoformat(sent["due_by"]) == resolve_by


def told(payload_due: str | None, event: str = "inquiry.routed", **more: Any) -> list[Any]:
    """The bodies that django-helpdesk gets of a whole delivery: move, note, due time."""
    vendor = PROVIDERS["django_helpdesk"]
    settings = vendor.settings_model.model_validate(
        {**SETTINGS["django_helpdesk"], "source": "door"}
    )
    given = handover("17", event, decision={"due_at": payload_due}, **more)
    asked, _ = drive(vendor.hand_over(settings, given, NOW))
    return [body_of(one) for one in asked if one.method != "GET"]


def test_due_time_comes_last_so_that_it_hinders_nothing() -> None:
    *others, last = told(format_time(DUE))
    assert last == {"due_date": WRITTEN}
    assert any("comment" in one for one in others)


def test_time_that_is_over_is_written_nowhere() -> None:
    assert not any("due_date" in one for one in told(format_time(NOW - timedelta(hours=1))))
    assert not any("due_date" in one for one in told(None))


def test_message_brings_the_promise_that_it_started() -> None:
    """The due time of the first answer, which was kept, is not the one that counts."""
    message = {**later("kept", ("door", "17")), "due_at": format_time(DUE)}
    bodies = told(format_time(NOW + timedelta(days=9)), "inquiry.message", **message)
    assert bodies[-1] == {"due_date": WRITTEN}
