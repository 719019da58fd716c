"""A service that kills itself; `nursery` starts it in a process of its own.

The settings come from the environment. When the named step is reached for the NTH time, the
process ends as by a power cut (SIGKILL). `none` never kills.
"""

import os
import signal

import uvicorn

from inquiry_router.api.web.server import SERVER_OPTIONS
from inquiry_router.app import make_app
from inquiry_router.process.logs import configure
from inquiry_router.process.settings import load_settings
from inquiry_router.process.steps import STEPS, set_hook


def main(step: str, nth: int) -> None:
    assert step == "none" or step in STEPS, step
    left = nth

    def hook(name: str) -> None:
        nonlocal left
        if name == step:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    set_hook(hook)
    settings = load_settings(_env_file=None)
    configure(settings)
    uvicorn.run(make_app(settings), host="127.0.0.1", port=settings.port, **SERVER_OPTIONS)
