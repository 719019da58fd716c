"""The whole database schema: the tables of every room, under one metadata.

Import `metadata` from here where it must be complete: in migrations, the drift check and tests.
"""

from inquiry_router.accounts import tables as accounts
from inquiry_router.assignment import tables as assignment
from inquiry_router.audit import tables as audit
from inquiry_router.calls import tables as calls
from inquiry_router.configuration import tables as configuration
from inquiry_router.corrections import tables as corrections
from inquiry_router.database import group_commit, revision
from inquiry_router.database.metadata import metadata
from inquiry_router.delivery import tables as delivery
from inquiry_router.inquiries import tables as inquiries
from inquiry_router.introductions import tables as introductions
from inquiry_router.learning import tables as learning
from inquiry_router.policies import tables as policies
from inquiry_router.privacy import tables as privacy
from inquiry_router.promises import tables as promises
from inquiry_router.referrals import tables as referrals
from inquiry_router.relief import tables as relief
from inquiry_router.sources import tables as sources
from inquiry_router.staff import tables as staff
from inquiry_router.telling import tables as telling

__all__ = [
    "accounts",
    "assignment",
    "audit",
    "calls",
    "configuration",
    "corrections",
    "delivery",
    "group_commit",
    "inquiries",
    "introductions",
    "learning",
    "metadata",
    "policies",
    "privacy",
    "promises",
    "referrals",
    "relief",
    "revision",
    "sources",
    "staff",
    "telling",
]
