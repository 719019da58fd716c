"""The classifier service always answers, and early questions do not wait for later ones."""

import asyncio
import threading

import pytest

from inquiry_router.classification.service import ClassifierService
from inquiry_router.inquiry.model import UNAVAILABLE, Channel, Classification, Draft

pytestmark = pytest.mark.anyio

_KNOWN = Classification("defect", 0.9, "pl", "model", "test-1")


class _HeldModel:
    """A model that answers a draft only when it is released."""

    name = "test-1"

    def __init__(self) -> None:
        self.released = threading.Semaphore(0)

    def classify(self, draft: Draft) -> Classification:
        assert self.released.acquire(timeout=10)
        if draft.text == "poison":
            raise ValueError(draft.text)
        return _KNOWN


def _classify_all(service: ClassifierService, *texts: str) -> list[asyncio.Task[Classification]]:
    return [asyncio.create_task(service.classify(Draft(Channel.CHAT, text))) for text in texts]


async def test_first_answer_does_not_wait_for_later_questions() -> None:
    model = _HeldModel()
    service = ClassifierService(lambda: model)
    await service.start()
    first, *others = _classify_all(service, "first", "second", "third")
    await asyncio.sleep(0.05)
    model.released.release()
    assert await asyncio.wait_for(first, 5) == _KNOWN
    assert not any(one.done() for one in others)
    model.released.release(2)
    assert await asyncio.gather(*others) == [_KNOWN, _KNOWN]
    await service.stop()


async def test_failure_affects_only_its_own_draft() -> None:
    model = _HeldModel()
    model.released.release(100)
    service = ClassifierService(lambda: model)
    await service.start()
    answers = await asyncio.gather(
        *_classify_all(service, *["good"] * 50, "poison", *["good"] * 49)
    )
    await service.stop()
    assert [one.method for one in answers] == ["model"] * 50 + [UNAVAILABLE] + ["model"] * 49
