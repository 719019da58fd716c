"""The doors for learning: quality of decisions, models, and the company's own categories."""

from typing import Annotated, Any

from fastapi import Path, Query, Request, Response

from inquiry_router.access.roles import Scope
from inquiry_router.api.schemas.learning import (
    CategoryList,
    LearnIn,
    ModelList,
    ModelOut,
    NewCategoryOut,
    QualityOut,
    UseIn,
)
from inquiry_router.api.web.deadline import allow_long_work
from inquiry_router.api.web.routing import Door, answer, etag, house, key_of
from inquiry_router.configuration.documents import OWN_CATEGORIES, POLICY
from inquiry_router.inquiry.categories import CATEGORIES
from inquiry_router.inquiry.errors import Conflict, Invalid, NotFound
from inquiry_router.inquiry.rendering import format_time
from inquiry_router.learning import store
from inquiry_router.learning.separation import Separation
from inquiry_router.learning.service import own_intents_of
from inquiry_router.learning.store import Version
from inquiry_router.process.clock import utc_now
from inquiry_router.routing.fields import Moment
from inquiry_router.routing.own_categories import OwnCategory

quality_door = Door("Quality")
models_door = Door("Models")
categories_door = Door("Categories")


@quality_door.operation(
    "GET",
    "/quality",
    scope=Scope.READ,
    response_model=QualityOut,
    summary="See how good the decisions are",
)
async def read_quality(
    request: Request,
    since: Annotated[
        Moment | None, Query(description="Received at or after this moment, with time zone.")
    ] = None,
    until: Annotated[
        Moment | None, Query(description="Received before this moment, with time zone.")
    ] = None,
) -> Response:
    """Measure the decisions that people corrected, confirmed or resolved, and the drift.

    Figures: accuracy, confusion, calibration, and the share decided.
    """
    return answer(await house(request).reports.quality(since, until))


@models_door.operation(
    "GET", "/models", scope=Scope.READ, response_model=ModelList, summary="List what was learnt"
)
async def list_models(
    request: Request, limit: Annotated[int, Query(ge=1, le=200, description="How many.")] = 50
) -> Response:
    """List all versions, also refused ones, with figures before and after; the newest first."""
    return await _list(request, limit)


@models_door.operation(
    "POST",
    "/models",
    scope=Scope.ADMIN,
    status_code=201,
    response_model=ModelOut,
    problems=(409,),
    summary="Learn now",
)
async def learn(request: Request, wish: LearnIn) -> Response:
    """Learn from all corrections, from 20 on. It takes seconds for hundreds of them.

    The new version is used only if it is better and does no harm. It must be right more often on
    corrected inquiries that it has not seen, must not be worse in any category there or in the
    shipped test, and must not send more service matters to sales. Otherwise `state` is `refused`
    and `objections` has the reasons.
    """
    allow_long_work(request)
    rooms = house(request)
    version = await rooms.learning.learn(key_of(request).id, wish.why, utc_now())
    return answer(_model(version, rooms.classifier.shipped_name), 201)


@models_door.operation(
    "POST",
    "/models/{number}/activation",
    scope=Scope.ADMIN,
    response_model=ModelList,
    problems=(404, 409),
    summary="Use another version",
)
async def use_model(
    request: Request,
    number: Annotated[
        int,
        Path(
            ge=0,
            le=1_000_000,
            description="Its number; 0 is shipped.",
            openapi_examples={"shipped": {"value": 0}},
        ),
    ],
    wish: UseIn,
) -> Response:
    """Switch to another version; 0 is the shipped model. Replicas follow within two seconds."""
    await house(request).learning.activate(number, key_of(request).id, wish.why, utc_now())
    return await _list(request, 50)


@categories_door.operation(
    "GET",
    "/categories",
    scope=Scope.NAMES,
    response_model=CategoryList,
    summary="List the categories",
)
async def list_categories(request: Request) -> Response:
    """List the six that always exist, and the company's own."""
    configuration = house(request).configuration.current
    items = [
        {
            "id": one.id,
            "names": one.names,
            "description": one.description,
            "own": False,
            "team": None,
            "examples": 0,
        }
        for one in CATEGORIES
    ]
    items += [_category(category) for category in configuration.own_categories.categories]
    return answer({"items": items}, ETag=etag(configuration.documents.version(OWN_CATEGORIES)))


