"""Names for the moments at which a process could die.

`step(name)` does nothing in production. Tests set a hook in a process of their own that kills it
at exactly this moment, and then check the data that is left.
"""

from collections.abc import Callable

STEPS = (
    "intake.read",
    "intake.decided",
    "intake.in_transaction",
    "intake.committed",
    "intake.answering",
    "message.in_transaction",
    "message.committed",
    "late.classified",
    "late.in_transaction",
    "late.committed",
    "watch.in_transaction",
    "watch.committed",
    "watch.alarming",
    "telling.committed",
    "source.stored",
    "source.fetched",
    "delivery.claimed",
    "delivery.sending",
    "delivery.answered",
    "delivery.marked",
)

_hook: Callable[[str], None] | None = None


def step(name: str) -> None:
    """Report that the named moment has come."""
    if _hook is not None:
        _hook(name)


def set_hook(hook: Callable[[str], None] | None) -> None:
    """Call `hook` at every step. For tests only."""
    global _hook  # noqa: PLW0603 - set once, by tests, in a process of their own
    _hook = hook
