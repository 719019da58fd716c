"""The classifier beside the event loop: it always answers, in order, and nobody waits for those who came later."""

import asyncio
import threading

import pytest

from inquiry_router.classification.fallback import UNAVAILABLE
from inquiry_router.classification.service import ClassifierService
from inquiry_router.inquiry.model import Channel, Classification, Draft

pytestmark = pytest.mark.anyio

_KNOWN = Classification("defect", 0.9, "pl", "model", "test-1")


class _Held:
    """A model that answers each draft only when it is let."""

    name = "test-1"

    def __init__(self) -> None:
        self.let = threading.Semaphore(0)

    def classify(self, draft: Draft) -> Classification:
        assert self.let.acquire(timeout=10)
        if draft.text == "poison":
            raise ValueError(draft.text)
        return _KNOWN


def _asked(service: ClassifierService, *texts: str) -> list[asyncio.Task[Classification]]:
    return [asyncio.create_task(service.classify(Draft(Channel.CHAT, text))) for text in texts]


async def test_the_first_has_an_answer_while_the_others_still_wait() -> None:
    model = _Held()
    service = ClassifierService(lambda: model)
    await service.start()
    first, *others = _asked(service, "first", "second", "third")
    await asyncio.sleep(0.05)  # more than is waited for what comes at once
    model.let.release()
    assert await asyncio.wait_for(first, 5) == _KNOWN
    assert not any(one.done() for one in others)
    model.let.release(2)
    assert await asyncio.gather(*others) == [_KNOWN, _KNOWN]
    await service.stop()


async def test_what_takes_no_time_is_answered_too_and_a_failure_is_one_draft_s_own() -> None:
    model = _Held()
    model.let.release(100)
    service = ClassifierService(lambda: model)
    await service.start()
    answers = await asyncio.gather(*_asked(service, *["good"] * 50, "poison", *["good"] * 49))
    await service.stop()
    assert [one.method for one in answers] == ["model"] * 50 + [UNAVAILABLE] + ["model"] * 49
