"""Bodies and answers about learning: quality, models, categories."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from inquiry_router.routing.fields import Document

Why = Annotated[str, StringConstraints(max_length=500)]


class GroupOut(BaseModel):
    """Figures about some inquiries; shares are 0 to 1."""

    inquiries: int = Field(description="How many came in.", examples=[120])
    looked_at: int = Field(
        description="Of these, how many people have corrected, confirmed or resolved.",
        examples=[80],
    )
    right: float | None = Field(
        description="Of those looked at, the share whose first category stands.", examples=[0.93]
    )
    decided: float | None = Field(
        description="The share that the router was sure of.", examples=[0.84]
    )


class IntentGroupOut(BaseModel):
    """Figures about inquiries with one intent."""

    inquiries: int = Field(description="How many the router named so.", examples=[31])
    said: int = Field(
        description="Of these, how many have an intent that a person said.", examples=[8]
    )
    right: float | None = Field(
        description="Of those with an intent that a person said, the share where it is the same.",
        examples=[0.88],
    )


class BinOut(BaseModel):
    """Inquiries of similar confidence."""

    model_config = ConfigDict(populate_by_name=True)

    from_: float = Field(alias="from", description="Confidence from here,", examples=[0.9])
    to: float = Field(description="to here.", examples=[1.0])
    inquiries: int = Field(description="How many were looked at.", examples=[61])
    confidence: float = Field(description="Their mean confidence.", examples=[0.97])
    right: float = Field(
        description="The share that was right; it should equal the mean confidence.",
        examples=[0.98],
    )


class CalibrationOut(BaseModel):
    """The quality of the confidence figures."""

    error: float | None = Field(
        description="Expected calibration error; 0 is perfect, below 0.05 good.", examples=[0.021]
    )
    bins: list[BinOut]


class LettersOut(BaseModel):
    """Letter groups that the model has never seen; shares, 0 to 1."""

    now: float = Field(description="In the newest inquiries.", examples=[0.12])
    corpus: float = Field(
        description="In texts by authors that training had not seen.", examples=[0.11]
    )


class DriftOut(BaseModel):
    """The difference between new inquiries and the texts that the model was trained on.

    Population stability indices: below 0.1 steady, from 0.25 shifted.
    """

    verdict: str = Field(
        description="steady, moved, shifted, or unknown with fewer than 200 inquiries.",
        examples=["steady"],
    )
    language: float | None = Field(description="Of the languages.", examples=[0.04])
    channel: float | None = Field(description="Of the channels.", examples=[0.08])
    length: float | None = Field(description="Of the lengths.", examples=[0.02])
    unknown_letters: LettersOut | None


class QualityOut(BaseModel):
    """Quality of the decisions, measured on inquiries that people have looked at."""

    inquiries: int = Field(
        description="How many of the period were counted, the newest 10,000 at most.",
        examples=[420],
    )
    looked_at: int = Field(
        description="Of these, how many people have corrected, confirmed or resolved.",
        examples=[260],
    )
    right: float | None = Field(
        description="Of those looked at, the share whose first category stands.", examples=[0.93]
    )
    decided: float | None = Field(
        description="The share that the router was sure of.", examples=[0.84]
    )
    right_when_decided: float | None = Field(
        description="Of the decided ones looked at, the share that was right.", examples=[0.97]
    )
    by_category: dict[str, GroupOut] = Field(
        description="By the category that the router gave first."
    )
    intent_named: float | None = Field(
        description="Of the decided ones, the share whose intent the router named.",
        examples=[0.71],
    )
    intent_right: float | None = Field(
        description="Where a person said the intent, the share that the router had named so.",
        examples=[0.82],
    )
    by_intent: dict[str, IntentGroupOut] = Field(
        description="By the intent that the router named first."
    )
    by_language: dict[str, GroupOut] = Field(description="By language.")
    by_channel: dict[str, GroupOut] = Field(description="By channel.")
    by_model: dict[str, GroupOut] = Field(description="By the model that was asked.")
    confusion: dict[str, dict[str, int]] = Field(
        description="Right category -> the router's category -> number of inquiries.",
        examples=[{"defect": {"defect": 61, "other": 2}}],
    )
    calibration: CalibrationOut
    drift: DriftOut


class ModelOut(BaseModel):
    """A version of the model that learnt from the company's corrections."""

    number: int = Field(description="Its number; 0 is the shipped model.", examples=[3])
    name: str = Field(description="As decisions name it.", examples=["e5-linear-4+taught-3"])
    at: datetime | None = Field(
        description="When it was made.", examples=["2026-11-20T02:00:00.000Z"]
    )
    actor: str | None = Field(description="The API key, or schedule.", examples=["schedule"])
    why: str | None = Field(
        description="Why it was made.", examples=["24 inquiries were corrected"]
    )
    state: str = Field(
        description="active, retired, or refused because of its objections.", examples=["active"]
    )
    objections: list[str] = Field(description="Why it was not put in use.", examples=[[]])
    lessons: int = Field(description="How many corrected inquiries it learnt from.", examples=[24])
    categories: list[str] = Field(
        description="The categories it knows.", examples=[["defect", "order_support"]]
    )
    intents: list[str] = Field(
        description="The intents of your own that it knows.", examples=[["service_contract"]]
    )
    figures: dict[str, Any] = Field(
        description="Measured on texts that it had not seen, before and after.",
        examples=[{"shipped_test": {"before": {"accuracy": 0.9}, "after": {"accuracy": 0.91}}}],
    )


