"""Kind `cloudevents`: CloudEvents 1.0 over HTTP, in binary, structured and batched mode.

Facts: cloudevents/spec `cloudevents/bindings/http-protocol-binding.md` and
`cloudevents/http-webhook.md`.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any, ClassVar, Final
from urllib.parse import unquote

from inquiry_router.providers.kit.plain import EXAMPLE, plain_event
from inquiry_router.providers.kit.reading import Read, parse_time
from inquiry_router.providers.kit.source import (
    Event,
    Handshake,
    IncomingRequest,
    Secrets,
    SourceKind,
    SourceSettings,
    Unreadable,
    text_of,
)

_STRUCTURED: Final = "application/cloudevents+json"
_BATCHED: Final = "application/cloudevents-batch+json"
_MAX_EVENTS: Final = 100
_ORIGIN: Final = "webhook-request-origin"


class CloudEventsSource(SourceKind[SourceSettings]):
    """Senders of CloudEvents, whose webhook specification has tokens but no signatures."""

    kind = "cloudevents"
    setup_texts: ClassVar[Mapping[str, str]] = {"example": EXAMPLE}
    title = "CloudEvents"

    def greet(self, secrets: Secrets, request: IncomingRequest) -> Handshake | None:
        """Agree to receive events at any rate. Each event must still carry the token."""
        origin = request.headers.get(_ORIGIN, "")
        is_valid = origin and origin.isprintable() and origin.isascii()
        if request.method != "OPTIONS" or not is_valid:
            return None
        return Handshake(
            headers={
                "allow": "POST",
                "webhook-allowed-origin": origin[:255],
                "webhook-allowed-rate": "*",
            },
        )

    def read(self, settings: SourceSettings, request: IncomingRequest) -> Read:
        """Read the inquiries in the events. Source and id of an event are its delivery key."""
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == _BATCHED:
            return _batch(request)
        if kind == _STRUCTURED:
            return (_event(request.json_object(), request.headers),)
        if "ce-id" not in request.headers:
            raise Unreadable(
                "There is no CloudEvent: the header ce-id is missing. Send the attributes as "
                "headers "
                f"that begin with ce-, or all in the body with Content-Type {_STRUCTURED}."
            )
        return (
            _event({**_attributes(request.headers), "data": _data(request, kind)}, request.headers),
        )


def _batch(request: IncomingRequest) -> tuple[Event, ...]:
    events = request.json()
    if not isinstance(events, list) or len(events) > _MAX_EVENTS:
        raise Unreadable(f"A batch is a JSON list of events. Send one with at most {_MAX_EVENTS}.")
    return tuple(_event(event, request.headers) for event in events)


def _event(event: Any, headers: Mapping[str, str]) -> Event:
    event_id, source = text_of(event, "id"), text_of(event, "source")
    if event_id is None:
        raise Unreadable(
            "The event has no 'id'. Each CloudEvent needs one, the same when it is sent again."
        )
    key = f"{source} {event_id}" if source else event_id
    return plain_event(
        _payload(event),
        headers,
        text_of(event, "type"),
        event_id,
        key,
        parse_time(event.get("time")),
    )


def _attributes(headers: Mapping[str, str]) -> dict[str, Any]:
    """The attributes in binary mode, percent-decoded."""
    return {
        name.removeprefix("ce-"): unquote(value)
        for name, value in headers.items()
        if name.startswith("ce-")
    }


def _data(request: IncomingRequest, kind: str) -> Any:
    if kind.startswith("text/"):
        return {"html" if kind == "text/html" else "text": request.body.decode("utf-8", "replace")}
    return request.json()


def _payload(event: dict[str, Any]) -> Any:
    """The data: JSON, JSON in base64, or plain text."""
    data = event.get("data")
    if isinstance(event.get("data_base64"), str):
        try:
            data = json.loads(base64.b64decode(event["data_base64"], validate=True))
        except (ValueError, binascii.Error, RecursionError):
            raise Unreadable(
                "'data_base64' is no JSON in base64. Send the inquiry as JSON in 'data'."
            ) from None
    if isinstance(data, str):
        return {"text": data}
    return data
