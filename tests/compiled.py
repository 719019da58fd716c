"""Statements are compiled once for a test process, not for each of its thousands of houses.

A house has engines of its own, and SQLAlchemy keeps for each engine what it has compiled. Compiling
takes a sixth of the CPU of tests with a database (measured).
"""

from typing import Any, Final

from sqlalchemy import Engine
from sqlalchemy.engine.default import DefaultDialect

from inquiry_router.process.secret_box import box_of

_COMPILED: Final[dict[Any, Any]] = {}


def compile_once() -> None:
    """Let all engines of this process share what they compile."""
    Engine._compiled_cache = property(lambda engine: _COMPILED, lambda engine, cache: None)
    # Dialects are part of the keys.
    DefaultDialect.__eq__ = _compile_alike
    DefaultDialect.__hash__ = lambda dialect: hash(type(dialect))


def _compile_alike(one: DefaultDialect, other: object) -> bool:
    """True for dialects of one kind without encryption: a compiled statement encrypts, too."""
    if one is other:
        return True
    open_boxes = not (box_of(one).encrypts or box_of(other).encrypts)
    return type(one) is type(other) and open_boxes
