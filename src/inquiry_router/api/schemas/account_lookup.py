"""The bodies and answers about the CRM that is asked about customers."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from inquiry_router.accounts.asking import EXAMPLE
from inquiry_router.api.schemas.accounts import Email, Phone
from inquiry_router.api.schemas.fields import StrictBody

_SETTINGS = (
    "`by_email`, `by_phone`, `by_tax_id`: addresses with the place {value}, one at least. `secret` "
    "goes into `header` (Authorization); `headers` are other ones. `record` is the place of the "
    "customer in the JSON of the answer, `fields` those of name, external_id, tax_id, tier, "
    "language, brand and owner below it, with dots. `wait_ms` (300), `timeout_ms` (3000), "
    "`remember_minutes` (60), `enabled`. A secret that is left out stays."
)


class LookupIn(StrictBody):
    """The CRM that is asked."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"settings": EXAMPLE}]}
    )

    settings: dict[str, Any] = Field(description=_SETTINGS, examples=[EXAMPLE])


class LookupOut(BaseModel):
    """The CRM that is asked, with its secret masked."""

    settings: dict[str, Any] | None = Field(
        description="Null: no CRM is asked.", examples=[{**EXAMPLE, "secret": "**********"}]
    )
    version: int = Field(description="The version; 0 for none.", examples=[1])


class LookupTrialIn(StrictBody):
    """A customer to ask about."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"email": "anna@hydro-bud.example"}]}
    )

    email: Email | None = Field(None, description="Their address.", examples=[None])
    phone: Phone | None = Field(None, description="Their number.", examples=[None])
    tax_id: str | None = Field(
        None, max_length=32, description="Their NIP or VAT number.", examples=[None]
    )


class LookupTrialOut(BaseModel):
    """The answer of the CRM, as it was read."""

    found: dict[str, str] | None = Field(
        description="The fields that the account would have; null if the CRM knows nobody.",
        examples=[{"name": "Hydro-Bud", "external_id": "K-1024"}],
    )
    problem: str | None = Field(
        description="A sentence for the admin if it did not answer.", examples=[None]
    )
    milliseconds: int = Field(description="The time that it took.", examples=[120])
