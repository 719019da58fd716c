"""The classifier beside the event loop: one thread answers in the order of asking."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

import structlog

from inquiry_router.classification.classifier import Classifier, load_classifier
from inquiry_router.classification.encoder import MODEL_FILE
from inquiry_router.classification.examples import (
    ExampleSet,
    Neighbour,
    Neighbourhood,
    load_examples,
    nearest,
    neighbourhood,
)
from inquiry_router.classification.fallback import unavailable
from inquiry_router.classification.head import Head, head_of_bytes
from inquiry_router.classification.linear import ModelUnusable
from inquiry_router.classification.taught import TaughtModel
from inquiry_router.inquiry.model import Classification, Draft

log = structlog.get_logger()


class Model(Protocol):
    """What can classify one draft."""

    @property
    def name(self) -> str:
        """Name and version."""

    def classify(self, draft: Draft) -> Classification:
        """What a cleaned draft is about."""


class ClassifierService:
    """Answers always: a model that cannot be loaded, fails or takes too long means `unavailable`, never an error."""

    def __init__(self, load: Callable[[], Model], timeout_s: float = 2.0) -> None:
        self._load = load
        self._timeout_s = timeout_s
        self._model: Model | None = None
        self._shipped: Model | None = None
        self._taught: TaughtModel | None = None
        self._examples: ExampleSet | None = None
        self._neighbourhood: Neighbourhood | None = None
        self._thread: ThreadPoolExecutor | None = None

    @classmethod
    def from_folder(cls, folder: Path | None) -> "ClassifierService":
        """With the model in `folder`, else the shipped one."""
        return cls(lambda: load_classifier(folder))

    @property
    def ready(self) -> bool:
        """Whether a model is loaded."""
        return self._model is not None

    @property
    def shipped(self) -> Classifier | None:
        """The model as it was loaded, untaught; None when it cannot be taught, or is not there."""
        return self._shipped if isinstance(self._shipped, Classifier) else None

    @property
    def shipped_name(self) -> str:
        """The name of the model as it was loaded."""
        return self._shipped.name if self._shipped is not None else "none"

    def follow(self, taught: TaughtModel | None) -> None:
        """Use what the company has taught from the next inquiry on; None: the shipped model as it is."""
        if taught != self._taught:  # most reloads of the configuration are about something else
            self._taught = taught
            self._use(taught)

    def _use(self, taught: TaughtModel | None) -> None:
        base = self.shipped
        if base is None:
            return
        head = self.head_of(taught)
        name = f"taught-{taught.number}" if taught is not None and head is not base.head else None
        self._model = base if name is None else base.taught(head, name)

    def head_of(self, taught: TaughtModel | None) -> Head:
        """The taught head where it fits the encoder, else the shipped one."""
        base = self.shipped
        assert base is not None
        if taught is None:
            return base.head
        if taught.encoder != base.card.files.get(MODEL_FILE):
            log.warning(
                "classifier.taught_unfit",
                number=taught.number,
                cure="taught on another encoder: POST /v1/models",
            )
            return base.head
        return head_of_bytes(taught.head)

    async def examples(self) -> ExampleSet | None:
        """What the shipped model was made of, read when first asked for; None for a model that comes without."""
        base = self.shipped
        if base is None:
            return None
        if self._examples is None:
            self._examples = await asyncio.to_thread(load_examples, base.folder)
        return self._examples

    async def neighbours(self, draft: Draft, learnt: Neighbourhood) -> tuple[Neighbour, ...]:
        """The three examples most like a cleaned draft, shipped or learnt ones; nothing when there is no model."""
        base, shipped = self.shipped, await self.examples()
        if base is None:
            return ()
        if self._neighbourhood is None and shipped is not None:
            self._neighbourhood = await asyncio.to_thread(neighbourhood, shipped)
        searched = [learnt] if self._neighbourhood is None else [self._neighbourhood, learnt]
        return await asyncio.to_thread(
            lambda: nearest(base.encoder.read(draft.subject, draft.text).vector, searched)
        )

    async def start(self) -> None:
        """Load the model; when that fails the service runs on without, and says so."""
        try:
            self._shipped = await asyncio.to_thread(self._load)
        except ModelUnusable as error:
            log.error(
                "classifier.unusable",
                reason=str(error),
                cure="every inquiry goes to triage until it is mended",
            )
            return
        self._model = self._shipped
        self._use(self._taught)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="classifier")

    async def stop(self) -> None:
        """Finish what is queued."""
        if self._thread is not None:
            await asyncio.to_thread(self._thread.shutdown)
            self._thread = None

    async def classify(self, draft: Draft) -> Classification:
        """What a cleaned draft is about."""
        if self._thread is None:
            return unavailable(draft)
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._timeout_s):
                return await loop.run_in_executor(self._thread, self._answer, draft)
        except TimeoutError:
            log.error("classifier.late", limit_s=self._timeout_s)
            return unavailable(draft)

    def _answer(self, draft: Draft) -> Classification:
        model = self._model
        assert model is not None
        try:
            return model.classify(draft)
        except (
            Exception
        ) as error:  # a customer's words must never be lost to a mistake of the model
            log.error("classifier.failed", error=type(error).__name__)
            return unavailable(draft)
