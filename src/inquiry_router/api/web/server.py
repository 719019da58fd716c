"""Options of uvicorn, the same for the command and the benchmarks."""

from typing import Any, Final

from inquiry_router.api.web.guard import GuardedProtocol

SERVER_OPTIONS: Final[dict[str, Any]] = {
    "access_log": False,
    "http": GuardedProtocol,
    "log_config": None,
    "server_header": False,
    "timeout_graceful_shutdown": 8,
    # One of several processes that does not answer its supervisor for so long is replaced. With the
    # five seconds of uvicorn a busy machine never got through the start of two (measured).
    "timeout_worker_healthcheck": 60,
    "timeout_keep_alive": 30,
    "loop": "auto",
    "ws": "none",  # the service has no WebSockets
}
