"""The bodies and answers about personal data."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from inquiry_router.api.schemas.fields import StrictBody

_Value = Annotated[str, StringConstraints(min_length=3, max_length=250)]
_Id = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class PersonIn(StrictBody):
    """A person, by all addresses, numbers and names that are known of them."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"emails": ["jan@klient.example"], "phones": ["+48601234567"]}]
        },
    )

    emails: list[_Value] = Field(
        [], max_length=20, description="E-mail addresses.", examples=[["jan@klient.example"]]
    )
    phones: list[_Value] = Field(
        [],
        max_length=20,
        description="Phone numbers; Polish ones without a country code.",
        examples=[["601 234 567"]],
    )
    names: list[_Value] = Field(
        [],
        max_length=20,
        description="First name and surname. They only find candidates, because many people may "
        "have the name.",
        examples=[["Jan Kowalski"]],
    )
    confirmed: list[_Id] = Field(
        [],
        max_length=200,
        description="Candidates that are about this person, by id or reference: the preview lists "
        "them. Their messages under the name are the person's.",
        examples=[[]],
    )


class ErasureIn(PersonIn):
    """A person to be erased."""

    note: Annotated[str, StringConstraints(max_length=200)] | None = Field(
        None,
        description="For the record, such as the number of the request; never the person.",
        examples=["GDPR-17"],
    )


class CandidateOut(BaseModel):
    """An inquiry that has the name, and none of the addresses and numbers."""

    id: str = Field(description="Its id.", examples=["0198c0de-7b1e-7cc3-98c4-dc0c0c07398f"])
    reference: str = Field(description="Its reference.", examples=["K7MA-4XEH"])
    received_at: str = Field(description="The time it came.", examples=["2026-11-20T08:30:00.000Z"])
    name: str | None = Field(description="The name of its contact.", examples=["Jan Kowalski"])
    email: str | None = Field(description="Their address.", examples=["jan@inny.example"])
    phone: str | None = Field(description="Their number.", examples=["+48609999999"])
    company: str | None = Field(description="Their company.", examples=["Młyn Nowak"])


class ElsewhereOut(BaseModel):
    """A copy in another system. Nobody but its admin can erase it."""

    system: str = Field(
        description="A source, a destination that was told, or `recording`.",
        examples=["zammad-1"],
    )
    id: str | None = Field(description="The ticket's id there.", examples=["4711"])
    url: str | None = Field(description="Its address, if it is known.", examples=[None])


class ContactOut(BaseModel):
    """A contact as the person gave it."""

    name: str | None = Field(None, description="The name.", examples=["Jan Kowalski"])
    email: str | None = Field(None, description="The address.", examples=["jan@klient.example"])
    phone: str | None = Field(None, description="The number.", examples=["+48601234567"])
    company: str | None = Field(None, description="The company.", examples=[None])
    extension: str | None = Field(None, description="The extension.", examples=[None])


class ErasurePreviewOut(BaseModel):
    """Everything that an erasure would do, and what to look at first."""

    counts: dict[str, int] = Field(
        description="Rows that would go, by table; inquiries shared with others, messages emptied "
        "in them, mentions by others that would be masked, files, and mailboxes that wait to be "
        "read and would be removed whole.",
        examples=[{"inquiries": 2, "messages": 5, "mentions": 1}],
    )
    inquiries: list[str] = Field(
        description="The ids of inquiries in which the person spoke, 200 at most.", examples=[[]]
    )
    candidates: list[CandidateOut] = Field(
        description="Inquiries with the name alone: look at each, and confirm the right ones. At "
        "most 100."
    )
    also: list[ContactOut] = Field(
        description="Other contacts that the person used: add their values if they are theirs "
        "alone, not those of a switchboard."
    )
    elsewhere: list[ElsewhereOut] = Field(
        description="Copies in other systems: erase them there first, or they come back."
    )


