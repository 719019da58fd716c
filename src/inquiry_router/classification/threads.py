"""The threads that classify beside the event loop, each one text at a time."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from typing import Final

from inquiry_router.classification.lanes import Lanes
from inquiry_router.inquiry.model import Classification, Draft

# A text whose turn has come is waited for so long: its work would be lost otherwise.
MAX_MODEL_S: Final = 1.0
# The weight of the newest text in the average time of a text.
_NEWEST: Final = 0.1


@dataclass(frozen=True, slots=True)
class _Question:
    """A text that waits for its turn."""

    draft: Draft
    answer: Future[Classification] = field(default_factory=Future)


class Threads:
    """Threads that ask the model about the text that is next, as `Lanes` has it."""

    def __init__(self, count: int, ask: Callable[[Draft], Classification]) -> None:
        self._ask = ask
        self._lock = Lock()
        self._lanes: Lanes[_Question] = Lanes()
        self._count = count
        self._each_s = 0.0
        self._executor = ThreadPoolExecutor(count, thread_name_prefix="classifier")

    async def classify(self, draft: Draft, until: float, *, patient: bool) -> Classification:
        """Classify a text whose turn comes before `until`, a time of the loop's clock.

        Raises `TimeoutError` if it does not, at once if there is no hope of it; and the errors of
        the model.
        """
        question, limit_s = _Question(draft), until - asyncio.get_running_loop().time()
        with self._lock:
            if len(self._lanes) * self._each_s / self._count > limit_s:
                raise TimeoutError
            self._lanes.add(question, patient=patient)
        self._executor.submit(self._answer_next)
        answer = asyncio.wrap_future(question.answer)
        try:
            done, _ = await asyncio.wait([answer], timeout=limit_s)
            if not done and question.answer.running():
                await asyncio.wait([answer], timeout=MAX_MODEL_S)
            if answer.done():
                return answer.result()
            raise TimeoutError
        finally:
            answer.cancel()

    def close(self) -> None:
        """Finish the queue."""
        self._executor.shutdown()

    def _answer_next(self) -> None:
        """Answer one question. Each that was asked calls it once, whichever is next then."""
        question = self._take()
        if question is None:
            return
        begun = monotonic()
        try:
            question.answer.set_result(self._ask(question.draft))
        except Exception as error:
            question.answer.set_exception(error)
        with self._lock:
            self._each_s += (monotonic() - begun - self._each_s) * _NEWEST

    def _take(self) -> _Question | None:
        """Take the next question that somebody still waits for."""
        with self._lock:
            while (question := self._lanes.take(monotonic())) is not None:
                if question.answer.set_running_or_notify_cancel():
                    return question
        return None
