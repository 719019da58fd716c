"""Sentences for wrong values say what to write, without the words of a validator."""

from datetime import date
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from inquiry_router.text.wrong_values import describe_error


class Form(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    id: str = Field("a", pattern=r"^[a-z][a-z0-9_-]{0,62}$")
    format: str = Field("json", pattern="^(json|csv)$")
    code: str = Field("1", pattern=r"^\d+$")
    kind: Literal["agent", "manager"] = "agent"
    many: Annotated[int, Field(ge=1, le=200)] = 1
    day: date = Field(date(2026, 1, 1), strict=False)
    words: list[str] = Field(["a", "b"], min_length=2)
    name: str = Field("Ola", min_length=2)
    contact: dict[str, str] = {}


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ({"id": "Źródło 1"}, "may have small letters, digits, '_' and '-', and begins with"),
        ({"format": "pdf"}, "must be one of: json, csv"),
        ({"code": "x"}, r"must be written as ^\d+$"),
        ({"kind": "boss"}, "must be 'agent' or 'manager'"),
        ({"many": 0}, "must be at least 1"),
        ({"many": 201}, "must be at most 200"),
        ({"many": "2"}, "must be a whole number"),
        ({"day": "2026-02-30"}, "is no day: write it as 2026-11-30"),
        ({"words": ["a"]}, "must have 2 entries or more, and has 1"),
        ({"words": "a"}, "must be a list, in brackets"),
        ({"name": "O"}, "must have 2 characters or more"),
        ({"name": 5}, "must be text, in quotation marks"),
        ({"contact": []}, "must be an object, in braces"),
        ({"colour": "red"}, "is unknown here"),
    ],
)
def test_error_says_what_to_write(value: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Form.model_validate(value)
    (error,) = caught.value.errors()
    assert describe_error(error).startswith(sentence)
