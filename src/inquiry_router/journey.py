"""START HERE. The way of a message, from the door to the desk.

    receive      read -> understand, and find its matter -> record; then the sender gets the answer
    understand   read -> classify -> decide; stores nothing, so a preview is the same code
    record       one transaction: a new inquiry, its decision, and a delivery for each destination;
                 or a later message of an inquiry, which is decided again (`matters/again.py`)

If the classifier does not answer in time, the message is recorded as waiting, and decided as soon
as its turn comes (`recording/late.py`).

An inquiry is one matter of one customer; a message is one time that they spoke about it. Every door
calls `receive`: the JSON API (`api/`), webhooks of helpdesks and mailboxes (`sources/`), phone
calls (`calls/`). A repeat of a message gets the answer of the first one. Nothing here talks to the
outside world. Afterwards the dispatcher (`delivery/`) sends the recorded deliveries, to the
helpdesk for example, and people say what they did (`recording/`) or what was right
(`corrections/`).
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

from inquiry_router.accounts.service import AccountFinder
from inquiry_router.classification.service import ClassifierService
from inquiry_router.configuration.service import ConfigurationService
from inquiry_router.entities.signals import doubt_harmless, heed_signals
from inquiry_router.inquiry.account import Recognised
from inquiry_router.inquiry.errors import NotClassified
from inquiry_router.inquiry.model import (
    Draft,
    Entity,
    PhoneDecision,
    Receipt,
    Sending,
    Understanding,
)
from inquiry_router.intake.reading import Reading
from inquiry_router.intake.single_flight import SingleFlight
from inquiry_router.matters.nothing_new import says_nothing
from inquiry_router.matters.signs import thread_keys
from inquiry_router.process.ids import new_id
from inquiry_router.process.steps import step
from inquiry_router.recording.arriving import Arrival, FindAnswer
from inquiry_router.recording.hearing import hear_news, is_classified
from inquiry_router.recording.openings import new_receipt
from inquiry_router.recording.reading import Ask, classify, read_safely
from inquiry_router.recording.service import ANSWER, CALLER, SENDER, Recorder
from inquiry_router.referrals.intake import ReferralFinder, name_recommender
from inquiry_router.routing.decide import Rulebook, decide

# Finds the account of a draft with these entities.
FindAccount = Callable[[Draft, tuple[Entity, ...], datetime], Awaitable[Recognised]]


class Journey:
    """The stages joined together."""

    def __init__(
        self,
        classifier: ClassifierService,
        configuration: ConfigurationService,
        recorder: Recorder,
        accounts: AccountFinder,
        referrals: ReferralFinder,
        find_answer: FindAnswer,
    ) -> None:
        self._classifier = classifier
        self._configuration = configuration
        self._recorder = recorder
        self._accounts = accounts
        self._referrals = referrals
        self._find_answer = find_answer
        self._under_way: dict[str, asyncio.Future[None]] = {}

    async def receive(
        self,
        draft: Draft,
        sending: Sending,
        now: datetime,
        agreed: PhoneDecision | None = None,
        matter: str | None = None,
        named_by: tuple[str, float] = SENDER,
    ) -> Receipt:
        """Take a message in. On return it is stored for good, decided, and ready to be delivered.

        If the classifier is late it is stored for good only, and decided when its turn comes.
        `sending` recognises a repeat. Messages of the same moment and ticket wait for each other.
        `agreed` was decided on the phone. `matter` is the id or reference of its inquiry, if the
        sender knows it, as `named_by` says. Raises `NotFound` if there is no such inquiry;
        `KeyReused` when a key came before with other content; `Overloaded` or `Unavailable` when
        nothing was stored, so that the sender may send it again.
        """
        is_call = agreed is not None
        claims = thread_keys(draft, is_call=is_call)
        async with SingleFlight(self._under_way, (*sending.keys, *claims)) as had_to_wait:
            if had_to_wait and (first := await self._recorder.find_first(sending)) is not None:
                return first
            configuration = self._configuration.current
            ask = partial(self._classifier.classify, until=self._classifier.give_up_at())
            reading, incoming = await read_safely(draft, now, is_call=is_call)
            step("intake.read")
            answer = None if is_call else await self._find_answer(reading.question, now)
            if answer is not None and matter is None:
                matter, named_by = answer.inquiry_id, ANSWER
            named_by = CALLER if is_call else named_by
            deciding = asyncio.ensure_future(
                self._decide(reading, configuration.rulebook, now, ask, agreed)
            )
            find_matter = partial(
                self._recorder.find_matter, incoming, configuration.matters, now, deciding
            )
            said, joining = await asyncio.gather(deciding, find_matter(matter, named_by))
            step("intake.decided")
            signs, claims = incoming.signs, () if joining.continues else claims
            arrival = Arrival(new_id(), said, joining, sending, signs, claims, configuration, now)
            waits = not is_call and not is_classified(said)
            arrival = replace(arrival, waits=waits, answer=answer)
            if joining.matter is None:
                receipt = await self._recorder.open(arrival)
                if receipt is not None:
                    self._accounts.follow_up(said.draft, said.entities, receipt.id, now)
                    return receipt
                arrival = replace(arrival, joining=await find_matter())
            understand = partial(self.understand, ask=ask)
            heard = await hear_news(arrival, None if is_call else reading, understand)
            return await self._recorder.add_message(heard)

    async def understand(
        self,
        draft: Draft,
        rulebook: Rulebook,
        now: datetime,
        ask: Ask | None = None,
        find: FindAccount | None = None,
    ) -> Understanding:
        """Read, classify and decide: who gets the inquiry, how urgent it is, and by when."""
        reading, _ = await read_safely(draft, now)
        ask = ask or self._classifier.classify
        return await self._decide(reading, rulebook, now, ask, find=find or self._accounts.find)

    async def preview(
        self, draft: Draft, now: datetime, find: FindAccount | None = None
    ) -> Receipt:
        """The answer to a new inquiry, without storing it; id and reference are made up.

        Its account is found by `find`. Raises `NotClassified` if the classifier does not answer in
        time.
        """
        rulebook = self._configuration.current.rulebook
        said = await self.understand(draft, rulebook, now, find=find)
        if not is_classified(said):
            raise NotClassified
        receipt = new_receipt(new_id(), said, rulebook, now)
        return await self._recorder.preview(receipt, said.draft, rulebook, now)

    async def _decide(
        self,
        reading: Reading,
        rulebook: Rulebook,
        now: datetime,
        ask: Ask,
        agreed: PhoneDecision | None = None,
        find: FindAccount | None = None,
    ) -> Understanding:
        """Decide on what was read, for the account it is from; a greeting decides nothing yet."""
        finding = (find or self._accounts.find_or_ask)(reading.draft, reading.entities, now)
        recalling = self._referrals.recall(reading.draft.contact, now)
        if agreed is not None:
            classification = agreed.classification
            account, known = await asyncio.gather(finding, recalling)
        else:
            classification, account, known = await asyncio.gather(
                classify(reading, ask), finding, recalling
            )
        draft = replace(reading.draft, account=account)
        signals = await doubt_harmless(draft, reading.entities, classification.signals, ask)
        entities = heed_signals(draft, reading.entities, signals)
        decision = decide(
            draft,
            classification,
            entities,
            rulebook,
            now,
            agreed.team if agreed else None,
            reading.words,
            chosen_by="chosen_by_call",
            undecided=agreed is None and says_nothing(reading.whole),
        )
        said = Understanding(draft, classification, entities, name_recommender(decision, known))
        rules = self._configuration.current.referrals
        return replace(said, referral=await self._referrals.find(said, rules, now))
