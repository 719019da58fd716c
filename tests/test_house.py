"""The parts of a running service start and stop in good order."""

import asyncio

import pytest

from inquiry_router.classification.linear import ModelUnusable
from inquiry_router.classification.service import ClassifierService
from inquiry_router.process.settings import Settings
from tests.conftest import running_house
from tests.switched_model import SwitchedModel

pytestmark = pytest.mark.anyio


async def test_model_that_is_mended_is_loaded_without_a_restart(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inquiry_router.house.LOAD_AGAIN_EVERY_S", 0.01)
    is_mended = False

    def load() -> SwitchedModel:
        if not is_mended:
            raise ModelUnusable("half of it is missing")
        return SwitchedModel(answers=True)

    async with running_house(settings, ClassifierService(load)) as house:
        assert not house.classifier.ready
        is_mended = True
        async with asyncio.timeout(5):
            while not house.classifier.ready:
                await asyncio.sleep(0.01)
