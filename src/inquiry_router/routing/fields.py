"""The base of all documents that admins write, and the types of their fields."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, Strict, StringConstraints

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,62}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
Share = Annotated[float, Strict(), Field(ge=0, le=1, allow_inf_nan=False)]
Minutes = Annotated[int, Strict(), Field(ge=1, le=60 * 24 * 90)]

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Document(BaseModel):
    """The base of everything that admins write: unknown fields are errors, values are immutable."""

    model_config = ConfigDict(extra="forbid", frozen=True)
