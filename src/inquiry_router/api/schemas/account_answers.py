"""The account of an inquiry, in answers."""

from datetime import datetime

from pydantic import BaseModel, Field


class LastComplaintOut(BaseModel):
    """The newest complaint of an account before this inquiry."""

    reference: str = Field(description="Its reference.", examples=["K7MA-4XEH"])
    received_at: datetime = Field(
        description="When it came, UTC.", examples=["2026-10-02T08:30:00.000Z"]
    )
    is_open: bool = Field(description="True if it was not resolved.", examples=[False])


class MaybeAccountOut(BaseModel):
    """An account that it may be. No rule acts on it."""

    id: str = Field(description="Its id.", examples=["0198c0de-7b1e-7cc3-98c4-dc0c0c07398f"])
    name: str = Field(description="Its name.", examples=["Hydro-Bud sp. z o.o."])
    external_id: str | None = Field(
        description="Its id in the company's own system.", examples=["K-1024"]
    )
    sign: str = Field(
        description="The sign by which it was recognised.", examples=["the mail domain"]
    )


class AccountOut(MaybeAccountOut):
    """The account that it surely is, as it was when the inquiry came."""

    tier: str | None = Field(description="Its tier.", examples=["gold"])
    roles: dict[str, str] = Field(
        description="Our people for it, by role.", examples=[{"owner": "Bartek Wilk"}]
    )
    open_matters: int = Field(
        description="Other inquiries of the last year that were open.", examples=[1]
    )
    last_complaint: LastComplaintOut | None = Field(
        description="The newest complaint of the last year; null if there was none."
    )


class RecognisedOut(BaseModel):
    """The account of a customer: a sure one, or those that it may be."""

    account: AccountOut | None = Field(
        None, description="The customer's account; null if it is not sure."
    )
    maybe_accounts: list[MaybeAccountOut] = Field(
        [],
        description="Other accounts that it may be: by the mail domain, the company's name, or an "
        "address in the text.",
        examples=[[]],
    )