class ModelList(BaseModel):
    """Versions, the newest first; the shipped model comes last."""

    items: list[ModelOut]


class LearnIn(Document):
    """A request to learn now."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"why": "Two weeks of corrections."}]}
    )

    why: Why = Field(
        "asked for", description="For the history.", examples=["Two weeks of corrections."]
    )


class UseIn(Document):
    """A request to use another version."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"why": "The last one confuses invoices."}]}
    )

    why: Why = Field(
        "asked for", description="For the history.", examples=["The last one confuses invoices."]
    )


class CategoryOut(BaseModel):
    """A category."""

    id: str = Field(description="The name used in policies and answers.", examples=["rental"])
    names: dict[str, str] = Field(
        description="The name that people read, by language.",
        examples=[{"pl": "wynajem", "en": "rental"}],
    )
    description: str = Field(
        description="What the sender needs.", examples=["Wants to rent equipment."]
    )
    own: bool = Field(
        description="True for the company's own; the others always exist.", examples=[True]
    )
    team: str | None = Field(
        description="Who gets it when no rule says otherwise; null: the policy alone decides.",
        examples=["sales"],
    )
    examples: int = Field(
        description="How many examples it was learnt from; 0 for those that always exist.",
        examples=[12],
    )


class CategoryList(BaseModel):
    """Every category."""

    items: list[CategoryOut]


class CollisionOut(BaseModel):
    """An example that looks like something else."""

    example: str = Field(description="The example.", examples=["Chcę kupić używany podnośnik."])
    looks_like: str = Field(
        description="The category, or the intent, that it looks like.", examples=["new_purchase"]
    )
    confidence: float = Field(description="How much, 0 to 1.", examples=[0.81])
    resembles: str | None = Field(
        description="The most similar text of that one.",
        examples=["Interesuje nas zakup podnośnika."],
    )


class SeparationOut(BaseModel):
    """The verdict on something new that was taught."""

    verdict: str = Field(
        description="well, fairly or poorly told apart from the others.", examples=["well"]
    )
    recognised: float = Field(
        description="The share of its examples that models recognise without having seen them.",
        examples=[0.92],
    )
    taken_from_others: float = Field(
        description="Of the shipped test, the share wrongly taken for it.", examples=[0.002]
    )
    collisions: list[CollisionOut] = Field(
        description="Examples that look like something else: reword them, or give more."
    )
    model: int = Field(description="The taught model that knows it.", examples=[4])


class NewCategoryOut(CategoryOut, SeparationOut):
    """A new category, and how well the model tells it apart."""


class IntentOut(BaseModel):
    """An intent."""

    id: str = Field(
        description="The name used in policies and answers.", examples=["service_contract"]
    )
    category: str = Field(description="The category it belongs to.", examples=["new_purchase"])
    names: dict[str, str] = Field(
        description="What people read after 'looks like', by language.",
        examples=[{"pl": "pytanie o umowę serwisową", "en": "a question about a service contract"}],
    )
    description: str = Field(
        description="What the sender does.", examples=["Wants a contract for regular service."]
    )
    own: bool = Field(
        description="True for the company's own; the others always exist.", examples=[True]
    )
    examples: int = Field(
        description="How many examples it was learnt from; 0 for those that always exist.",
        examples=[12],
    )


class IntentList(BaseModel):
    """Every intent."""

    items: list[IntentOut]


class NewIntentOut(IntentOut, SeparationOut):
    """A new intent, and how well the model tells it apart."""
