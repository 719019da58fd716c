"""Messages that were understood, and inquiries that they come to, decided by the shipped policy."""

from datetime import UTC, datetime, timedelta
from typing import Any

from inquiry_router.configuration import documents
from inquiry_router.configuration.yaml_file import default_file
from inquiry_router.inquiry.matter import Progress
from inquiry_router.inquiry.model import (
    Channel,
    Classification,
    Contact,
    Draft,
    Entity,
    EntityKind,
    Receipt,
    Status,
    Understanding,
)
from inquiry_router.matters.again import Inquiry, Verdict, decide_again
from inquiry_router.matters.settings import MatterRules
from inquiry_router.routing.decide import Rulebook, decide

NOW = datetime(2026, 11, 19, 10, 0, tzinfo=UTC)
SHIPPED = default_file().documents
RULEBOOK = Rulebook(SHIPPED[documents.POLICY], 1, SHIPPED[documents.TEAMS])
RULES = MatterRules()
JAN = Contact("Jan Kowalski", "jan@klient.example")


def about(category: str, confidence: float = 0.95, **more: Any) -> Classification:
    return Classification(category, confidence, "pl", more.pop("method", "model"), "test", **more)


def word(kind: EntityKind, text: str) -> Entity:
    return Entity(kind, text, None, 0, len(text))


def understood(
    text: str,
    found: Classification,
    *words: Entity,
    undecided: bool = False,
    **more: Any,
) -> Understanding:
    """A message with its classification, decided by the shipped policy."""
    draft = Draft(more.pop("channel", Channel.EMAIL), text, **more)
    decision = decide(draft, found, words, RULEBOOK, NOW, undecided=undecided)
    return Understanding(draft, found, words, decision)


def inquiry_of(
    said: Understanding,
    status: Status = Status.ROUTED,
    *,
    seconds_ago: float = 3600,
    touched: bool = False,
    handed_over: bool = False,
) -> Inquiry:
    received_at = NOW - timedelta(seconds=seconds_ago)
    receipt = Receipt(
        "id", "3WYA-EE71", status, received_at, said.classification, said.decision, None
    )
    progress = Progress(said.decision.team, status, said.draft.channel, received_at, touched)
    return Inquiry(receipt, progress, handed_over)


def judge(
    inquiry: Inquiry,
    said: Understanding,
    whole: Understanding | None = None,
    rules: MatterRules = RULES,
) -> Verdict:
    return decide_again(inquiry, said, whole, RULEBOOK, rules, NOW)


LEAK = understood("Pompa cieknie od wczoraj", about("defect"))
BUY = understood("Chcę kupić 40 pomp", about("new_purchase"))
PRICE = understood("A po ile macie nowe pompy?", about("new_purchase", goes_on=-4.3))
MORE = understood("Adres: Lipowa 7 m 3", about("order_support"))
GREETING = understood("Dzień dobry", about("other", 0.4, unsure=True), undecided=True)
