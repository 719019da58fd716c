"""The doors for learning: how good the decisions are, what was learnt, and a company's own categories."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from inquiry_router.api.routing import Door, answer, etag, house, key_of
from inquiry_router.api.schemas import Moment
from inquiry_router.clock import utc_now
from inquiry_router.configuration.model import Scope
from inquiry_router.inquiry.categories import CATEGORIES
from inquiry_router.inquiry.errors import Conflict, Invalid, NotFound
from inquiry_router.inquiry.rendering import written_time
from inquiry_router.learning import store
from inquiry_router.learning.separation import Separation
from inquiry_router.learning.store import Version
from inquiry_router.routing.own_categories import OwnCategory
from inquiry_router.routing.policy import Document

quality_door = Door("Quality")
models_door = Door("Models")
categories_door = Door("Categories")

Why = Annotated[str, StringConstraints(max_length=500)]


class GroupOut(BaseModel):
    """Figures about some inquiries; shares are 0 to 1."""

    inquiries: int = Field(description="How many came in.", examples=[120])
    looked_at: int = Field(description="Of these, how many people have corrected, confirmed or resolved.", examples=[80])
    right: float | None = Field(description="Of those looked at, the share whose first category stands.", examples=[0.93])
    decided: float | None = Field(description="The share that the router was sure of.", examples=[0.84])


class BinOut(BaseModel):
    """Inquiries of like confidence."""

    model_config = ConfigDict(populate_by_name=True)

    from_: float = Field(alias="from", description="Confidence from here,", examples=[0.9])
    to: float = Field(description="to here.", examples=[1.0])
    inquiries: int = Field(description="How many were looked at.", examples=[61])
    confidence: float = Field(description="Their mean confidence.", examples=[0.97])
    right: float = Field(description="The share that was right: an honest router has the same figure twice.", examples=[0.98])


class CalibrationOut(BaseModel):
    """Whether the confidence can be believed."""

    error: float | None = Field(description="Expected calibration error; 0 is perfect, below 0.05 good.", examples=[0.021])
    bins: list[BinOut]


class LettersOut(BaseModel):
    """Letter groups that the model has never seen; shares, 0 to 1."""

    now: float = Field(description="In the newest inquiries.", examples=[0.12])
    corpus: float = Field(description="In texts by authors that training had not seen.", examples=[0.11])


class DriftOut(BaseModel):
    """Whether what comes in is what the model was made for. Population stability indices: below 0.1 steady, from 0.25 shifted."""

    verdict: str = Field(description="steady, moved, shifted, or unknown without inquiries.", examples=["steady"])
    language: float | None = Field(description="Of the languages.", examples=[0.04])
    channel: float | None = Field(description="Of the channels.", examples=[0.08])
    length: float | None = Field(description="Of the lengths.", examples=[0.02])
    unknown_letters: LettersOut | None


class QualityOut(BaseModel):
    """How good the decisions have been, as far as people have looked."""

    inquiries: int = Field(description="How many of the period were counted, the newest 10,000 at most.", examples=[420])
    looked_at: int = Field(description="Of these, how many people have corrected, confirmed or resolved.", examples=[260])
    right: float | None = Field(description="Of those looked at, the share whose first category stands.", examples=[0.93])
    decided: float | None = Field(description="The share that the router was sure of.", examples=[0.84])
    right_when_decided: float | None = Field(
        description="Of the decided ones looked at, the share that was right.", examples=[0.97]
    )
    by_category: dict[str, GroupOut] = Field(description="By the category that the router gave first.")
    by_language: dict[str, GroupOut] = Field(description="By language.")
    by_channel: dict[str, GroupOut] = Field(description="By channel.")
    by_model: dict[str, GroupOut] = Field(description="By the model that was asked.")
    confusion: dict[str, dict[str, int]] = Field(
        description="What people said -> what the router had said -> how many.", examples=[{"defect": {"defect": 61, "other": 2}}]
    )
    calibration: CalibrationOut
    drift: DriftOut


class ModelOut(BaseModel):
    """A version of what the company has taught the classifier."""

    number: int = Field(description="Its number; 0 is the shipped model.", examples=[3])
    name: str = Field(description="As decisions name it.", examples=["e5-linear-2+taught-3"])
    at: datetime | None = Field(description="When it was made.", examples=["2026-11-20T02:00:00.000Z"])
    actor: str | None = Field(description="The API key, or schedule.", examples=["schedule"])
    why: str | None = Field(description="Why it was made.", examples=["24 inquiries were corrected"])
    state: str = Field(description="active, retired, or refused because of its objections.", examples=["active"])
    objections: list[str] = Field(description="Why it was not put in use.", examples=[[]])
    lessons: int = Field(description="How many corrected inquiries it learnt from.", examples=[24])
    categories: list[str] = Field(description="The categories it knows.", examples=[["defect", "order_support"]])
    figures: dict[str, Any] = Field(
        description="Measured on what it had not seen, before and after.",
        examples=[{"shipped_test": {"before": {"accuracy": 0.9}, "after": {"accuracy": 0.91}}}],
    )


class ModelList(BaseModel):
    """Versions, the newest first; the shipped model comes last."""

    items: list[ModelOut]


class LearnIn(Document):
    """That the router shall learn now."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"why": "Two weeks of corrections."}]})

    why: Why = Field("asked for", description="For the history.", examples=["Two weeks of corrections."])


