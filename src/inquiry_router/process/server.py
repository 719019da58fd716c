"""Options of uvicorn, the same for the command and the benchmarks."""

from typing import Any, Final

SERVER_OPTIONS: Final[dict[str, Any]] = {
    "access_log": False,
    "log_config": None,
    "server_header": False,
    "timeout_graceful_shutdown": 8,
    "timeout_keep_alive": 30,
    "limit_concurrency": 2000,
    "loop": "auto",
    "ws": "none",  # the service has no WebSockets
}