@categories_door.operation(
    "POST",
    "/categories",
    scope=Scope.ADMIN,
    status_code=201,
    response_model=NewCategoryOut,
    problems=(409, 412),
    summary="Make a category of your own",
)
async def add_category(request: Request, category: OwnCategory) -> Response:
    """Add a category; it is in use within seconds.

    The answer says how well the model tells it apart, and which of its examples look like another
    category. The same id again replaces the category, for example with more examples.
    """
    allow_long_work(request)
    rooms = house(request)
    configuration = rooms.configuration.current
    if category.team not in configuration.teams.by_id:
        raise Invalid(f"There is no team '{category.team}'.", hint="GET /v1/teams lists them.")
    others = [one for one in configuration.own_categories.categories if one.id != category.id]
    version, told = await rooms.learning.change_categories(
        [*others, category],
        configuration.documents.version(OWN_CATEGORIES),
        key_of(request).id,
        f"category {category.id}",
        utc_now(),
    )
    assert told is not None
    return answer({**_category(category), **separation_json(told), "model": version.number}, 201)


@categories_door.operation(
    "DELETE",
    "/categories/{category_id}",
    scope=Scope.ADMIN,
    status_code=204,
    problems=(404, 409, 412),
    summary="Remove a category",
)
async def remove_category(
    request: Request,
    category_id: Annotated[
        str,
        Path(
            max_length=64, description="Its id.", openapi_examples={"rental": {"value": "rental"}}
        ),
    ],
) -> Response:
    """Remove a category. Old inquiries keep it.

    Remove it from the policy first.
    """
    allow_long_work(request)
    rooms = house(request)
    configuration = rooms.configuration.current
    left = [one for one in configuration.own_categories.categories if one.id != category_id]
    if len(left) == len(configuration.own_categories.categories):
        raise NotFound(
            f"There is no category of your own '{category_id}'.",
            hint="GET /v1/categories lists them.",
        )
    ids = tuple(one for one in configuration.category_ids if one != category_id)
    policy, intents = configuration.documents[POLICY], configuration.own_intents
    if problems := policy.problems(configuration.teams, ids, intents.category_of):
        raise Conflict(
            f"The policy still names '{category_id}': {problems[0]}.",
            hint="Change the policy first: PUT /v1/policy.",
        )
    if inside := [one.id for one in intents.intents if one.category == category_id]:
        raise Conflict(
            f"Your intent '{inside[0]}' belongs to '{category_id}'.",
            hint="Remove it first: DELETE /v1/intents/{id}.",
        )
    await rooms.learning.change_categories(
        left,
        configuration.documents.version(OWN_CATEGORIES),
        key_of(request).id,
        f"category {category_id} removed",
        utc_now(),
    )
    return Response(status_code=204)


async def _list(request: Request, limit: int) -> Response:
    rooms = house(request)
    versions = await rooms.database.scan(lambda connection: store.list_versions(connection, limit))
    active = rooms.configuration.current.taught
    shipped = rooms.classifier.shipped
    first = {
        "number": 0,
        "name": shipped.card.name if shipped else "none",
        "at": None,
        "actor": None,
        "why": None,
        "state": "retired" if active else "active",
        "objections": [],
        "lessons": 0,
        "categories": list(shipped.card.labels) if shipped else [],
        "intents": [],
        "figures": {},
    }
    return answer(
        {
            "items": [
                *(_model(version, rooms.classifier.shipped_name) for version in versions),
                first,
            ]
        }
    )


def _model(version: Version, base: str) -> dict[str, Any]:
    return {
        "number": version.number,
        "name": f"{base}+taught-{version.number}",
        "at": format_time(version.at),
        "actor": version.actor,
        "why": version.why,
        "state": version.state,
        "objections": list(version.objections),
        "lessons": version.lessons,
        "categories": list(version.labels),
        "intents": sorted(own_intents_of(version)),
        "figures": version.figures,
    }


def _category(category: OwnCategory) -> dict[str, Any]:
    return {
        "id": category.id,
        "names": category.names,
        "description": category.description,
        "own": True,
        "team": category.team,
        "examples": len(category.examples),
    }


def separation_json(told: Separation) -> dict[str, Any]:
    """Render how well something new is told apart."""
    return {
        "verdict": told.verdict,
        "recognised": told.recognised,
        "taken_from_others": told.taken_from_others,
        "collisions": [
            {
                "example": one.example,
                "looks_like": one.looks_like,
                "confidence": one.confidence,
                "resembles": one.resembles,
            }
            for one in told.collisions
        ],
    }
