"""Drafts of the policy: written, checked, published; earlier policies put in force again."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from inquiry_router.configuration.documents import GOLDEN, POLICY
from inquiry_router.configuration.model import Configuration
from inquiry_router.configuration.service import ConfigurationService
from inquiry_router.configuration.store import save_document
from inquiry_router.database.session import Database
from inquiry_router.inquiry.errors import Conflict, Invalid, NotClassified
from inquiry_router.inquiry.model import UNAVAILABLE, Draft, Understanding
from inquiry_router.inquiry.reasons import Reason
from inquiry_router.policies import store
from inquiry_router.policies.model import PolicyDraft, Replay, ReplayKind, ReplayState
from inquiry_router.process.ids import new_id
from inquiry_router.routing.decide import Rulebook
from inquiry_router.routing.golden import GoldenSentence
from inquiry_router.routing.policy import Policy

# Ended replays are kept for so long.
KEPT: Final = timedelta(days=90)
_NAMES_HINT: Final = (
    "Every name must exist: GET /v1/teams lists teams, GET /v1/categories categories. "
    "Every rule must be able to apply: change the one that is named, or take it out."
)


# Reads, classifies and decides by a rulebook, as of a moment.
Understand = Callable[[Draft, Rulebook, datetime], Awaitable[Understanding]]


@dataclass(frozen=True, slots=True)
class Broken:
    """A golden sentence on which a policy decides otherwise, and each point."""

    sentence: GoldenSentence
    why: Sequence[Reason]


def rulebook_with(configuration: Configuration, policy: Policy, version: int) -> Rulebook:
    """The rulebook in force with another policy, which gets the rules of own categories too."""
    whole = configuration.own_categories.added_to(policy)
    return configuration.rulebook._replace(policy=whole, version=version)


class PolicyService:
    """Keeps the draft of the policy, and puts policies in force. `wake` starts a replay."""

    def __init__(
        self,
        database: Database,
        configuration: ConfigurationService,
        understand: Understand,
        wake: Callable[[], None],
    ) -> None:
        self._database = database
        self._configuration = configuration
        self._understand = understand
        self._wake = wake

    async def find_problems(self, policy: Policy) -> list[str]:
        """Say everything for which a policy cannot be in force."""
        documents = self._configuration.current.documents
        return await asyncio.to_thread(documents.problems_with, POLICY, policy)

    async def find_broken(
        self, policy: Policy, now: datetime, configuration: Configuration | None = None
    ) -> list[Broken]:
        """Try a policy on all golden sentences, with the classifier in use.

        Raises `NotClassified` if it does not answer in time.
        """
        configuration = configuration or self._configuration.current
        version = configuration.documents.version(POLICY) + 1
        rulebook = rulebook_with(configuration, policy, version)
        found = []
        for sentence in configuration.documents[GOLDEN].golden:
            understood = await self._understand(sentence.draft, rulebook, sentence.at or now)
            classification = understood.classification
            if classification.method == UNAVAILABLE:
                raise NotClassified
            category, intent = classification.category, classification.intent
            if why := sentence.broken_by(understood.decision, category, intent):
                found.append(Broken(sentence, why))
        return found

    async def require_fit(self, policy: Policy, now: datetime) -> None:
        """Raise `Invalid` unless a policy may be in force: names, rules, golden sentences."""
        if problems := await self.find_problems(policy):
            shown = "; ".join(problems[:10])
            more = f"; and {len(problems) - 10} more" if len(problems) > 10 else ""
            raise Invalid(shown + more, hint=_NAMES_HINT)
        await self.require_golden(policy, now)

    async def require_golden(
        self, policy: Policy, now: datetime, configuration: Configuration | None = None
    ) -> None:
        """Raise `Invalid` if a policy breaks golden sentences; those in force, or of another one.

        The answer names each and why.
        """
        if broken := await self.find_broken(policy, now, configuration):
            raise Invalid(
                f"The policy breaks {len(broken)} golden sentences.",
                hint="Change the policy, or the sentence: PUT /v1/policy/golden. "
                "POST /v1/policy/draft/check shows the same.",
                errors=[
                    {"field": f"golden.{one.sentence.id}", "message": "; ".join(one.why)}
                    for one in broken
                ],
            )

    async def read_draft(self) -> PolicyDraft:
        """Read the draft. Raises `NotFound`."""
        return await self._database.read(store.find_draft)

    async def save_draft(
        self, policy: Policy, note: str | None, expected: int | None, actor: str, now: datetime
    ) -> PolicyDraft:
        """Store the draft, whatever problems it has still, and let a running shadow begin anew."""
        present = self._configuration.current.documents.version(POLICY)
        draft = PolicyDraft(policy, 0, present, note, now, actor)

        def work(connection: Connection) -> PolicyDraft:
            store.save_draft(connection, draft, expected)
            shadow = store.find_shadow(connection)
            if shadow is not None and shadow.state is ReplayState.RUNNING:
                store.end_shadow(connection, now)
                store.add_replay(connection, _shadow_of(policy, present, actor, now))
            return store.find_draft(connection)

        return await self._database.write(work)

    async def drop_draft(self, now: datetime) -> None:
        """Delete the draft if there is one."""
        await self._database.write(lambda connection: store.drop_draft(connection, now))

    async def publish(self, note: str | None, actor: str, now: datetime) -> int:
        """Put the draft in force, and return its version as a policy. The draft is gone then.

        Raises `NotFound`, `Invalid` as `require_fit`, and `Conflict` if another policy has been put
        in force since the draft was begun.
        """
        draft = await self.read_draft()
        await self.require_fit(draft.policy, now)
        present = self._configuration.current.documents.version(POLICY)
        if draft.based_on != present:
            raise Conflict(
                f"The draft was begun on version {draft.based_on}; in force is version {present}.",
                hint="GET /v1/policy/diff shows what changed. PUT /v1/policy/draft again to "
                "publish it all the same.",
            )
        body = draft.policy.model_dump(mode="json")
        why = note or draft.note

        def work(connection: Connection) -> int:
            store.require_draft(connection, draft.version)
            version = save_document(connection, POLICY.name, body, draft.based_on, actor, why, now)
            store.drop_draft(connection, now)
            return version

        return await self._configuration.change(work)

    async def roll_back(self, version: int, note: str | None, actor: str, now: datetime) -> int:
        """Put an earlier version in force again, as a new one. Returns its version.

        Raises `NotFound`, and `Invalid` as `require_fit`.
        """
        policy = await self._database.read(lambda one: store.find_version(one, version))
        await self.require_fit(policy, now)
        present = self._configuration.current.documents.version(POLICY)
        why = note or f"back to version {version}"
        return await self._configuration.replace_document(POLICY, policy, present, actor, why, now)

    async def start_replay(
        self,
        policy: Policy,
        since: datetime,
        until: datetime,
        samples: int,
        actor: str,
        now: datetime,
    ) -> Replay:
        """Let a policy be tried on the inquiries of a period, in the background."""
        present = self._configuration.current.documents.version(POLICY)
        replay = Replay(
            new_id(),
            ReplayKind.REPLAY,
            ReplayState.RUNNING,
            policy,
            present,
            since,
            until,
            samples,
            now,
            actor,
        )

        def work(connection: Connection) -> None:
            store.delete_old_replays(connection, now - KEPT)
            store.add_replay(connection, replay)

        await self._database.write(work)
        self._wake()
        return replay

    async def start_shadow(self, actor: str, now: datetime) -> Replay:
        """Let the draft decide every new inquiry too, beside the policy in force.

        Raises `NotFound` without a draft. One that runs goes on.
        """
        present = self._configuration.current.documents.version(POLICY)

        def work(connection: Connection) -> Replay:
            draft, running = store.find_draft(connection), store.find_shadow(connection)
            if running is not None and running.state is ReplayState.RUNNING:
                return running
            shadow = _shadow_of(draft.policy, present, actor, now)
            store.add_replay(connection, shadow)
            return shadow

        shadow = await self._database.write(work)
        self._wake()
        return shadow

    async def end_shadow(self, now: datetime) -> None:
        """End the shadow; its counts stay to be read."""
        await self._database.write(lambda connection: store.end_shadow(connection, now))

    async def cancel_replay(self, replay_id: str, now: datetime) -> Replay:
        """Cancel a replay; what was found so far stays. Raises `NotFound`."""
        return await self._database.write(
            lambda connection: store.cancel_replay(connection, replay_id, now)
        )


def _shadow_of(policy: Policy, present: int, actor: str, now: datetime) -> Replay:
    kind, state = ReplayKind.SHADOW, ReplayState.RUNNING
    after: Any = (None, new_id())
    return Replay(new_id(), kind, state, policy, present, now, None, 10, now, actor, after=after)
