"""HubSpot: thin events in, fetched in steps."""

import json
from typing import Any

import pytest

from inquiry_router.inquiry.model import Contact
from inquiry_router.outside.messages import Reply
from inquiry_router.providers.hubspot_source import HubSpotSource
from inquiry_router.providers.kit.signatures import NotGenuine
from inquiry_router.providers.kit.source import (
    Event,
    Ignored,
    Secrets,
    Thin,
    Ticket,
    TicketState,
    Unreadable,
)
from tests.providers.kit import (
    NOW,
    URL,
    assert_expected,
    assert_vectors,
    incoming,
    one,
    read,
    sample,
    settings_of,
)
from tests.providers.samples_on_disk import payload, vectors

SOURCE = HubSpotSource()
API = {"api_token": "key"}
TICKET = "/crm/v3/objects/tickets/35436"


def fetched(thin: Event, answer: Any) -> Event:
    assert isinstance(thin, Thin)
    return SOURCE.fetched(
        settings_of(SOURCE, **API), thin, Reply(200, {}, json.dumps(answer).encode())
    )


def address(thin: Event) -> str:
    assert isinstance(thin, Thin)
    request = SOURCE.fetch(settings_of(SOURCE, **API), thin)
    assert request is not None and request.headers["authorization"] == "Bearer key"
    return f"{request.method} {request.url.removeprefix('https://api.hubapi.com')}"


def test_signature_vectors_of_every_version() -> None:
    assert_vectors(SOURCE, "hubspot-v1", "hubspot-v2", "hubspot-v3")


def test_each_event_of_a_list_is_read() -> None:
    thin, other = read(SOURCE, sample("hubspot-ticket-creation"))
    assert isinstance(thin, Thin) and thin.key == "33-3816279340-1246965"
    assert thin.ticket is None
    assert isinstance(other, Thin) and other.known["changed_at"] == "1795276800050"
    assert address(thin) == payload("hubspot-ticket-creation")["expect"]["needs_fetch"]
    assert SOURCE.fetch(settings_of(SOURCE), thin) is None


def test_ticket_and_contact_are_fetched() -> None:
    thin, _ = read(SOURCE, sample("hubspot-ticket-creation"))
    more = fetched(thin, payload("hubspot-ticket-fetched")["body"])
    assert isinstance(more, Thin) and more.ticket is not None
    made = assert_expected(more.ticket, "hubspot-ticket-fetched")
    assert made.delivery_key == "33-3816279340-1246965"
    assert address(more).startswith("GET /crm/v3/objects/contacts/551?properties=firstname,")
    said = {
        "firstname": "Anna",
        "lastname": None,
        "email": "anna@klient.example.com",
        "mobilephone": "+48220000101",
        "company": "K",
    }
    whole = fetched(more, {"properties": said})
    assert isinstance(whole, Ticket)
    assert whole.contact == Contact("Anna", "anna@klient.example.com", "+48220000101", "K")
    alone = fetched(thin, {**payload("hubspot-ticket-fetched")["body"], "associations": None})
    assert isinstance(alone, Ticket) and alone.contact == Contact()


def test_message_and_ticket_of_its_thread_are_fetched() -> None:
    (thin,) = read(SOURCE, sample("hubspot-conversation-newmessage"))
    expected = payload("hubspot-conversation-newmessage")["expect"]
    assert isinstance(thin, Thin) and thin.known["thread"] == expected["external_id"]
    assert address(thin) == expected["needs_fetch"]
    message = {
        "type": "MESSAGE",
        "direction": "INCOMING",
        "text": "Kiedy dostawa?",
        "createdAt": "2026-11-21T16:00:00Z",
        "senders": [
            {
                "name": "Anna",
                "deliveryIdentifier": {
                    "type": "HS_EMAIL_ADDRESS",
                    "value": "anna@klient.example.com",
                },
            }
        ],
    }
    more = fetched(thin, message)
    assert address(more) == "GET /conversations/v3/conversations/threads/1234567?association=TICKET"
    whole = fetched(more, {"threadAssociations": {"associatedTicketId": "1246965"}})
    assert isinstance(whole, Ticket)
    assert (whole.external_id, whole.message_id, whole.channel) == ("1246965", "c2f3", "email")
    assert (whole.contact, whole.received_at) == (Contact("Anna", "anna@klient.example.com"), NOW)
    bare = fetched(more, {"threadAssociations": {}})
    assert isinstance(bare, Ticket) and bare.external_id == "thread-1234567"
    assert isinstance(fetched(thin, {**message, "direction": "OUTGOING"}), Ignored)
    assert isinstance(fetched(thin, {**message, "type": "COMMENT"}), Ignored)


