"""By which channel, where and when somebody hears of a notice."""

from datetime import UTC, datetime
from typing import Any

import pytest

from inquiry_router.telling.model import (
    Colleague,
    Colleagues,
    Notice,
    Outlet,
    Preference,
    Receiver,
    StoredNotice,
)
from inquiry_router.telling.names import find_unknown_receivers
from inquiry_router.telling.planning import Office, explain_nobody, plan
from inquiry_router.telling.settings import TellingSettings

# A Thursday, 11:00 in Warsaw.
NOW = datetime(2026, 11, 19, 10, 0, tzinfo=UTC)
JAN = Colleague("jan", "Jan Nowak", "salesperson", "jan@acme.example.com", "+48601000001")
EWA = Colleague("ewa", "Ewa Lis", "manager", "ewa@acme.example.com", None, "de", ("sales",))
OUTLETS = {
    "mail": Outlet("mail", "smtp"),
    "sms": Outlet("sms", "sms"),
    "room": Outlet("room", "teams"),
    "old": Outlet("old", "smtp", enabled=False),
}


def office(preferences: dict[str, Preference] | None = None, **settings: Any) -> Office:
    given = TellingSettings(**{"channels": ["mail"], **settings})
    return Office(given, OUTLETS, Colleagues.of([JAN, EWA], preferences))


def stored(kind: str = "reminder", **to: str) -> StoredNotice:
    return StoredNotice("n1", Notice(kind, "k1", Receiver(**(to or {"member_id": "jan"}))), NOW)


def planned(one: StoredNotice, where: Office, now: datetime = NOW, told: int = 0) -> list[Any]:
    return [
        (way.channel, way.address, way.language, way.due_at)
        for way in plan(one, where, now, lambda address, since: told)
    ]


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A time of November 2026, in UTC; Warsaw is an hour ahead."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def test_person_is_told_at_once_in_working_time() -> None:
    assert planned(stored(), office()) == [("mail", "jan@acme.example.com", "pl", NOW)]


def test_first_channel_that_reaches_the_person_is_used() -> None:
    assert planned(stored(), office(channels=["old", "sms", "mail"]))[0][:2] == (
        "sms",
        "+48601000001",
    )
    assert planned(stored(member_id="ewa"), office(channels=["sms", "mail"]))[0][0] == "mail"


def test_person_chooses_channel_language_and_quiet_hours() -> None:
    own = Preference(("sms",), "en", "10:00", "12:00")
    assert planned(stored(), office({"jan": own})) == [("sms", "+48601000001", "en", at(19, 11))]


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (at(19, 18, 59), at(19, 18, 59)),
        (at(19, 19), at(20, 6)),  # quiet from 20:00 to 7:00 in Warsaw
        (at(20, 5, 59), at(20, 6)),
        (at(20, 19), at(23, 6)),  # Friday evening to Monday morning
        (at(21, 10), at(23, 6)),
        (at(22, 21), at(23, 6)),  # the night to Monday is quiet too
    ],
)
def test_quiet_hours_end_in_the_morning_of_a_working_day(now: datetime, due: datetime) -> None:
    assert planned(stored(), office(), now)[0][3] == due
    assert planned(stored("alarm"), office(), now)[0][3] == now
    assert planned(stored(), office(quiet_hours=None), now)[0][3] == now


def test_quiet_hours_keep_the_local_time_over_the_change_of_clocks() -> None:
    late = datetime(2027, 3, 27, 20, 0, tzinfo=UTC)  # the clocks go forward in this night
    quiet = {"begin": "20:00", "end": "07:00", "days_off": []}
    due = planned(stored(), office(quiet_hours=quiet), late)[0][3]
    assert due == datetime(2027, 3, 28, 5, 0, tzinfo=UTC)


def test_flood_waits_for_the_end_of_the_hour_but_alarms_do_not() -> None:
    where = office(at_most_an_hour=3)
    assert planned(stored(), where, told=2)[0][3] == NOW
    assert planned(stored(), where, at(19, 10, 20), told=3)[0][3] == at(19, 11)
    assert planned(stored("alarm"), where, at(19, 10, 20), told=3)[0][3] == at(19, 10, 20)


def test_digest_comes_on_the_next_working_morning() -> None:
    assert planned(stored("line_for_digest"), office())[0][3] == at(20, 6, 30)
    assert planned(stored("line_for_digest"), office(), at(20, 12))[0][3] == at(23, 6, 30)
    assert planned(stored(), office(kinds={"reminder": {"how": "digest"}}))[0][3] == at(20, 6, 30)
    assert planned(stored(), office({"jan": Preference(digest=True)}))[0][3] == at(20, 6, 30)


def test_groups_are_those_of_the_settings_else_the_people_of_the_team() -> None:
    assert planned(stored(group="team:sales"), office())[0][:3] == (
        "mail",
        "ewa@acme.example.com",
        "de",
    )
    listed = {
        "alarms": [
            {"member": "jan", "channel": "sms"},
            {"address": "szef@acme.example.com", "channel": "mail", "language": "en"},
            {"channel": "room"},
            {"address": "szef@acme.example.com", "channel": "mail"},
        ]
    }
    assert [one[:3] for one in planned(stored("alarm", group="alarms"), office(groups=listed))] == [
        ("sms", "+48601000001", "pl"),
        ("mail", "szef@acme.example.com", "en"),
        ("room", "", "pl"),
    ]


@pytest.mark.parametrize(
    ("one", "where", "reason"),
    [
        (stored(member_id="ola"), office(), "there is no member of staff 'ola'"),
        (stored(group="night"), office(), "the group 'night' has nobody"),
        (stored(), office(channels=[]), "no channel is set"),
        (stored(member_id="ewa"), office(channels=["sms"]), "no channel has an address"),
        (stored("hint"), office(kinds={"hint": {"how": "never"}}), "tell nobody of this kind"),
    ],
)
def test_nobody_is_told_with_a_reason(one: StoredNotice, where: Office, reason: str) -> None:
    assert planned(one, where) == []
    assert reason in explain_nobody(one, where)


def test_settings_name_channels_that_exist() -> None:
    settings = TellingSettings(channels=["mail", "fax"], groups={"alarms": [{"channel": "pager"}]})
    assert find_unknown_receivers(settings, {"mail": "smtp"}, ()) == [
        "channels: there is no channel 'fax'; the channels are mail",
        "groups.alarms: there is no channel 'pager'; the channels are mail",
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"groups": {"alarms": [{}]}},
        {"groups": {"alarms": [{"member": "jan", "address": "a@b.example"}]}},
        {"groups": {"alarms": [{"address": "a@b.example"}]}},
        {"quiet_hours": {"begin": "25:00"}},
        {"timezone": "Europe/Nowhere"},
    ],
)
def test_settings_that_mean_nothing_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        TellingSettings(**wrong)
