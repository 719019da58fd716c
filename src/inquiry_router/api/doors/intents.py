"""The door for intents: those that always exist, and the company's own."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import Path, Request, Response

from inquiry_router.access.roles import Scope
from inquiry_router.api.doors.learning import separation_json
from inquiry_router.api.schemas.learning import IntentList, NewIntentOut
from inquiry_router.api.web.deadline import allow_long_work
from inquiry_router.api.web.problems import listed
from inquiry_router.api.web.routing import Door, answer, etag, house, key_of
from inquiry_router.classification.intents import split_label
from inquiry_router.configuration.documents import OWN_INTENTS
from inquiry_router.inquiry.errors import Conflict, Invalid, NotFound
from inquiry_router.inquiry.intents import INTENTS, Intent
from inquiry_router.learning.separation import Separation
from inquiry_router.process.clock import utc_now
from inquiry_router.routing.own_intents import OwnIntent, OwnIntents

door = Door("Categories")


@door.operation(
    "GET",
    "/intents",
    scope=Scope.NAMES,
    response_model=IntentList,
    summary="List the intents",
)
async def list_intents(request: Request) -> Response:
    """List the intents that always exist, and the company's own, with their categories."""
    configuration = house(request).configuration.current
    items = [*map(_intent, INTENTS), *map(_intent, configuration.own_intents.intents)]
    return answer({"items": items}, ETag=etag(configuration.documents.version(OWN_INTENTS)))


@door.operation(
    "POST",
    "/intents",
    scope=Scope.ADMIN,
    status_code=201,
    response_model=NewIntentOut,
    problems=(409, 412),
    summary="Make an intent of your own",
)
async def add_intent(request: Request, intent: OwnIntent) -> Response:
    """Add an intent to a category; it is in use within seconds.

    The answer says how well the model tells it apart, and which of its examples look like another
    intent or category. The same id again replaces the intent, for example with more examples.
    """
    allow_long_work(request)
    rooms = house(request)
    documents = rooms.configuration.current.documents
    others = [one for one in documents[OWN_INTENTS].intents if one.id != intent.id]
    if problems := documents.problems_with(OWN_INTENTS, OwnIntents(intents=(*others, intent))):
        raise Invalid(
            listed(problems, separator="; "),
            hint="GET /v1/categories lists categories, GET /v1/policy shows the rules.",
        )
    version, told = await rooms.learning.change_intents(
        [*others, intent],
        documents.version(OWN_INTENTS),
        key_of(request).id,
        f"intent {intent.id}",
        utc_now(),
    )
    assert told is not None
    return answer({**_intent(intent), **_separation(told), "model": version.number}, 201)


@door.operation(
    "DELETE",
    "/intents/{intent_id}",
    scope=Scope.ADMIN,
    status_code=204,
    problems=(404, 409, 412),
    summary="Remove an intent",
)
async def remove_intent(
    request: Request,
    intent_id: Annotated[
        str,
        Path(
            max_length=64,
            description="Its id.",
            openapi_examples={"service_contract": {"value": "service_contract"}},
        ),
    ],
) -> Response:
    """Remove an intent of your own. Old inquiries keep it.

    Remove it from the policy first.
    """
    allow_long_work(request)
    rooms = house(request)
    documents = rooms.configuration.current.documents
    own = documents[OWN_INTENTS].intents
    left = [one for one in own if one.id != intent_id]
    if len(left) == len(own):
        raise NotFound(
            f"There is no intent of your own '{intent_id}'.", hint="GET /v1/intents lists them."
        )
    if problems := documents.problems_with(OWN_INTENTS, OwnIntents(intents=tuple(left))):
        raise Conflict(
            f"The policy still names '{intent_id}': {problems[0].removeprefix('policy: ')}.",
            hint="Change the policy first: PUT /v1/policy.",
        )
    await rooms.learning.change_intents(
        left,
        documents.version(OWN_INTENTS),
        key_of(request).id,
        f"intent {intent_id} removed",
        utc_now(),
    )
    return Response(status_code=204)


def _intent(intent: Intent | OwnIntent) -> dict[str, Any]:
    return {
        "id": intent.id,
        "category": intent.category,
        "names": intent.names,
        "description": intent.description,
        "own": isinstance(intent, OwnIntent),
        "examples": len(intent.examples) if isinstance(intent, OwnIntent) else 0,
    }


def _separation(told: Separation) -> dict[str, Any]:
    """Name the intents and categories that examples look like, without the labels of the head."""
    collisions = tuple(replace(one, looks_like=_name(one.looks_like)) for one in told.collisions)
    return separation_json(replace(told, collisions=collisions))


def _name(label: str) -> str:
    category, intent = split_label(label)
    return intent or category
