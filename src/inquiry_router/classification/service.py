"""The classifier beside the event loop: it answers in time, or not at all."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Final, Protocol

import structlog

from inquiry_router.classification.classifier import Classifier, load_classifier
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
from inquiry_router.classification.intents import intents_of_bytes
from inquiry_router.classification.lanes import is_long
from inquiry_router.classification.linear import ModelUnusable
from inquiry_router.classification.taught import TaughtModel
from inquiry_router.classification.threads import Threads
from inquiry_router.inquiry.model import Classification, Draft

log = structlog.get_logger()

# A thread a core: on two cores the second one answers three quarters as many again, and a third
# one makes all of them slower.
THREADS: Final = 2
# Seconds for which somebody waits for the model.
LIMIT_S: Final = 2.0


class NoModel(Exception):
    """No model is loaded."""


class Model(Protocol):
    """A model that classifies one draft."""

    @property
    def name(self) -> str:
        """The name and version."""

    def classify(self, draft: Draft) -> Classification:
        """Classify a cleaned draft."""


class ClassifierService:
    """Classify drafts, of which short ones come first, on some threads."""

    def __init__(
        self, load: Callable[[], Model], limit_s: float = LIMIT_S, threads: int = THREADS
    ) -> None:
        self._load = load
        self._limit_s = limit_s
        self._thread_count = threads
        self._loading: Future[Model] | None = None
        self._threads: Threads | None = None
        self._model: Model | None = None
        self._shipped: Model | None = None
        self._taught: TaughtModel | None = None
        self._examples: ExampleSet | None = None
        self._neighbourhood: Neighbourhood | None = None

    @classmethod
    def from_folder(
        cls, folder: Path | None, limit_s: float = LIMIT_S, threads: int = THREADS
    ) -> "ClassifierService":
        """Use the model in `folder`, else the shipped one."""
        return cls(lambda: load_classifier(folder), limit_s, threads)

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
        head, intents = self.head_of(taught), self.intents_of(taught)
        name = f"taught-{taught.number}" if taught is not None and head is not base.head else None
        self._model = base if name is None else base.taught(head, name, intents)

    def head_of(self, taught: TaughtModel | None) -> Head:
        """Return the taught head if it fits the model, else the shipped one."""
        base = self.shipped
        assert base is not None
        if taught is None:
            return base.head
        if taught.encoder != base.fingerprint:
            log.warning(
                "classifier.taught_unfit",
                number=taught.number,
                cure="taught on another model: POST /v1/models",
            )
            return base.head
        return head_of_bytes(taught.head)

    def intents_of(self, taught: TaughtModel | None) -> Head | None:
        """Return the taught head of intents if there is one that fits, else the shipped one."""
        base = self.shipped
        assert base is not None
        if taught is None or taught.intents is None or base.intents is None:
            return base.intents
        fits = taught.encoder == base.fingerprint
        return intents_of_bytes(taught.intents) if fits else base.intents

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

    def begin(self) -> Future[Model]:
        """Begin to load the model in a thread of its own; `start` waits for it."""
        self._loading = ThreadPoolExecutor(1).submit(self._load)
        return self._loading

    async def start(self) -> None:
        """Load the model. If that fails, the service runs without one and logs it."""
        loading, self._loading = self._loading or self.begin(), None
        try:
            self._shipped = await asyncio.wrap_future(loading)
        except ModelUnusable as error:
            log.error(
                "classifier.unusable",
                reason=str(error),
                cure="inquiries wait, and people see them in triage, until it is mended",
            )
            return
        self._model = self._shipped
        self._use(self._taught)
        self._threads = Threads(self._thread_count, self._ask)

    async def stop(self) -> None:
        """Finish the queue."""
        if self._threads is not None:
            await asyncio.to_thread(self._threads.close)
            self._threads = None

    def sure_from(self, category: str) -> float | None:
        """The confidence from which the model is sure of a category; None without a model."""
        base = self.shipped
        return base.card.threshold_of(category) if base is not None else None

    def give_up_at(self) -> float:
        """The time of the loop's clock until which somebody who asks now waits."""
        return asyncio.get_running_loop().time() + self._limit_s

    async def classify(self, draft: Draft, until: float | None = None) -> Classification:
        """Classify a cleaned draft for somebody who waits, until `give_up_at`.

        A model that is late, fails or cannot be loaded gives `unavailable`, never an error.
        """
        if self._threads is None:
            return self._unavailable(draft)
        until, patient = until or self.give_up_at(), is_long(draft.subject, draft.text)
        try:
            return await self._threads.classify(draft, until, patient=patient)
        except TimeoutError:
            log.warning("classifier.late", limit_s=self._limit_s)
        except Exception as error:  # an error of the model must never lose an inquiry
            log.error("classifier.failed", error=type(error).__name__)
        return self._unavailable(draft)

    def _unavailable(self, draft: Draft) -> Classification:
        """Classify without the model, in the language that it tells at once if there is one."""
        base = self.shipped
        found = unavailable(draft)
        return found if base is None else replace(found, language=base.language_of(draft))

    async def classify_later(self, draft: Draft, limit_s: float) -> Classification:
        """Classify a cleaned draft for which nobody waits, behind the others.

        Raises `NoModel`, `TimeoutError` and the errors of the model.
        """
        if self._threads is None:
            raise NoModel
        until = asyncio.get_running_loop().time() + limit_s
        return await self._threads.classify(draft, until, patient=True)

    def _ask(self, draft: Draft) -> Classification:
        assert self._model is not None
        return self._model.classify(draft)
