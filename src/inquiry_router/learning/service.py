"""Learn while serving: fit new heads beside the event loop and judge them before they are used."""

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import numpy as np
import structlog
from sqlalchemy import Connection

from inquiry_router.classification.classifier import Classifier
from inquiry_router.classification.examples import (
    ExampleSet,
    Neighbour,
    Neighbourhood,
    prepare_search,
)
from inquiry_router.classification.intents import intents_of_bytes
from inquiry_router.classification.service import ClassifierService
from inquiry_router.configuration.documents import OWN_CATEGORIES, OWN_INTENTS
from inquiry_router.configuration.service import ConfigurationService
from inquiry_router.configuration.store import save_document
from inquiry_router.database.session import Database
from inquiry_router.inquiry.errors import Conflict, PreconditionFailed, Unavailable
from inquiry_router.inquiry.model import Draft
from inquiry_router.intake.cleaning import clean
from inquiry_router.intake.question import question_of
from inquiry_router.learning import store
from inquiry_router.learning.intents import own_intents_in, propose_intents
from inquiry_router.learning.lessons import Lesson, as_examples, encode_lessons
from inquiry_router.learning.proposal import (
    Proposal,
    propose_from_categories,
    propose_from_corrections,
)
from inquiry_router.learning.separation import Separation
from inquiry_router.learning.store import Version
from inquiry_router.process.clock import utc_now
from inquiry_router.routing.own_categories import OwnCategories, OwnCategory
from inquiry_router.routing.own_intents import OwnIntent, OwnIntents

MIN_LESSONS: Final = 20
CHECK_INTERVAL_S: Final = 300.0

log = structlog.get_logger()