class ErasureOut(BaseModel):
    """A recorded erasure. It does not say of whom."""

    id: str = Field(description="Its id.", examples=["0198c0de-7b1e-7cc3-98c4-dc0c0c07398f"])
    started_at: datetime = Field(
        description="The time it began.", examples=["2026-11-20T08:30:00.000Z"]
    )
    finished_at: datetime | None = Field(
        description="The time it was done; null if it was broken off: send it again.",
        examples=["2026-11-20T08:30:01.000Z"],
    )
    actor: str = Field(description="The API key, or `cli`.", examples=["admin"])
    given: list[str] = Field(
        description="The kinds of values that named the person.", examples=[["email", "phone"]]
    )
    counts: dict[str, int] = Field(
        description="The figures of the preview at that time.",
        examples=[{"inquiries": 2, "messages": 5, "mentions": 1}],
    )
    note: str | None = Field(description="The note.", examples=["GDPR-17"])


class ErasureList(BaseModel):
    """Erasures, the newest first."""

    items: list[ErasureOut]


class ExplainedTable(BaseModel):
    """A table of an export."""

    table: str = Field(description="Its name.", examples=["messages"])
    holds: str = Field(
        description="Its purpose.", examples=["all that customers said, with the contact"]
    )
    kept: str = Field(description="The time or the rule.", examples=["with its inquiry"])
    columns: list[str] = Field(description="Its columns.", examples=[["subject", "text"]])


class WaitingMail(BaseModel):
    """A mail of the person in a mailbox that waits to be read."""

    mailbox: str = Field(
        description="The id of the baseline for which it was sent.",
        examples=["019a4c1e-7c20-7d25-b5b4-3f1d7f0c6c11"],
    )
    sender: str = Field(description="Its sender.", examples=["jan@klient.example"])
    at: datetime | None = Field(
        description="Its date, if one can be read.", examples=["2026-11-26T08:00:00Z"]
    )
    subject: str | None = Field(description="Its subject.", examples=["Pompa cieknie"])
    text: str = Field(description="Its words.", examples=["Pompa CX-40 cieknie."])


class ExportOut(BaseModel):
    """Everything that is stored of a person."""

    person: dict[str, list[str]] = Field(
        description="The values that were looked for.",
        examples=[{"emails": ["jan@klient.example"], "phones": [], "names": []}],
    )
    explanation: list[ExplainedTable] = Field(description="The meaning of each table.")
    tables: dict[str, list[dict[str, Any]]] = Field(
        description="All rows, by table. The entries `routed` of `timeline` hold the automated "
        "decisions with their reasons.",
        examples=[{"messages": [{"text": "Pompa cieknie"}]}],
    )
    recordings: list[str] = Field(description="The addresses of recorded messages.", examples=[[]])
    waiting_calls: list[str] = Field(
        description="Calls that wait in files to be stored.", examples=[[]]
    )
    waiting_mails: list[WaitingMail] = Field(
        description="Mails of theirs in mailboxes that wait to be read for a baseline, or are half "
        "read."
    )
    elsewhere: list[ElsewhereOut] = Field(description="Copies in other systems.")
    mentioned_by_others: dict[str, int] = Field(
        description="Rows of others that mention the person, by table. They are not shown, because "
        "they are others' data.",
        examples=[{"messages": 1}],
    )


class ErasedCount(BaseModel):
    """Inquiries that were deleted, as numbers."""

    month: str = Field(description="The month in which they came.", examples=["2026-11"])
    channel: str = Field(description="Their channel.", examples=["email"])
    language: str = Field(description="Their language.", examples=["pl"])
    category: str = Field(description="Their category.", examples=["defect"])
    team: str = Field(description="Their team.", examples=["customer_service"])
    why: str = Field(
        description="request: a person was erased; retention: their time was over.",
        examples=["retention"],
    )
    inquiries: int = Field(description="Their number.", examples=[12])
    messages: int = Field(description="The number of their messages.", examples=[31])
    corrected: int = Field(description="The number that people had corrected.", examples=[1])


class ErasedCountList(BaseModel):
    """The counts that stay, the newest month first."""

    items: list[ErasedCount]


class PastDueOut(BaseModel):
    """Rows past due, by the rule that deletes them."""

    counts: dict[str, int] = Field(
        description="The number of inquiries, deliveries, calls, files or events.",
        examples=[{"resolved_inquiries_days": 12, "calls_days": 40, "recordings_days": 0}],
    )
