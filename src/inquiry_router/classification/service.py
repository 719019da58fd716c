"""The classifier beside the event loop: two threads answer in the order of the questions."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, Protocol

import structlog

from inquiry_router.classification.classifier import Classifier, load_classifier
from inquiry_router.classification.encoder import MODEL_FILE
from inquiry_router.classification.examples import (
    ExampleSet,
    Neighbour,
    Neighbourhood,
    load_examples,
    nearest,
    prepare_search,
)
from inquiry_router.classification.fallback import unavailable
from inquiry_router.classification.head import Head, head_of_bytes
from inquiry_router.classification.linear import ModelUnusable
from inquiry_router.classification.taught import TaughtModel
from inquiry_router.inquiry.model import Classification, Draft

log = structlog.get_logger()

# With sixteen inquiries at once on two cores, a second thread answers half as many again, and a
# third none.
MAX_AT_ONCE: Final = 2


class Model(Protocol):
    """A model that classifies one draft."""

    @property
    def name(self) -> str:
        """The name and version."""

    def classify(self, draft: Draft) -> Classification:
        """Classify a cleaned draft."""


class ClassifierService:
    """Classify drafts, always with an answer.

    A model that cannot be loaded, fails or takes too long gives `unavailable`, never an error.
    """

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
        """Use the model in `folder`, else the shipped one."""
        return cls(lambda: load_classifier(folder))

    @property
    def ready(self) -> bool:
        """True if a model is loaded."""
        return self._model is not None

    @property
    def shipped(self) -> Classifier | None:
        """The loaded model without a taught head; None if there is none or it cannot be taught."""
        return self._shipped if isinstance(self._shipped, Classifier) else None

    @property
    def shipped_name(self) -> str:
        """The name of the loaded model."""
        return self._shipped.name if self._shipped is not None else "none"

    def follow(self, taught: TaughtModel | None) -> None:
        """Use a taught head from the next inquiry on, or the shipped one for None."""
        # Most reloads of the configuration do not change the head.
        if taught != self._taught:
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
        """Return the taught head if it fits the encoder, else the shipped one."""
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
        """Return the examples of the shipped model, read on first use; None if it has none."""
        base = self.shipped
        if base is None:
            return None
        if self._examples is None:
            self._examples = await asyncio.to_thread(load_examples, base.folder)
        return self._examples

    async def neighbours(self, draft: Draft, learnt: Neighbourhood) -> tuple[Neighbour, ...]:
        """Return the three examples most similar to a cleaned draft; none without a model."""
        base, shipped = self.shipped, await self.examples()
        if base is None:
            return ()
        if self._neighbourhood is None and shipped is not None:
            self._neighbourhood = await asyncio.to_thread(prepare_search, shipped)
        searched = [learnt] if self._neighbourhood is None else [self._neighbourhood, learnt]
        return await asyncio.to_thread(
            lambda: nearest(base.encoder.encode(draft.subject, draft.text).vector, searched)
        )

    async def start(self) -> None:
        """Load the model. If that fails, the service runs without one and logs it."""
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
        self._thread = ThreadPoolExecutor(MAX_AT_ONCE, thread_name_prefix="classifier")

    async def stop(self) -> None:
        """Finish the queue."""
        if self._thread is not None:
            await asyncio.to_thread(self._thread.shutdown)
            self._thread = None

    async def classify(self, draft: Draft) -> Classification:
        """Classify a cleaned draft."""
        if self._thread is None:
            return unavailable(draft)
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._timeout_s):
                return await loop.run_in_executor(self._thread, self._classify_safely, draft)
        except TimeoutError:
            log.error("classifier.late", limit_s=self._timeout_s)
            return unavailable(draft)

    def _classify_safely(self, draft: Draft) -> Classification:
        model = self._model
        assert model is not None
        try:
            return model.classify(draft)
        except Exception as error:  # an error of the model must never lose an inquiry
            log.error("classifier.failed", error=type(error).__name__)
            return unavailable(draft)
