"""Options of the server."""

from uvicorn import Config

from inquiry_router.api.web.server import SERVER_OPTIONS
from tests.conftest import shared_app


def test_process_that_starts_slowly_is_not_taken_for_hung() -> None:
    """Its supervisor kills what does not answer; importing takes seconds on a busy machine."""
    config = Config(shared_app(), **SERVER_OPTIONS)
    assert config.timeout_worker_healthcheck >= 30
    assert config.timeout_graceful_shutdown == 8