class UseIn(Document):
    """That another version shall be used."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"why": "The last one confuses invoices."}]})

    why: Why = Field("asked for", description="For the history.", examples=["The last one confuses invoices."])


class CategoryOut(BaseModel):
    """A category."""

    id: str = Field(description="The name used in policies and answers.", examples=["rental"])
    names: dict[str, str] = Field(description="What people read, by language.", examples=[{"pl": "wynajem", "en": "rental"}])
    description: str = Field(description="What the sender needs.", examples=["Wants to rent equipment."])
    own: bool = Field(description="Whether it is the company's own; the others always exist.", examples=[True])
    team: str | None = Field(
        description="Who gets it when no rule says otherwise; null: the policy alone decides.", examples=["sales"]
    )
    examples: int = Field(description="How many examples it was learnt from; 0 for those that always exist.", examples=[12])


class CategoryList(BaseModel):
    """Every category."""

    items: list[CategoryOut]


class CollisionOut(BaseModel):
    """An example that looks like another category."""

    example: str = Field(description="The example.", examples=["Chcę kupić używany podnośnik."])
    looks_like: str = Field(description="The category it looks like.", examples=["new_purchase"])
    confidence: float = Field(description="How much, 0 to 1.", examples=[0.81])
    resembles: str | None = Field(description="What it is most like there.", examples=["Interesuje nas zakup podnośnika."])


class NewCategoryOut(CategoryOut):
    """A category that was made, and how well it is told apart."""

    verdict: str = Field(description="well, fairly or poorly told apart from the others.", examples=["well"])
    recognised: float = Field(
        description="Of its examples, the share that is recognised by models that have not seen them.", examples=[0.92]
    )
    taken_from_others: float = Field(description="Of the shipped test, the share wrongly taken for it.", examples=[0.002])
    collisions: list[CollisionOut] = Field(description="Examples that look like something else: reword them, or give more.")
    model: int = Field(description="The taught model that knows it.", examples=[4])


@quality_door.operation("GET", "/quality", scope=Scope.READ, response_model=QualityOut, summary="See how good the decisions are")
async def read_quality(
    request: Request,
    since: Annotated[Moment | None, Query(description="Received at or after this moment, with time zone.")] = None,
    until: Annotated[Moment | None, Query(description="Received before this moment, with time zone.")] = None,
) -> Response:
    """From what people corrected, confirmed or resolved: accuracy, confusion, calibration, share decided; and the drift."""
    return answer(await house(request).learning.quality(since, until))


@models_door.operation("GET", "/models", scope=Scope.READ, response_model=ModelList, summary="List what was learnt")
async def list_models(request: Request, limit: Annotated[int, Query(ge=1, le=200, description="How many.")] = 50) -> Response:
    """Every version with what was measured before and after, also those that were refused; the newest first."""
    return await _listed(request, limit)


@models_door.operation(
    "POST", "/models", scope=Scope.ADMIN, status_code=201, response_model=ModelOut, problems=(409,), summary="Learn now"
)
async def learn(request: Request, wish: LearnIn) -> Response:
    """Learns from all corrections: seconds for hundreds of them. The new version is used only if it is better and does no harm.

    It must be right more often on corrected inquiries it has not seen, spoil no category there or in the shipped test, and send
    no more service matters to sales. Otherwise `state` is `refused` and `objections` say why. From 20 corrected inquiries on.
    """
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
        int, Path(ge=0, le=1_000_000, description="Its number; 0 is shipped.", openapi_examples={"shipped": {"value": 0}})
    ],
    wish: UseIn,
) -> Response:
    """Goes back, or forward, to a version; every replica follows within two seconds. 0 is the shipped model as it is."""
    await house(request).learning.put_in_use(number, key_of(request).id, wish.why, utc_now())
    return await _listed(request, 50)


@categories_door.operation("GET", "/categories", scope=Scope.READ, response_model=CategoryList, summary="List the categories")
async def list_categories(request: Request) -> Response:
    """The six that always exist, and the company's own."""
    configuration = house(request).configuration.current
    items = [
        {"id": one.id, "names": one.names, "description": one.description, "own": False, "team": None, "examples": 0}
        for one in CATEGORIES
    ]
    items += [_category(category) for category in configuration.own_categories.categories]
    return answer({"items": items}, ETag=etag(configuration.own_categories_version))


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
    """Live in seconds. Says how well it is told apart from the others, and which of its examples look like something else.

    The same id again replaces the category, so it can be improved with more examples.
    """
    rooms = house(request)
    configuration = rooms.configuration.current
    if category.team not in configuration.teams.by_id:
        raise Invalid(f"There is no team '{category.team}'.", hint="GET /v1/teams lists them.")
    others = [one for one in configuration.own_categories.categories if one.id != category.id]
    version, told = await rooms.learning.change_categories(
        [*others, category],
        configuration.own_categories_version,
        key_of(request).id,
        f"category {category.id}",
        utc_now(),
    )
    assert told is not None
    return answer({**_category(category), **_separation(told), "model": version.number}, 201)


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
    category_id: Annotated[str, Path(max_length=64, description="Its id.", openapi_examples={"rental": {"value": "rental"}})],
) -> Response:
    """No new inquiry gets it any more; old ones keep it. A category that the policy still names cannot go."""
    rooms = house(request)
    configuration = rooms.configuration.current
    left = [one for one in configuration.own_categories.categories if one.id != category_id]
    if len(left) == len(configuration.own_categories.categories):
        raise NotFound(f"There is no category of your own '{category_id}'.", hint="GET /v1/categories lists them.")
    ids = tuple(one for one in configuration.category_ids if one != category_id)
    if problems := configuration.policy.unknown_names(configuration.teams, ids):
        raise Conflict(f"The policy still names '{category_id}': {problems[0]}.", hint="Change the policy first: PUT /v1/policy.")
    await rooms.learning.change_categories(
        left, configuration.own_categories_version, key_of(request).id, f"category {category_id} removed", utc_now()
    )
    return Response(status_code=204)


async def _listed(request: Request, limit: int) -> Response:
    rooms = house(request)
    versions = await rooms.database.read(lambda connection: store.versions(connection, limit))
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
        "figures": {},
    }
    return answer({"items": [*(_model(version, rooms.classifier.shipped_name) for version in versions), first]})


def _model(version: Version, base: str) -> dict[str, Any]:
    return {
        "number": version.number,
        "name": f"{base}+taught-{version.number}",
        "at": written_time(version.at),
        "actor": version.actor,
        "why": version.why,
        "state": version.state,
        "objections": list(version.objections),
        "lessons": version.lessons,
        "categories": list(version.labels),
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


def _separation(told: Separation) -> dict[str, Any]:
    return {
        "verdict": told.verdict,
        "recognised": told.recognised,
        "taken_from_others": told.taken_from_others,
        "collisions": [
            {"example": one.example, "looks_like": one.looks_like, "confidence": one.confidence, "resembles": one.resembles}
            for one in told.collisions
        ],
    }