class LearningService:
    """Teach the classifier, one change at a time, while requests are answered."""

    def __init__(
        self,
        database: Database,
        configuration: ConfigurationService,
        classifier: ClassifierService,
        every_hours: float,
    ) -> None:
        self._database = database
        self._configuration = configuration
        self._classifier = classifier
        self._every_s = every_hours * 3600.0
        self._lock = asyncio.Lock()
        self._learnt: tuple[tuple[int, int], Neighbourhood] | None = None

    async def learn(self, actor: str, why: str, now: datetime) -> Version:
        """Learn from all corrections.

        Raises `Conflict` when there are too few of them, `Unavailable` without a model.
        """
        async with self._lock:
            base, shipped = await self._shipped_model()
            corrected = await self._enough_corrected(base)
            configuration = self._configuration.current
            own = configuration.own_categories.categories
            head = self._classifier.head_of(configuration.taught)
            found = await asyncio.to_thread(
                propose_from_corrections, base, shipped, head, corrected, own
            )
            encoder, count, intents = base.fingerprint, len(corrected), self._taught_intents(base)
            return await self._configuration.change(
                lambda connection: _add(connection, encoder, found, intents, actor, why, now, count)
            )

    async def _enough_corrected(self, base: Classifier) -> ExampleSet:
        corrected = await self._corrected(base)
        categories = self._configuration.current.category_ids
        known = [label in categories for label in corrected.labels]
        corrected = corrected.where(np.array(known, dtype=bool))
        if len(corrected) < MIN_LESSONS:
            raise Conflict(
                f"There are {len(corrected)} corrected inquiries; "
                f"learning begins at {MIN_LESSONS}.",
                hint="Correct wrong decisions with POST /v1/inquiries/{id}/correction, "
                "or confirm right ones the same way.",
            )
        return corrected

    async def explain(self, inquiry: Draft) -> tuple[Neighbour, ...]:
        """Return the three examples most similar to an inquiry, of the corpus or the company's."""
        base = self._classifier.shipped
        if base is None:
            return ()
        return await self._classifier.neighbours(
            question_of(clean(inquiry)), await self._learnt_examples(base)
        )

    async def change_categories(
        self, categories: Sequence[OwnCategory], expected: int, actor: str, why: str, now: datetime
    ) -> tuple[Version, Separation | None]:
        """Replace the company's own categories, and teach the present head to know them.

        Return also how well the last of them is separated. Raises `PreconditionFailed` when
        somebody else changed them meanwhile.
        """
        async with self._lock:
            base, shipped = await self._shipped_model()
            head = self._classifier.head_of(self._configuration.current.taught)
            found, separated = await asyncio.to_thread(
                propose_from_categories, base, shipped, head, categories
            )
            body = OwnCategories(categories=tuple(categories)).model_dump(mode="json")
            encoder, intents = base.fingerprint, self._taught_intents(base)

            def work(connection: Connection) -> Version:
                save_document(connection, OWN_CATEGORIES.name, body, expected, actor, why, now)
                return _add(connection, encoder, found, intents, actor, why, now)

            return await self._configuration.change(work), separated

    async def change_intents(
        self, intents: Sequence[OwnIntent], expected: int, actor: str, why: str, now: datetime
    ) -> tuple[Version, Separation | None]:
        """Replace the company's own intents, and teach the shipped head of intents to know them.

        Return also how well the last of them is separated. Raises `PreconditionFailed` when
        somebody else changed them meanwhile, and `Conflict` while a category is not learnt yet, or
        when the model names no intents.
        """
        async with self._lock:
            base, shipped = await self._shipped_model()
            if base.intents is None:
                raise Conflict(
                    "The model in use names no intents.",
                    hint="Use the shipped model, or retrain yours.",
                )
            configuration = self._configuration.current
            head = self._classifier.head_of(configuration.taught)
            if set(head.labels) != set(configuration.category_ids):
                raise Conflict(
                    "The classifier does not know all your categories yet.",
                    hint="It learns them within some minutes; then try again.",
                )
            categories = configuration.own_categories.categories
            taught, separated = await asyncio.to_thread(
                propose_intents, base, shipped, head, intents, categories
            )
            body = OwnIntents(intents=tuple(intents)).model_dump(mode="json")
            found, learnt = Proposal(head, (), {}), taught.as_bytes() if intents else None

            def work(connection: Connection) -> Version:
                save_document(connection, OWN_INTENTS.name, body, expected, actor, why, now)
                return _add(connection, base.fingerprint, found, learnt, actor, why, now)

            return await self._configuration.change(work), separated

    def _taught_intents(self, base: Classifier) -> bytes | None:
        """The taught head of intents, to be kept; None if there is none that fits."""
        taught = self._configuration.current.taught
        return taught.intents if taught is not None and taught.encoder == base.fingerprint else None

    async def activate(self, number: int, actor: str, why: str, now: datetime) -> None:
        """Activate a version; 0 is the shipped model.

        Raises `NotFound`, and `Conflict` when the version does not fit.
        """
        base, _ = await self._shipped_model()
        categories = set(self._configuration.current.category_ids)
        intents = self._own_intent_ids
        if number:
            version = await self._database.read(
                lambda connection: store.find_version(connection, number)
            )
            _check_fits(version, base.fingerprint, categories, intents)
        elif categories != set(base.card.labels) or intents:
            raise Conflict(
                "The shipped model does not know your own categories and intents.",
                hint="Remove them first, or keep the model.",
            )
        await self._configuration.change(
            lambda connection: store.activate(connection, number, actor, why, now)
        )

    async def keep_learning(self) -> None:
        """Learn whenever enough was corrected and enough time has passed, until cancelled."""
        while True:
            # The database or the model may be away, or another replica faster: try again next time.
            with contextlib.suppress(Unavailable, Conflict, PreconditionFailed):
                await self.teach_unknown_categories(utc_now())
                await self.teach_unknown_intents(utc_now())
                await self.learn_if_due(utc_now())
            await asyncio.sleep(CHECK_INTERVAL_S)

    async def teach_imported(
        self, *, categories: bool, intents: bool, actor: str, now: datetime
    ) -> None:
        """Teach the company's own categories or intents that an import has just stored.

        What cannot be taught now is taught by `keep_learning`.
        """
        if self._classifier.shipped is None:
            return
        documents = self._configuration.current.documents
        with contextlib.suppress(Unavailable, Conflict, PreconditionFailed):
            if categories:
                own, version = documents[OWN_CATEGORIES], documents.version(OWN_CATEGORIES)
                await self.change_categories(own.categories, version, actor, "import", now)
            if intents:
                finer, version = documents[OWN_INTENTS], documents.version(OWN_INTENTS)
                await self.change_intents(finer.intents, version, actor, "import", now)

    async def teach_unknown_categories(self, now: datetime) -> Version | None:
        """Teach categories that came by `config import`, or are unknown to a new encoder."""
        configuration = self._configuration.current
        base = self._classifier.shipped
        if base is None or set(self._classifier.head_of(configuration.taught).labels) == set(
            configuration.category_ids
        ):
            return None
        own = configuration.own_categories
        expected = configuration.documents.version(OWN_CATEGORIES)
        version, _ = await self.change_categories(
            own.categories, expected, "start", "categories that were not known yet", now
        )
        return version

    async def teach_unknown_intents(self, now: datetime) -> Version | None:
        """Teach intents that came by `config import`, or are unknown to a new encoder."""
        configuration, base = self._configuration.current, self._classifier.shipped
        present = self._classifier.intents_of(configuration.taught) if base is not None else None
        if present is None or own_intents_in(present) == self._own_intent_ids:
            return None
        own, expected = configuration.own_intents, configuration.documents.version(OWN_INTENTS)
        version, _ = await self.change_intents(
            own.intents, expected, "start", "intents that were not known yet", now
        )
        return version

    @property
    def _own_intent_ids(self) -> frozenset[str]:
        return frozenset(one.id for one in self._configuration.current.own_intents.intents)

    async def learn_if_due(self, now: datetime) -> Version | None:
        """Learn if the schedule allows it and enough inquiries have been corrected."""
        if not self._every_s:
            return None
        last = await self._database.read(store.last_learnt_at)
        if last is not None and (now - last).total_seconds() < self._every_s:
            return None
        fresh = await self._database.scan(
            lambda connection: store.count_corrected_since(connection, last)
        )
        if fresh < MIN_LESSONS:
            return None
        version = await self.learn("schedule", f"{fresh} inquiries were corrected", now)
        log.info(
            "learning.done", number=version.number, state=version.state, lessons=version.lessons
        )
        return version

    async def _learnt_examples(self, base: Classifier) -> Neighbourhood:
        """Return the examples that the head in use has learnt; none for the shipped head.

        They are read again after every change of the configuration: another head is activated, or
        somebody was erased.
        """
        configuration = self._configuration.current
        taught = configuration.taught
        number = (configuration.revision, taught.number if taught is not None else 0)
        if self._learnt is None or self._learnt[0] != number:
            lessons, known = await self._lessons(base) if taught is not None else ([], {})
            kept = [lesson for lesson in lessons if lesson.id in known]
            self._learnt = (number, prepare_search(as_examples(kept, known, base)))
        return self._learnt[1]

    async def _lessons(
        self, base: Classifier
    ) -> tuple[list[Lesson], dict[str, tuple[bytes, bytes]]]:
        """Read all corrected inquiries, and their vectors by the present encoder."""
        encoder = base.fingerprint
        return await self._database.scan(
            lambda connection: (
                store.read_lessons(connection),
                store.read_vectors(connection, encoder),
            )
        )

    async def _corrected(self, base: Classifier) -> ExampleSet:
        """Return all corrected inquiries as examples. New ones are encoded now, and stored."""
        lessons, known = await self._lessons(base)
        missing = [lesson for lesson in lessons if lesson.id not in known]
        if missing:
            fresh = await asyncio.to_thread(encode_lessons, missing, base)
            await self._database.write(
                lambda connection: store.save_vectors(connection, base.fingerprint, fresh)
            )
            known |= fresh
        return as_examples(lessons, known, base)

    async def _shipped_model(self) -> tuple[Classifier, ExampleSet]:
        base = self._classifier.shipped
        if base is None:
            raise Unavailable(
                "There is no model to teach.",
                hint="GET /health/ready and the log say what is wrong with it.",
            )
        shipped = await self._classifier.examples()
        if shipped is None:
            raise Unavailable(
                "This model comes without its examples.",
                hint="Use the shipped model, or retrain yours.",
            )
        return base, shipped


