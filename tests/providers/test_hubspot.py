"""HubSpot: stages, owners and notes out."""

from typing import Any

import pytest

from inquiry_router.providers.hubspot import HubSpot
from inquiry_router.providers.kit.provider import Refused
from tests.providers.kit import (
    MARK,
    NEWS,
    asked_for,
    checked,
    event,
    handed_over,
    later,
    lines,
    located,
)

SETTINGS: dict[str, Any] = {
    "token": "key",
    "source": "source-1",
    "groups": {"customer_service": "0/2", "sales": "77"},
}
TICKET = "/crm/v3/objects/tickets/35436"


def test_ticket_is_moved_to_its_stage_and_noted() -> None:
    said = handed_over(HubSpot(), SETTINGS, [{}, {}])
    assert lines(said) == [f"PATCH {TICKET}", "POST /crm/v3/objects/notes"]
    assert said[0].body == {
        "properties": {"hs_ticket_priority": "HIGH", "hs_pipeline": "0", "hs_pipeline_stage": "2"}
    }
    note = said[1].body
    assert note["properties"]["hs_timestamp"] == "2026-11-21T16:00:00+00:00"
    assert note["properties"]["hs_note_body"].startswith(
        "[inquiry-router K7MA-4XEH]<br>Kategoria: reklamacja"
    )
    assert note["associations"][0]["to"] == {"id": "35436"}
    assert note["associations"][0]["types"] == [
        {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 228}
    ]
    assert said[0].headers["authorization"] == "Bearer key"


def test_group_may_be_an_owner_or_missing() -> None:
    owned = handed_over(HubSpot(), {**SETTINGS, "groups": {"customer_service": "77"}}, [{}, {}])
    assert owned[0].body["properties"]["hubspot_owner_id"] == "77"
    alone = handed_over(HubSpot(), {**SETTINGS, "groups": {}}, [{}, {}])
    assert alone[0].body["properties"] == {"hs_ticket_priority": "HIGH"}


def test_repeated_delivery_leaves_one_note_and_correction_another() -> None:
    note = handed_over(HubSpot(), SETTINGS, [{}, {}])[1].body["properties"]["hs_note_body"]
    ids = {"results": [{"id": "9"}, {"toObjectId": 10}, None]}
    there = {
        "results": [{"properties": None}, {"properties": {"hs_note_body": f"<div>{note}</div>"}}]
    }
    said = handed_over(HubSpot(), SETTINGS, [{}, ids, there], repeated=True)
    assert lines(said)[1:] == [
        f"GET {TICKET}/associations/notes?limit=500",
        "POST /crm/v3/objects/notes/batch/read",
    ]
    assert said[2].body["inputs"] == [{"id": "9"}, {"id": "10"}]
    assert len(handed_over(HubSpot(), SETTINGS, [{}, {"results": []}, {}], repeated=True)) == 3
    corrected = event(correction={"who": "Celina"})
    said = handed_over(
        HubSpot(), SETTINGS, [{}, ids, there, {}], corrected, "inquiry.corrected", repeated=True
    )
    assert "Celina" in said[3].body["properties"]["hs_note_body"]


def test_conversation_without_a_ticket_cannot_be_moved() -> None:
    with pytest.raises(Refused, match="has no ticket"):
        handed_over(HubSpot(), SETTINGS, [], event(ticket_id="thread-1234567"))


@pytest.mark.parametrize(("kind", "parts", "word"), NEWS)
def test_news_is_noted_once(kind: str, parts: dict[str, Any], word: str) -> None:
    (said,) = handed_over(HubSpot(), SETTINGS, [{}], event(**parts), kind)
    note = said.body["properties"]["hs_note_body"]
    assert said.path == "/crm/v3/objects/notes" and note.startswith(MARK) and word in note
    ids, there = {"results": [{"id": "9"}]}, {"results": [{"properties": said.body["properties"]}]}
    looked = handed_over(HubSpot(), SETTINGS, [ids, there], event(**parts), kind, True)
    assert lines(looked)[-1] == "POST /crm/v3/objects/notes/batch/read"
    again = handed_over(HubSpot(), SETTINGS, [{}, {}], event(**parts), kind, True)
    assert again[1] == said


