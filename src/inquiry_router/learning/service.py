"""Learning while serving: fits new heads beside the event loop, judges them, and puts them in use where they do no harm."""

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import numpy as np
import structlog
from sqlalchemy import Connection

from inquiry_router.classification.classifier import Classifier
from inquiry_router.classification.encoder import MODEL_FILE
from inquiry_router.classification.examples import (
    ExampleSet,
    Neighbour,
    Neighbourhood,
    neighbourhood,
)
from inquiry_router.classification.service import ClassifierService
from inquiry_router.configuration.documents import OWN_CATEGORIES
from inquiry_router.configuration.service import ConfigurationService
from inquiry_router.configuration.store import save_document
from inquiry_router.database.session import Database
from inquiry_router.inquiry.errors import Conflict, PreconditionFailed, Unavailable
from inquiry_router.inquiry.model import Draft
from inquiry_router.intake.cleaning import clean
from inquiry_router.intake.question import question_of
from inquiry_router.learning import store
from inquiry_router.learning.lessons import Lesson, lessons_seen, read_vectors
from inquiry_router.learning.proposal import Proposal, from_categories, from_corrections
from inquiry_router.learning.separation import Separation
from inquiry_router.learning.store import Version
from inquiry_router.process.clock import utc_now
from inquiry_router.routing.own_categories import OwnCategories, OwnCategory

LEAST_LESSONS: Final = 20
LOOK_EVERY_S: Final = 300.0

log = structlog.get_logger()


