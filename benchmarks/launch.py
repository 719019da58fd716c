"""The servers that are measured: `python -m benchmarks.launch bare|stub|model PORT`.

`stub` is the whole service with a model that answers at once, `model` the service as it is. With
SIGUSR1 a server stops to look for the matter of a message, or does so again. Settings come from the
environment.
"""

import signal
import sys
from collections.abc import Awaitable
from datetime import datetime

import uvicorn
from fastapi import FastAPI

from inquiry_router.api.web.server import SERVER_OPTIONS
from inquiry_router.app import make_app
from inquiry_router.classification.service import ClassifierService
from inquiry_router.database.opening import open_database
from inquiry_router.house import House
from inquiry_router.inquiry.categories import CATEGORY_IDS
from inquiry_router.inquiry.matter import NEW_MATTER, Joining
from inquiry_router.inquiry.model import Classification, Draft, Evidence, Ranked, Understanding
from inquiry_router.matters.incoming import Incoming
from inquiry_router.matters.settings import MatterRules
from inquiry_router.process.logs import configure
from inquiry_router.process.memory import return_freed_memory
from inquiry_router.process.settings import load_settings
from inquiry_router.recording.service import SENDER, Recorder

CLASSIFICATION = Classification(
    category="defect",
    confidence=0.94,
    language="pl",
    method="model",
    model="none-1",
    ranking=(
        Ranked("defect", 0.94),
        *(Ranked(category, 0.01) for category in CATEGORY_IDS if category != "defect"),
    ),
    evidence=(Evidence("nie pompuje", 1.8), Evidence("cieknie", 1.1), Evidence("serwisu", 0.7)),
)


_find_matter = Recorder.find_matter


class ConstantModel:
    """A model that costs nothing."""

    name = "none-1"

    def classify(self, draft: Draft) -> Classification:
        """Always the same."""
        return CLASSIFICATION


def _app(kind: str) -> FastAPI:
    if kind == "bare":
        from benchmarks.bare import app

        return app
    signal.signal(signal.SIGUSR1, lambda *_: _toggle_joining())
    settings = load_settings(_env_file=None)
    configure(settings)
    return_freed_memory()
    if kind == "model":
        return make_app(settings)
    return make_app(
        settings, House(settings, open_database(settings), ClassifierService(ConstantModel))
    )


def _toggle_joining() -> None:
    looking = Recorder.find_matter is not _find_none
    setattr(Recorder, "find_matter", _find_none if looking else _find_matter)  # noqa: B010


async def _find_none(
    recorder: Recorder,
    incoming: Incoming,
    rules: MatterRules,
    now: datetime,
    said: Awaitable[Understanding],
    matter: str | None = None,
    named_by: tuple[str, float] = SENDER,
) -> Joining:
    """Find no matter, without looking."""
    return NEW_MATTER


def main(kind: str, port: int) -> None:
    """Serve until SIGTERM, with uvicorn set as `inquiry-router serve` sets it."""
    uvicorn.run(_app(kind), host="127.0.0.1", port=port, **SERVER_OPTIONS)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
