"""A call is about the open inquiry that the caller named, or about the newest that matches."""

from datetime import timedelta

import pytest

from inquiry_router.calls.matters import ONE_MATTER, CallerHistory, Matter, find_matter
from inquiry_router.phone.model import Known, OpenInquiry
from tests.phone.people import NOW


def matter(reference: str, category: str, *, unsure: bool = False, days: int = 1) -> Matter:
    inquiry = OpenInquiry(reference, "customer_service", category, unsure)
    return Matter(reference, inquiry, NOW - timedelta(days=days), 1)


DEFECT = matter("K7MA-4XEH", "defect", days=2)
PURCHASE = matter("K7MA-4XEJ", "new_purchase", days=1)
HISTORY = CallerHistory(1, "pl", (PURCHASE, DEFECT))


@pytest.mark.parametrize(
    ("category", "reference", "expected"),
    [
        ("defect", None, DEFECT),
        ("new_purchase", None, PURCHASE),
        ("referral", None, None),
        (None, None, PURCHASE),
        ("other", None, PURCHASE),
        ("new_purchase", "K7MA-4XEH", DEFECT),
        ("new_purchase", "K7MA-4XEZ", None),
    ],
)
def test_matter_of_a_call(
    category: str | None, reference: str | None, expected: Matter | None
) -> None:
    assert find_matter(HISTORY, category, reference, NOW) == expected


@pytest.mark.parametrize("vague", [matter("A", "other"), matter("A", "defect", unsure=True)])
def test_vague_inquiry_matches_any_call(vague: Matter) -> None:
    assert find_matter(CallerHistory(1, "pl", (vague,)), "new_purchase", None, NOW) == vague


def test_old_inquiry_matches_only_by_its_reference() -> None:
    old = matter("A", "defect", days=ONE_MATTER.days + 1)
    history = CallerHistory(1, "pl", (old,))
    assert find_matter(history, "defect", None, NOW) is None
    assert find_matter(history, "defect", "A", NOW) == old


def test_number_identifies_the_caller_if_one_person_uses_it() -> None:
    known = [CallerHistory(people).known for people in (0, 1, 2)]
    assert known == [Known.NO, Known.YES, Known.MAYBE]