def test_events_with_the_same_id_are_told_apart() -> None:
    created = {"subscriptionType": "ticket.creation", "portalId": 62515, "eventId": 100}
    first, second = (one(SOURCE, [{**created, "objectId": number}]) for number in (9001, 9002))
    assert isinstance(first, Thin) and isinstance(second, Thin) and first.key != second.key
    said = {"subscriptionType": "conversation.newMessage", "objectId": 5, "eventId": 100}
    first, second = (one(SOURCE, [{**said, "messageId": number}]) for number in ("a", "b"))
    assert isinstance(first, Thin) and isinstance(second, Thin) and first.key != second.key


CHANGED = {
    "eventId": 7,
    "portalId": 33,
    "occurredAt": 1795276800000,
    "subscriptionType": "ticket.propertyChange",
    "objectId": 35436,
    "propertyName": "hs_pipeline_stage",
    "propertyValue": "2",
    "sourceId": "userId:42",
}
PLACE = {"hs_pipeline": "0", "hs_pipeline_stage": "2", "hubspot_owner_id": "77"}


def state(stage: Any, **place: Any) -> Any:
    """The state after a change, with these answers to both requests."""
    thin = fetched(one(SOURCE, [CHANGED]), {"properties": {**PLACE, **place}})
    return fetched(thin, stage) if isinstance(thin, Thin) else thin


def test_change_of_stage_or_owner_is_fetched() -> None:
    for name in ("hs_pipeline_stage", "hs_pipeline", "hubspot_owner_id"):
        assert isinstance(one(SOURCE, [{**CHANGED, "propertyName": name}]), Thin)
    thin = one(SOURCE, [CHANGED])
    assert (
        address(thin) == f"GET {TICKET}?properties=hs_pipeline,hs_pipeline_stage,hubspot_owner_id"
    )
    more = fetched(thin, {"properties": PLACE})
    assert address(more) == "GET /crm/v3/pipelines/tickets/0/stages/2"
    found = fetched(more, {"label": "Nowe", "metadata": {"ticketState": "OPEN"}})
    assert found == TicketState(
        external_id="35436",
        at=NOW,
        status="open",
        groups=("0/2", "77"),
        owner="77",
        who="userId:42",
    )
    assert found == fetched(more, {"label": "Nowe", "metadata": {"ticketState": "OPEN"}})


@pytest.mark.parametrize(
    ("stage", "told"),
    [
        ({"label": "Closed", "metadata": {"ticketState": "CLOSED", "isClosed": "true"}}, "closed"),
        ({"label": "Waiting on contact", "metadata": {"ticketState": "OPEN"}}, "pending"),
        ({"label": "Waiting on us", "metadata": {"ticketState": "open"}}, "open"),
        ({"label": None, "metadata": []}, None),
        ([], None),
    ],
)
def test_status_is_that_of_the_stage(stage: Any, told: str | None) -> None:
    assert state(stage).status == told


def test_ticket_without_an_owner_or_a_stage() -> None:
    unowned = state({"metadata": {"ticketState": "OPEN"}}, hubspot_owner_id=None)
    assert (unowned.owner, unowned.groups) == ("", ("0/2",))
    assert isinstance(state({}, hs_pipeline_stage=None), Ignored)


def test_other_changes_and_own_ones_tell_no_state() -> None:
    assert isinstance(one(SOURCE, [{**CHANGED, "propertyName": "subject"}]), Ignored)
    assert isinstance(one(SOURCE, [CHANGED], own_user="42"), Ignored)
    other = {**CHANGED, "subscriptionType": "object.propertyChange"}
    assert isinstance(one(SOURCE, [{**other, "objectTypeId": "0-5"}]), Thin)
    assert isinstance(one(SOURCE, [{**other, "objectTypeId": "0-1"}]), Ignored)


