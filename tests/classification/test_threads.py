"""The threads of the classifier: in time or not at all, and no work for nobody."""

import asyncio
import threading
from collections.abc import AsyncIterator

import pytest

from inquiry_router.classification import threads
from inquiry_router.classification.threads import Threads
from inquiry_router.inquiry.model import Channel, Classification, Draft

pytestmark = pytest.mark.anyio

KNOWN = Classification("defect", 0.9, "pl", "model", "test-1")


class HeldModel:
    """A model that answers a text only when it is released."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.released = threading.Semaphore(0)

    def classify(self, draft: Draft) -> Classification:
        self.asked.append(draft.text)
        assert self.released.acquire(timeout=10)
        if draft.text == "poison":
            raise ValueError(draft.text)
        return KNOWN


@pytest.fixture
def model() -> HeldModel:
    return HeldModel()


@pytest.fixture
async def one(model: HeldModel) -> AsyncIterator[Threads]:
    """One thread."""
    made = Threads(1, model.classify)
    yield made
    model.released.release(100)
    await asyncio.to_thread(made.close)


def ask(
    asked: Threads, text: str, within_s: float = 5.0, *, patient: bool = False
) -> asyncio.Task[Classification]:
    until = asyncio.get_running_loop().time() + within_s
    return asyncio.create_task(asked.classify(Draft(Channel.CHAT, text), until, patient=patient))


async def asked_first(model: HeldModel, text: str) -> None:
    """Wait until the model was asked about this text."""
    async with asyncio.timeout(5):
        while text not in model.asked:
            await asyncio.sleep(0.005)


async def test_text_whose_turn_does_not_come_is_late(one: Threads, model: HeldModel) -> None:
    first = ask(one, "first")
    await asked_first(model, "first")
    with pytest.raises(TimeoutError):
        await ask(one, "second", within_s=0.02)
    model.released.release(5)
    assert await first == KNOWN
    assert await ask(one, "third") == KNOWN
    assert model.asked == ["first", "third"]  # nobody waits for the second


async def test_hopeless_text_does_not_wait(one: Threads, model: HeldModel) -> None:
    """Ten texts of a twentieth of a second each wait before it, and it has a tenth."""
    one._each_s = 0.05
    others = [ask(one, f"other {number}") for number in range(11)]
    await asked_first(model, "other 0")
    begun = asyncio.get_running_loop().time()
    with pytest.raises(TimeoutError):
        await ask(one, "late", within_s=0.1)
    assert asyncio.get_running_loop().time() - begun < 0.05
    model.released.release(11)
    assert await asyncio.gather(*others) == [KNOWN] * 11


async def test_text_whose_turn_has_come_is_waited_for(one: Threads, model: HeldModel) -> None:
    late = ask(one, "first", within_s=0.02)
    await asked_first(model, "first")
    await asyncio.sleep(0.05)
    assert not late.done()
    model.released.release()
    assert await late == KNOWN


async def test_model_that_hangs_is_not_waited_for_for_ever(
    one: Threads, model: HeldModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threads, "MAX_MODEL_S", 0.02)
    with pytest.raises(TimeoutError):
        await ask(one, "first", within_s=0.02)


async def test_error_of_the_model_is_raised_for_its_text_only(
    one: Threads, model: HeldModel
) -> None:
    model.released.release(2)
    poison, other = ask(one, "poison"), ask(one, "other")
    with pytest.raises(ValueError, match="poison"):
        await poison
    assert await other == KNOWN


async def test_caller_who_goes_away_is_not_answered(one: Threads, model: HeldModel) -> None:
    first, second = ask(one, "first"), ask(one, "second")
    await asked_first(model, "first")
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    model.released.release(5)
    assert await first == KNOWN
    assert await ask(one, "third") == KNOWN
    assert "second" not in model.asked


async def test_patient_text_is_overtaken(one: Threads, model: HeldModel) -> None:
    first = ask(one, "first")
    await asked_first(model, "first")
    others = [ask(one, "patient", patient=True), ask(one, "prompt")]
    await asyncio.sleep(0.02)
    model.released.release(5)
    await asyncio.gather(first, *others)
    assert model.asked == ["first", "prompt", "patient"]


async def test_two_threads_ask_at_the_same_time(model: HeldModel) -> None:
    two = Threads(2, model.classify)
    answers = [ask(two, text) for text in ("first", "second", "third")]
    await asked_first(model, "second")
    assert len(model.asked) == 2
    model.released.release(3)
    assert await asyncio.gather(*answers) == [KNOWN] * 3
    await asyncio.to_thread(two.close)
