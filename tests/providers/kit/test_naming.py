"""Names of teams and priorities, and due times."""

from inquiry_router.providers.kit.naming import ZONE, due_time, name_priority, name_team


def test_teams_of_a_new_installation_have_names() -> None:
    assert name_team("sales", "pl") == "dział sprzedaży"
    assert name_team("sales", "en") == "sales"
    assert name_team("pump_desk", "pl") == "pump_desk"


def test_priorities_have_names() -> None:
    assert [name_priority(one, "pl") for one in ("low", "normal", "high", "urgent")] == [
        "niski",
        "zwykły",
        "wysoki",
        "pilny",
    ]
    assert name_priority("high", "en") == "high"


def test_due_time_is_that_of_people() -> None:
    assert due_time("2026-11-30T11:00:00.000Z", "pl", ZONE) == "pon. 30.11, 12:00"
    assert due_time("2026-07-05T07:05:00.000Z", "en", ZONE) == "Sun 5.07, 9:05"
    assert due_time("2026-07-05T07:05:00.000Z", "de", ZONE) == "So 5.07., 9:05"
    assert due_time("soon", "pl", ZONE) == ""
