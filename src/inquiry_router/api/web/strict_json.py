"""A strict JSON parser for untrusted bodies. It refuses what is ambiguous or absurd."""

import json
from collections import Counter
from typing import Any, NoReturn

from inquiry_router.inquiry.errors import BadJson

MAX_DEPTH = 32
MAX_DIGITS = 100


def read_json(body: bytes) -> Any:
    """Parse a UTF-8 JSON text. Raises `BadJson` with the reason.

    Refused are other encodings and byte order marks, repeated keys, NaN and Infinity, numbers of
    more than 100 digits, and nesting deeper than 32. NUL and lone surrogates are removed from
    strings: JSON allows them, but databases do not.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadJson(f"The body is not UTF-8: byte {error.start} cannot be read.") from None
    try:
        value = _DECODER.decode(text)
    except RecursionError:
        raise BadJson(f"The body is nested deeper than {MAX_DEPTH} levels.") from None
    except json.JSONDecodeError as error:
        raise BadJson(f"The body is not JSON: {error.msg} at character {error.pos}.") from None
    # Fewer brackets than levels: no need to walk through the value.
    if text.count("{") + text.count("[") > MAX_DEPTH and _deeper_than(value, MAX_DEPTH):
        raise BadJson(f"The body is nested deeper than {MAX_DEPTH} levels.")
    return _clean(value) if "\\u" in text else value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        repeated = _first_repeated(pairs)
        raise BadJson(f"The key '{repeated[:60]}' appears more than once in one object.")
    return members


def _first_repeated(pairs: list[tuple[str, Any]]) -> str:
    counts = Counter(name for name, _ in pairs)
    return next(name for name, count in counts.items() if count > 1)


def _refuse_constant(name: str) -> NoReturn:
    raise BadJson(f"{name} is not a JSON number.")


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise BadJson(f"A number of {len(digits)} digits is not accepted.")
    return int(digits)


def _float(digits: str) -> float:
    if len(digits) > MAX_DIGITS:
        raise BadJson(f"A number of {len(digits)} characters is not accepted.")
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        raise BadJson(f"The number {digits} is too large.")
    return value


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_constant=_refuse_constant,
    parse_int=_integer,
    parse_float=_float,
)


def _deeper_than(value: Any, limit: int) -> bool:
    level = [value]
    for _ in range(limit):
        level = [
            child
            for container in level
            if isinstance(container, dict | list)
            for child in (container.values() if isinstance(container, dict) else container)
            if isinstance(child, dict | list)
        ]
        if not level:
            return False
    return True


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return "".join(c for c in value if c != "\x00" and not "\ud800" <= c <= "\udfff")
    if isinstance(value, dict):
        return {_clean(name): _clean(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_clean(member) for member in value]
    return value
