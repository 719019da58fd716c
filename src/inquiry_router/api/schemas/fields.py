"""Types of fields that several schemas share."""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)


def _require_text(value: Any) -> Any:
    if isinstance(value, str):
        return value
    raise ValueError("is written as text in RFC 3339, such as 2026-11-21T19:16:18+01:00")


def _require_zone_and_range(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("needs a time zone, such as Z or +01:00")
    if not 1990 <= moment.year <= 2100:
        raise ValueError("lies outside the years 1990 to 2100")
    return moment.astimezone(UTC)


Moment = Annotated[
    datetime, BeforeValidator(_require_text), AfterValidator(_require_zone_and_range)
]
Line = Annotated[str, StringConstraints(max_length=1000)]
CategoryId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,62}$")]


class StrictBody(BaseModel):
    """A body that clients send. An unknown field is an error, so that typing mistakes show."""

    model_config = ConfigDict(extra="forbid")


def read_only(description: str) -> Any:
    """A field of a body that is only shown: it may be sent back as it was."""
    return Field(
        None,
        description=f"Read-only: {description} May be left out.",
        examples=[None],
        json_schema_extra={"readOnly": True},
    )
