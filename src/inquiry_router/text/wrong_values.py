"""Sentences for wrong values, in place of those of Pydantic, which speak to programmers. Pure."""

import re
from collections.abc import Mapping
from typing import Any, Final

UNKNOWN_FIELD: Final = "extra_forbidden"

# By the type of the error; braces are filled with what the error knows.
_SENTENCES: Final = {
    "missing": "is missing",
    UNKNOWN_FIELD: "is unknown here",
    "string_type": "must be text, in quotation marks",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "list_type": "must be a list, in brackets",
    "tuple_type": "must be a list, in brackets",
    "set_type": "must be a list, in brackets",
    "frozen_set_type": "must be a list, in brackets",
    "dict_type": "must be an object, in braces",
    "mapping_type": "must be an object, in braces",
    "model_type": "must be an object, in braces",
    "model_attributes_type": "must be an object, in braces",
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "string_too_short": "must have {min_length} characters or more",
    "string_too_long": "must have {max_length} characters or fewer",
    "too_short": "must have {min_length} entries or more, and has {actual_length}",
    "too_long": "must have {max_length} entries or fewer",
}
# Days and times have a dozen types of error each, by what is wrong with them.
_BEGINNINGS: Final = {
    "datetime_": "is no day and time: write it as 2026-11-21T19:16:18+01:00",
    "date_": "is no day: write it as 2026-11-30",
    "time_": "is no time: write it as 08:30",
}
_ID: Final = "may have small letters, digits, '_' and '-', and begins with a letter"
_PATTERNS: Final = {
    r"^[a-z][a-z0-9_-]{0,62}$": _ID,
    r"^[a-z][a-z0-9_]{0,62}$": "may have small letters, digits and '_', and begins with a letter",
    r"^[a-z][a-z0-9_]{0,60}$": "may have small letters, digits and '_', and begins with a letter",
    r"^[a-z0-9][a-z0-9-]{1,30}$": "must have 2 to 31 small letters, digits and '-'",
    r"^[a-z]{2}$": "must be a language in two letters, such as pl",
    r"^[A-Z]{3}$": "must be a currency in three letters, such as PLN",
    r"^([01]\d|2[0-3]):[0-5]\d$": "must be a time, such as 08:30",
    r"^([01][0-9]|2[0-3]):[0-5][0-9]$": "must be a time, such as 08:30",
}
_ONE_OF: Final = re.compile(r"\^\(([\w|-]+)\)\$")


def describe_error(error: Mapping[str, Any]) -> str:
    """Say what a field wants, for an error of Pydantic or one with the same keys."""
    kind, facts = error.get("type", ""), error.get("ctx", {})
    if kind == "string_pattern_mismatch":
        return _describe_pattern(facts["pattern"])
    for beginning, sentence in _BEGINNINGS.items():
        if kind.startswith(beginning):
            return sentence
    if (known := _SENTENCES.get(kind)) is not None:
        return known.format_map(facts)
    return str(error["msg"]).removeprefix("Value error, ")


def _describe_pattern(pattern: str) -> str:
    if (choice := _ONE_OF.fullmatch(pattern)) is not None:
        return f"must be one of: {', '.join(choice[1].split('|'))}"
    return _PATTERNS.get(pattern, f"must be written as {pattern}")
