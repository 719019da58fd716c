"""Types of fields that several schemas share."""

from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
)

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
