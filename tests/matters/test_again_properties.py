"""Deciding again, whatever comes: decided inquiries stay, and nothing gets less urgent."""

from typing import Literal

from hypothesis import given
from hypothesis import strategies as st

from inquiry_router.inquiry.model import EntityKind, Priority, Provenance, Status, Understanding
from inquiry_router.matters.again import Change
from inquiry_router.matters.settings import MatterRules
from tests.matters.understood import about, inquiry_of, judge, understood, word

CATEGORIES = ("defect", "order_support", "catalog_request", "new_purchase", "referral", "other")
UNDERSTOOD = st.builds(
    lambda category, confidence, unsure, kinds, automatic: understood(
        "tekst",
        about(category, confidence, unsure=unsure),
        *(word(kind, "słowo") for kind in kinds),
        provenance=Provenance(automatic=automatic),
    ),
    st.sampled_from(CATEGORIES),
    st.sampled_from((0.3, 0.7, 0.9, 0.99)),
    st.booleans(),
    st.lists(st.sampled_from(list(EntityKind)), max_size=3),
    st.sampled_from((None, "auto_reply", "bounce")),
)


@given(
    UNDERSTOOD,
    UNDERSTOOD,
    UNDERSTOOD,
    st.sampled_from([one for one in Status if one is not Status.NEW]),
    st.sampled_from(("inquiry", "note")),
    st.booleans(),
)
def test_decided_inquiry_keeps_its_team_and_never_gets_less_urgent(
    first: Understanding,
    said: Understanding,
    whole: Understanding,
    status: Status,
    split: Literal["inquiry", "note"],
    touched: bool,
) -> None:
    """Whatever was said: an inquiry that is not in triage, or that a person touched, stays."""
    inquiry = inquiry_of(first, status, touched=touched)
    verdict = judge(inquiry, said, whole, MatterRules(split=split))
    before, after = first.decision, verdict.receipt.decision
    priorities = list(Priority)
    assert priorities.index(after.priority) >= priorities.index(before.priority)
    assert verdict.reasons
    if before.team != "triage" or touched or status is Status.RESOLVED:
        assert after.team == before.team
        assert verdict.change is not Change.DECIDED
    if verdict.change is Change.SPLIT and split == "inquiry":
        assert verdict.receipt == inquiry.receipt
        assert {before.team, said.decision.team} == {"customer_service", "sales"}
    if said.draft.provenance.automatic is not None:
        assert verdict.receipt == inquiry.receipt
    if said.classification.unsure or said.classification.category == "other":
        assert verdict.change is not Change.SPLIT
