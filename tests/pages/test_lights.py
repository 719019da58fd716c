"""The light of a source or destination."""

from datetime import timedelta
from typing import Any

import pytest

from inquiry_router.inquiry.rendering import format_time
from inquiry_router.pages.lights import light_of_destination, light_of_source
from tests.conftest import NOW

HOUR = timedelta(hours=1)


def source(
    last: timedelta | None = None, refused: timedelta | None = None, **more: Any
) -> dict[str, Any]:
    moments = {
        "last_event_at": format_time(NOW - last) if last is not None else None,
        "refused_at": format_time(NOW - refused) if refused is not None else None,
    }
    return {"traffic": moments, "mailbox": None, "dead": 0, **more}


@pytest.mark.parametrize(
    ("shown", "light"),
    [
        (source(), ("none", "never")),
        (source(HOUR), ("good", "works")),
        (source(HOUR, 2 * HOUR), ("good", "works")),
        (source(2 * HOUR, HOUR), ("bad", "refused")),
        (source(None, HOUR), ("bad", "refused")),
        (source(200 * HOUR), ("warn", "silent")),
        (source(HOUR, dead=1), ("bad", "events_dead")),
        (source(mailbox={"taken": 3, "problem": None, "warning": None}), ("good", "works")),
        (source(mailbox={"taken": 3, "warning": "the password ends"}), ("warn", "mailbox_warning")),
        (source(HOUR, mailbox={"taken": 3, "problem": "no login"}), ("bad", "mailbox_problem")),
    ],
)
def test_light_of_a_source(shown: dict[str, Any], light: tuple[str, str]) -> None:
    assert light_of_source(shown, NOW) == light


@pytest.mark.parametrize(
    ("enabled", "reason", "failures", "dead", "arrived", "light"),
    [
        (True, None, 0, 0, True, ("good", "works")),
        (True, None, 0, 0, False, ("none", "never")),
        (True, None, 5, 0, True, ("warn", "fails")),
        (True, None, 5, 2, True, ("bad", "dead")),
        (False, None, 0, 0, True, ("none", "off")),
        (False, "410 Gone", 0, 0, True, ("bad", "off")),
    ],
)
def test_light_of_a_destination(
    enabled: bool,
    reason: str | None,
    failures: int,
    dead: int,
    arrived: bool,
    light: tuple[str, str],
) -> None:
    shown = {"enabled": enabled, "disabled_reason": reason, "failures": failures}
    assert light_of_destination(shown, dead, NOW if arrived else None) == light
