"""The answers of reports."""

from typing import Any

from pydantic import BaseModel, Field


class ReportOut(BaseModel):
    """A report for a period. Tables differ from report to report."""

    name: str = Field(description="The report.", examples=["bypass"])
    since: str = Field(description="The first day.", examples=["2026-09-01"])
    until: str = Field(description="The last day.", examples=["2026-11-19"])
    totals: dict[str, Any] = Field(description="The whole period.", examples=[{"inquiries": 812}])
    tables: dict[str, list[dict[str, Any]]] = Field(
        description="Rows by table.",
        examples=[{"by_week": [{"week": "2026-11-16", "inquiries": 70}]}],
    )
    notes: list[str] = Field(
        description="What the figures do not say.", examples=[["Calls on mobiles are invisible."]]
    )
