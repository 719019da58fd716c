"""A service that kills itself; `nursery` starts it in a process of its own.

The settings come from the environment. When the named step is reached for the NTH time, the
process ends as by a power cut (SIGKILL). `none` never kills.
"""

import os
import signal
from functools import cache

import uvicorn

from inquiry_router.api.web.server import SERVER_OPTIONS
from inquiry_router.app import make_app
from inquiry_router.classification.classifier import load_classifier
from inquiry_router.classification.service import ClassifierService
from inquiry_router.process.logs import configure
from inquiry_router.process.settings import load_settings
from inquiry_router.process.steps import STEPS, set_hook

# The nursery loads the shipped one for all victims: that takes longer than the rest of a start.
model_in = cache(load_classifier)


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
    classifier = ClassifierService(
        lambda: model_in(settings.model_dir), settings.classifier_timeout_s, settings.threads
    )
    app = make_app(settings, classifier=classifier)
    uvicorn.run(app, host="127.0.0.1", port=settings.port, **SERVER_OPTIONS)
