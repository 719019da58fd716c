"""All pages. A new one is added here, and to the menu in `navigation.py` if it stands there."""

from typing import Final

from fastapi import APIRouter

from inquiry_router.pages import (
    callbacks,
    correction,
    deliveries,
    inquiries,
    inquiry,
    kit,
    not_mine,
    policy,
    policy_draft,
    policy_replays,
    quality,
    referral_links,
    referrals,
    report,
    sign_in,
    staff,
    staff_links,
    tap,
    triage,
    ways,
)

PAGE_DOORS: Final[tuple[APIRouter, ...]] = (
    correction.door,
    not_mine.door,
    tap.door,
    sign_in.door,
    sign_in.leaving,
    staff_links.door,
    kit.door,
    inquiries.door,
    inquiry.door,
    triage.door,
    policy.door,
    policy_draft.door,
    policy_replays.door,
    quality.door,
    report.door,
    callbacks.door,
    staff.door,
    referrals.door,
    referral_links.door,
    ways.door,
    deliveries.door,
)
