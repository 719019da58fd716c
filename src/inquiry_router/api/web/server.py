"""Options of uvicorn, the same for the command and the benchmarks."""

from typing import Any, Final

from inquiry_router.api.web.guard import GuardedProtocol

SERVER_OPTIONS: Final[dict[str, Any]] = {
    "access_log": False,
    "http": GuardedProtocol,
    "log_config": None,
    "server_header": False,
    "timeout_graceful_shutdown": 8,
    "timeout_keep_alive": 30,
    "loop": "auto",
    "ws": "none",  # the service has no WebSockets
}
