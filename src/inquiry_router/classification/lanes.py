"""The order in which waiting texts are classified. Pure: no clock, no threads."""

from collections import deque
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

# A longer text takes twice the time of most others and more.
MAX_PROMPT_WORDS: Final = 60
# Of a text: the encoder reads no more of it.
_MAX_COUNTED_CHARS: Final = 2000
MAX_DELAY_S: Final = 1.0

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Entry(Generic[T]):
    """A waiting text: its place in the order of arrival, or the time at which its turn came."""

    place: float
    text: T


class Lanes(Generic[T]):
    """Two lanes, in each of which the longest waiting text is first.

    Texts of the prompt lane overtake those of the patient one. But a patient text waits no longer
    than `MAX_DELAY_S` after its turn, which has come when all prompt texts before it are gone.
    """

    def __init__(self) -> None:
        self._arrived = 0
        self._prompt: deque[_Entry[T]] = deque()
        self._patient: deque[_Entry[T]] = deque()
        # Patient texts whose turn has come.
        self._overtaken: deque[_Entry[T]] = deque()

    def __len__(self) -> int:
        return len(self._prompt) + len(self._patient) + len(self._overtaken)

    def add(self, text: T, *, patient: bool) -> None:
        """Add a text behind all others of its lane."""
        self._arrived += 1
        (self._patient if patient else self._prompt).append(_Entry(self._arrived, text))

    def take(self, now: float) -> T | None:
        """Remove and return the text that is next; None if none waits. `now` is in seconds."""
        while self._patient and not self._comes_first(self._prompt, self._patient):
            self._overtaken.append(_Entry(now, self._patient.popleft().text))
        if self._overtaken and (not self._prompt or now - self._overtaken[0].place >= MAX_DELAY_S):
            return self._overtaken.popleft().text
        return self._prompt.popleft().text if self._prompt else None

    @staticmethod
    def _comes_first(lane: deque[_Entry[T]], other: deque[_Entry[T]]) -> bool:
        return bool(lane) and lane[0].place < other[0].place


def is_long(subject: str | None, text: str) -> bool:
    """True for a text of the patient lane."""
    words = f"{subject or ''} {text[:_MAX_COUNTED_CHARS]}".split()
    return len(words) > MAX_PROMPT_WORDS
