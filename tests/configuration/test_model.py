"""The snapshot: destinations of an event, secrets of a source."""

import pytest

from inquiry_router.configuration.documents import POLICY, TEAMS
from inquiry_router.configuration.model import Configuration, Destination, Source
from inquiry_router.configuration.yaml_file import default_file
from inquiry_router.inquiry.model import Event
from tests.conftest import NOW


def destination(**changes: object) -> Destination:
    fields = {"events": (), "teams": (), "enabled": True, "version": 1, "created_at": NOW}
    return Destination("erp", "ERP", "webhook", {"secret": "hidden"}, **{**fields, **changes})


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({}, True),
        ({"events": (Event.ROUTED,)}, True),
        ({"events": (Event.RESOLVED,)}, False),
        ({"teams": ("sales",)}, True),
        ({"teams": ("triage",)}, False),
        ({"enabled": False}, False),
    ],
)
def test_destination_filters_events_and_teams(changes: dict[str, object], wanted: bool) -> None:
    assert destination(**changes).wants(Event.ROUTED, "sales") is wanted


def test_both_secrets_of_a_rotation_sign() -> None:
    source = Source("a", "A", "zammad", {}, "token", False, 1, NOW, "new", "old")
    assert source.signing_secrets == ("new", "old")
    assert Source("a", "A", "zammad", {}, "token", False, 1, NOW).signing_secrets == ()


def test_clock_of_notes_is_that_of_the_team_else_of_the_policy() -> None:
    documents = default_file().documents
    first, *others = documents[TEAMS].teams
    london = first.model_copy(update={"timezone": "Europe/London"})
    teams = documents[TEAMS].model_copy(update={"teams": [london, *others]})
    policy = documents[POLICY].model_copy(update={"timezone": "Asia/Tokyo"})
    changed = documents.replaced(TEAMS, teams).replaced(POLICY, policy)
    terms = Configuration(1, changed, (), {}).terms
    zones = {team: str(terms.zone_of(team)) for team in (first.id, others[0].id, "gone")}
    assert list(zones.values()) == ["Europe/London", "Europe/Warsaw", "Asia/Tokyo"]


def test_secrets_are_not_shown() -> None:
    assert "hidden" not in repr(destination())
    assert "hidden" not in repr(Source("a", "A", "b", {"x": "hidden"}, "hidden", False, 1, NOW))