def outgoing(**changes: Any) -> Event:
    """An agent's message in a conversation, after it was fetched."""
    (thin,) = read(SOURCE, sample("hubspot-conversation-newmessage"))
    message = {
        "type": "MESSAGE",
        "direction": "OUTGOING",
        "text": "Wysyłam serwisanta.",
        "createdAt": "2026-11-21T16:00:00Z",
        "senders": [{"actorId": "A-77", "name": "Celina"}],
        **changes,
    }
    assert isinstance(thin, Thin)
    reply = Reply(200, {}, json.dumps(message).encode())
    return SOURCE.fetched(settings_of(SOURCE, own_user="99", **API), thin, reply)


def test_agents_message_is_an_answer() -> None:
    more = outgoing()
    assert address(more) == "GET /conversations/v3/conversations/threads/1234567?association=TICKET"
    found = fetched(more, {"threadAssociations": {"associatedTicketId": "1246965"}})
    assert found == TicketState("1246965", NOW, answered=True, who="Celina")
    bare = fetched(more, {"threadAssociations": {}})
    assert isinstance(bare, TicketState) and bare.external_id == "thread-1234567"


@pytest.mark.parametrize(
    "changes",
    [
        {"senders": [{"actorId": "B-1"}]},
        {"senders": [{"actorId": "A-99"}]},
        {"senders": []},
        {"type": "COMMENT"},
        {"text": "[inquiry-router K7MA-4XEH]\nx"},
    ],
)
def test_bots_and_the_router_do_not_answer(changes: dict[str, Any]) -> None:
    assert isinstance(outgoing(**changes), Ignored)


def test_messages_not_by_customers_are_ignored() -> None:
    created = {"subscriptionType": "ticket.creation", "objectId": 1, "portalId": 3, "eventId": 4}
    (event,) = read(SOURCE, incoming([created]))
    assert isinstance(event, Thin)
    assert isinstance(
        fetched(event, {"properties": {"content": "[inquiry-router K7MA-4XEH]\nx"}}), Ignored
    )
    assert isinstance(fetched(event, {"properties": None}), Ignored)
    assert isinstance(fetched(event, None), Ignored)
    assert isinstance(one(SOURCE, [{**created, "sourceId": "userId:42"}], own_user="42"), Ignored)
    assert isinstance(one(SOURCE, [created], {"X-Inquiry-Router-Hops": "9"}), Ignored)
    assert isinstance(one(SOURCE, []), Ignored)
    message = {**created, "subscriptionType": "conversation.newMessage", "messageId": "m"}
    assert isinstance(one(SOURCE, [message]), Thin)
    assert isinstance(one(SOURCE, [{**message, "messageType": "COMMENT"}]), Ignored)
    assert isinstance(one(SOURCE, [{**message, "messageId": None}]), Ignored)
    assert isinstance(
        one(SOURCE, [{**created, "subscriptionType": "object.creation", "objectTypeId": "0-5"}]),
        Thin,
    )
    assert isinstance(
        one(SOURCE, [{**created, "subscriptionType": "object.creation", "objectTypeId": "0-1"}]),
        Ignored,
    )


def test_unreadable_event_does_not_lose_the_others() -> None:
    broken, whole = (
        {"subscriptionType": "ticket.creation", "objectId": number} for number in (None, 1)
    )
    assert [type(found) for found in read(SOURCE, incoming([broken, whole]))] == [Ignored, Thin]


def test_setup_steps_contain_the_address() -> None:
    steps = SOURCE.setup("https://router.example.com/v1/hooks/h")
    for written in (steps.pl, steps.en):
        assert 4 <= len(written) <= 9
        assert "https://router.example.com/v1/hooks/h" in " ".join(written)


def test_wrong_version_3_signature_is_refused_despite_an_older_one() -> None:
    (first,) = vectors("hubspot-v1")
    request = incoming(
        first["body"].encode(), {**first["headers"], "X-HubSpot-Signature-v3": "x"}, url=URL
    )
    with pytest.raises(NotGenuine):
        SOURCE.authenticate(settings_of(SOURCE), Secrets("t", (first["secret"],)), request, NOW)


@pytest.mark.parametrize(
    "body", [[1], "x", b"null", [{"subscriptionType": "ticket.creation", "objectId": None}]]
)
def test_unreadable_event_is_refused_with_advice(body: Any) -> None:
    with pytest.raises(Unreadable, match="HubSpot app"):
        one(SOURCE, body)
