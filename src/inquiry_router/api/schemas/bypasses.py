"""The bodies and answers of the door for bypasses."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from inquiry_router.api.schemas.fields import CategoryId, StrictBody
from inquiry_router.inquiry.model import Channel
from inquiry_router.routing.fields import Moment

_Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=128)]


class BypassIn(StrictBody):
    """A service matter that reached a salesperson."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"person": "Jan Nowak", "channel": "phone", "category": "defect"}]
        },
    )

    person: _Name | None = Field(
        None, description="The salesperson; yourself if left out.", examples=["Jan Nowak"]
    )
    at: Moment | None = Field(None, description="Now if left out.", examples=[None])
    channel: Channel = Field(Channel.PHONE, description="By which channel.", examples=["phone"])
    category: CategoryId | None = Field(None, description="What about.", examples=["defect"])
    intent: CategoryId | None = Field(None, description="What exactly.", examples=[None])
    minutes: Annotated[float, Field(gt=0, le=600)] | None = Field(
        None, description="Measured; else the cost model's minutes count.", examples=[7]
    )
    inquiry: Annotated[str, StringConstraints(max_length=64)] | None = Field(
        None, description="The id or reference of its inquiry.", examples=[None]
    )
    number: Annotated[str, StringConstraints(max_length=40)] | None = Field(
        None, description="The customer's number; kept for 90 days.", examples=["601 000 101"]
    )
    department: Annotated[str, StringConstraints(max_length=64)] | None = Field(
        None, description="The department of the colleague who sent it.", examples=[None]
    )


class BypassOut(BaseModel):
    """A recorded bypass."""

    id: str = Field(description="The id.", examples=["0198c0de-9a51-7c1e-8d2c-3f6a5e1b7d20"])


class ShortMessageIn(StrictBody):
    """A short message to the company, as an SMS gateway passes it on."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"from": "601 000 204", "text": "serwis"}]}
    )

    sender: Annotated[str, StringConstraints(max_length=40)] = Field(
        alias="from", description="The number of the salesperson.", examples=["601 000 204"]
    )
    text: Annotated[str, StringConstraints(max_length=500)] = Field(
        description="`S` or `serwis`: the last call was service.", examples=["serwis"]
    )
    id: Annotated[str, StringConstraints(max_length=64)] | None = Field(
        None, description="The gateway's id, by which a repeat is known.", examples=[None]
    )


class ShortMessageOut(BaseModel):
    """The result of a short message."""

    recorded: bool = Field(description="True if it was recorded.", examples=[False])
    why: str = Field(description="Why not, or thanks.", examples=["No salesperson has it."])


class TapLinkOut(BaseModel):
    """A personal link."""

    url: str = Field(description="Open it, or put it on the home screen.", examples=["https://..."])
    ends_at: str = Field(description="Valid until.", examples=["2026-12-19T10:00:00Z"])


class LoggedCallIn(StrictBody):
    """A call, as a telephone system tells it when it ends."""

    at: Moment = Field(description="When it began.", examples=["2026-11-19T09:14:05+01:00"])
    caller: Annotated[str, StringConstraints(max_length=40, pattern=r"^[^;\"\n]*$")] = Field(
        alias="from", description="A number or extension.", examples=["601 000 101"]
    )
    called: Annotated[str, StringConstraints(max_length=40, pattern=r"^[^;\"\n]*$")] = Field(
        alias="to", description="A number or extension.", examples=["601 000 204"]
    )
    seconds: Annotated[int, Field(strict=True, ge=0, le=86_400)] = Field(
        description="Of talk; 0 if nobody answered.", examples=[185]
    )


class LoggedCallsIn(StrictBody):
    """Calls, in any order; one that is known already is left out."""

    calls: Annotated[list[LoggedCallIn], Field(min_length=1, max_length=10_000)] = Field(
        description="The calls."
    )

    @property
    def as_log(self) -> bytes:
        """The calls as a log."""
        lines = ["calldate;caller;dst;disposition;billsec;duration"]
        for one in self.calls:
            result = "ANSWERED" if one.seconds else "NO ANSWER"
            length = f"{one.seconds};{one.seconds}"
            lines.append(f"{one.at.isoformat()};{one.caller};{one.called};{result};{length}")
        return "\n".join(lines).encode()


class CallLogOut(BaseModel):
    """The result of a PBX log."""

    calls: int = Field(description="Calls of salespeople in it.", examples=[310])
    added: int = Field(description="Those that were new.", examples=[12])
    program: str = Field(description="The program it looks like.", examples=["Ringostat"])
    left_out: dict[str, Any] = Field(description="Rows left out.", examples=[{"of_others": 4}])