def _check_fits(
    version: Version, encoder: str, categories: set[str], intents: frozenset[str]
) -> None:
    """Raise `Conflict` if a version was refused or does not fit encoder, categories and intents."""
    if version.objections:
        raise Conflict(
            f"Model {version.number} was refused: {version.objections[0]}.",
            hint="Correct more inquiries and learn anew.",
        )
    if version.encoder != encoder:
        raise Conflict(
            f"Model {version.number} was taught on an older model.",
            hint="Learn anew: POST /v1/models.",
        )
    if set(version.labels) != categories:
        raise Conflict(
            f"Model {version.number} knows other categories than there are now.",
            hint="Learn anew: POST /v1/models.",
        )
    if own_intents_of(version) != intents:
        raise Conflict(
            f"Model {version.number} knows other intents of your own than there are now.",
            hint="Learn anew: POST /v1/models.",
        )


def own_intents_of(version: Version) -> frozenset[str]:
    """Return the ids of the company's own intents that a version knows."""
    return own_intents_in(intents_of_bytes(version.intents)) if version.intents else frozenset()


def _add(
    connection: Connection,
    encoder: str,
    found: Proposal,
    intents: bytes | None,
    actor: str,
    why: str,
    now: datetime,
    lessons: int = 0,
) -> Version:
    return store.add_version(
        connection,
        at=now,
        actor=actor,
        why=why,
        objections=found.objections,
        lessons=lessons,
        encoder=encoder,
        labels=found.head.labels,
        head=found.head.as_bytes(),
        figures=found.figures,
        intents=intents,
    )