class LearningService:
    """Teaches the classifier. One learns at a time; requests are answered meanwhile."""

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
        self._one_at_a_time = asyncio.Lock()
        self._learnt: tuple[int, Neighbourhood] | None = None

    async def learn(self, actor: str, why: str, now: datetime) -> Version:
        """Learn from all corrections. Raises `Conflict` when there are too few of them, `Unavailable` without a model."""
        async with self._one_at_a_time:
            base, shipped = await self._base()
            configuration = self._configuration.current
            corrected = await self._corrected(base)
            corrected = corrected.where(
                np.array(
                    [label in configuration.category_ids for label in corrected.labels], dtype=bool
                )
            )
            if len(corrected) < LEAST_LESSONS:
                raise Conflict(
                    f"There are {len(corrected)} corrected inquiries; learning begins at {LEAST_LESSONS}.",
                    hint="Correct wrong decisions with POST /v1/inquiries/{id}/correction, or confirm right ones the same way.",
                )
            own, head = (
                configuration.own_categories.categories,
                self._classifier.head_of(configuration.taught),
            )
            found = await asyncio.to_thread(from_corrections, base, shipped, head, corrected, own)
            return await self._configuration.change(
                lambda connection: _add(
                    connection,
                    base.card.files[MODEL_FILE],
                    found,
                    actor,
                    why,
                    now,
                    lessons=len(corrected),
                )
            )

    async def explain(self, inquiry: Draft) -> tuple[Neighbour, ...]:
        """The three examples most like an inquiry, from the corpus or from what the company has corrected."""
        base = self._classifier.shipped
        if base is None:
            return ()
        return await self._classifier.neighbours(
            question_of(clean(inquiry)), await self._learnt_examples(base)
        )

    async def change_categories(
        self, categories: Sequence[OwnCategory], expected: int, actor: str, why: str, now: datetime
    ) -> tuple[Version, Separation | None]:
        """Put other categories of the company's own in force, and teach the present head to know them.

        Returns how well the last of them is told apart. Raises `PreconditionFailed` when somebody else changed them meanwhile.
        """
        async with self._one_at_a_time:
            base, shipped = await self._base()
            head = self._classifier.head_of(self._configuration.current.taught)
            found, told = await asyncio.to_thread(from_categories, base, shipped, head, categories)
            body = OwnCategories(categories=tuple(categories)).model_dump(mode="json")

            def work(connection: Connection) -> Version:
                save_document(connection, OWN_CATEGORIES.name, body, expected, actor, why, now)
                return _add(
                    connection, base.card.files[MODEL_FILE], found, actor, why, now, lessons=0
                )

            return await self._configuration.change(work), told

    async def put_in_use(self, number: int, actor: str, why: str, now: datetime) -> None:
        """Go back, or forward, to a version; 0 is the shipped model. Raises `NotFound`, and `Conflict` when it no longer fits."""
        base, _ = await self._base()
        own = set(self._configuration.current.category_ids)
        if number:
            version = await self._database.read(
                lambda connection: store.version(connection, number)
            )
            if version.objections:
                raise Conflict(
                    f"Model {number} was refused: {version.objections[0]}.",
                    hint="Correct more inquiries and learn anew.",
                )
            if version.encoder != base.card.files[MODEL_FILE]:
                raise Conflict(
                    f"Model {number} was taught on an older encoder.",
                    hint="Learn anew: POST /v1/models.",
                )
            if set(version.labels) != own:
                raise Conflict(
                    f"Model {number} knows other categories than there are now.",
                    hint="Learn anew: POST /v1/models.",
                )
        elif own != set(base.card.labels):
            raise Conflict(
                "The shipped model does not know your own categories.",
                hint="Remove them first, or keep the model.",
            )
        await self._configuration.change(
            lambda connection: store.put_in_use(connection, number, actor, why, now)
        )

    async def keep_learning(self) -> None:
        """Learn by itself whenever enough was corrected and enough time has passed. Runs until it is cancelled."""
        while True:
            # The database or the model may be away, or another replica faster: the next time it will do.
            with contextlib.suppress(Unavailable, Conflict, PreconditionFailed):
                await self.catch_up(utc_now())
                await self.learn_if_due(utc_now())
            await asyncio.sleep(LOOK_EVERY_S)

    async def catch_up(self, now: datetime) -> Version | None:
        """Teach categories that came by `config import`, or that a new encoder does not know yet."""
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

    async def learn_if_due(self, now: datetime) -> Version | None:
        """Learn when at least twenty inquiries were corrected since the last time, and the schedule allows it."""
        if not self._every_s:
            return None
        last = await self._database.read(store.last_learnt)
        if last is not None and (now - last).total_seconds() < self._every_s:
            return None
        fresh = await self._database.read(
            lambda connection: store.corrected_since(connection, last)
        )
        if fresh < LEAST_LESSONS:
            return None
        version = await self.learn("schedule", f"{fresh} inquiries were corrected", now)
        log.info(
            "learning.done", number=version.number, state=version.state, lessons=version.lessons
        )
        return version

    async def _learnt_examples(self, base: Classifier) -> Neighbourhood:
        """What a head of the company's own has learnt from, read anew when another one is in use; nothing for the shipped one."""
        taught = self._configuration.current.taught
        number = taught.number if taught is not None else 0
        if self._learnt is None or self._learnt[0] != number:
            lessons, known = await self._lessons(base) if taught is not None else ([], {})
            kept = [lesson for lesson in lessons if lesson.id in known]
            self._learnt = (number, neighbourhood(lessons_seen(kept, known, base)))
        return self._learnt[1]

    async def _lessons(
        self, base: Classifier
    ) -> tuple[list[Lesson], dict[str, tuple[bytes, bytes]]]:
        """All corrected inquiries, and what this encoder has seen of them."""
        encoder = base.card.files[MODEL_FILE]
        return await self._database.read(
            lambda connection: (store.lessons(connection), store.known_vectors(connection, encoder))
        )

    async def _corrected(self, base: Classifier) -> ExampleSet:
        """All corrected inquiries as the model sees them; what it has not seen yet is read now and kept."""
        lessons, known = await self._lessons(base)
        missing = [lesson for lesson in lessons if lesson.id not in known]
        if missing:
            fresh = await asyncio.to_thread(read_vectors, missing, base)
            await self._database.write(
                lambda connection: store.keep_vectors(
                    connection, base.card.files[MODEL_FILE], fresh
                )
            )
            known |= fresh
        return lessons_seen(lessons, known, base)

    async def _base(self) -> tuple[Classifier, ExampleSet]:
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


def _add(
    connection: Connection,
    encoder: str,
    found: Proposal,
    actor: str,
    why: str,
    now: datetime,
    lessons: int,
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
    )
