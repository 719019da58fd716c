"""The classifier service always answers, and early questions do not wait for later ones."""

import asyncio
import threading

import pytest

from inquiry_router.classification.service import ClassifierService, NoModel
from inquiry_router.inquiry.model import UNAVAILABLE, Channel, Classification, Draft
from tests.conftest import shipped_model

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


async def test_model_that_was_begun_is_not_loaded_twice() -> None:
    loads: list[_HeldModel] = []

    def load() -> _HeldModel:
        loads.append(_HeldModel())
        return loads[-1]

    service = ClassifierService(load)
    service.begin()
    await service.start()
    await service.stop()
    assert service.ready and len(loads) == 1


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


async def test_late_answer_is_unavailable_in_the_language_of_the_text() -> None:
    held = _HeldModel()
    service = ClassifierService(shipped_model, limit_s=0.02, threads=1)
    await service.start()
    service._model = held
    busy = _classify_all(service, "first")
    await asyncio.sleep(0.01)
    english = Draft(Channel.EMAIL, "The pump that we bought in March is leaking.")
    late = await service.classify(english)
    assert (late.method, late.category, late.language) == (UNAVAILABLE, "other", "en")
    held.released.release()
    assert await asyncio.gather(*busy) == [_KNOWN]
    await service.stop()


async def test_later_classification_has_an_answer_or_raises() -> None:
    model = _HeldModel()
    model.released.release(2)
    service = ClassifierService(lambda: model)
    draft = Draft(Channel.EMAIL, "pump")
    with pytest.raises(NoModel):
        await service.classify_later(draft, 1.0)
    await service.start()
    assert await service.classify_later(draft, 1.0) == _KNOWN
    with pytest.raises(ValueError, match="poison"):
        await service.classify_later(Draft(Channel.EMAIL, "poison"), 1.0)
    await service.stop()