def test_words_that_the_ticket_shows_are_not_noted() -> None:
    here = event(**later(source=("source-1", "35436")))
    assert handed_over(HubSpot(), SETTINGS, [], here, "inquiry.message") == []
    alone = event(ticket_id="thread-7", **later())
    assert handed_over(HubSpot(), SETTINGS, [], alone, "inquiry.message") == []


def test_raised_priority_is_set_and_noted() -> None:
    raised = event(**later("raised", priority_before="normal", keeps_group=True))
    said = handed_over(HubSpot(), SETTINGS, [{}, {}], raised, "inquiry.message")
    assert said[0].body == {"properties": {"hs_ticket_priority": "HIGH"}}
    assert "z „zwykły” na „pilny”" in said[1].body["properties"]["hs_note_body"]


def test_inquiry_that_came_another_way_is_created_once() -> None:
    settings, written = {**SETTINGS, "create": True}, event(source=None)
    said = handed_over(
        HubSpot(), settings, [{"results": []}, {"id": "551"}, (201, {"id": "90"}), {}, {}], written
    )
    assert lines(said)[:3] == [
        "POST /crm/v3/objects/tickets/search",
        "GET /crm/v3/objects/contacts/anna%40klient.example.com?idProperty=email",
        "POST /crm/v3/objects/tickets",
    ]
    assert said[0].body["filterGroups"][0]["filters"][0]["value"] == "K7MA-4XEH"
    made = said[2].body
    assert made["properties"]["content"].startswith(
        "[inquiry-router K7MA-4XEH]\nKanał: phone\nKontakt: Anna Nowak, "
    )
    assert (made["properties"]["hs_pipeline"], made["properties"]["hs_pipeline_stage"]) == (
        "0",
        "2",
    )
    assert made["associations"][0]["to"] == {"id": "551"}
    rows = [
        {"id": "89", "properties": {"content": "Dotyczy K7MA-4XEH"}},
        {"id": "90", "properties": made["properties"]},
    ]
    again = handed_over(
        HubSpot(), settings, [{"results": rows}, {}, {}, {}], written, repeated=True
    )
    assert lines(again)[1] == "PATCH /crm/v3/objects/tickets/90"
    unknown = handed_over(
        HubSpot(), settings, [{}, (404, {"status": "error"}), {"id": "91"}, {}, {}], written
    )
    assert "associations" not in unknown[2].body


def test_check_lists_stages_and_owners() -> None:
    pipelines = {
        "results": [
            {
                "id": "0",
                "label": "Serwis",
                "stages": [{"id": "1", "label": "Nowe"}, {"label": "x"}],
            },
            None,
        ]
    }
    owners = {
        "results": [
            {"id": "77", "firstName": "Celina", "lastName": "K"},
            {"id": "78", "email": "b@acme.example.com"},
        ]
    }
    found = checked(HubSpot(), SETTINGS, [pipelines, owners])
    assert found[0] == [("0/1", "Serwis: Nowe"), ("77", "Celina K"), ("78", "b@acme.example.com")]
    assert checked(HubSpot(), SETTINGS, [pipelines, (403, {"message": "scope"})])[0] == [
        ("0/1", "Serwis: Nowe")
    ]
    with pytest.raises(Refused):
        checked(HubSpot(), SETTINGS, ["<html>"])


def test_ticket_is_located_by_owner_or_stage() -> None:
    place = {"hs_pipeline": "0", "hs_pipeline_stage": "2", "hubspot_owner_id": "77"}
    asked = [f"GET {TICKET}?properties=hubspot_owner_id,hs_pipeline,hs_pipeline_stage"]
    assert located(HubSpot(), SETTINGS, {"id": "35436", "properties": place}) == ("77", asked)
    assert (
        located(
            HubSpot(), SETTINGS, {"id": "35436", "properties": {**place, "hubspot_owner_id": "78"}}
        )[0]
        == "0/2"
    )
    assert located(HubSpot(), SETTINGS, {"id": "35436", "properties": {}})[0] is None


def test_conversation_without_a_ticket_is_not_located() -> None:
    settings = HubSpot().settings_model.model_validate(SETTINGS)
    assert asked_for(HubSpot().locate(settings, "thread-7"), settings.url)[0] is None
