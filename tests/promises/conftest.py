"""A running house, whose watchdog looks when a test says so."""

import pytest

from inquiry_router.house import House
from tests.promises.stories import Watch


@pytest.fixture
def watch(house: House) -> Watch:
    return Watch(house)
