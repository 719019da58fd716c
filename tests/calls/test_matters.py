"""A call is about the open inquiry that the caller named, or about the newest that fits."""

from dataclasses import replace
from datetime import timedelta

import pytest

from inquiry_router.calls.comparing import Fit
from inquiry_router.calls.matters import (
    CONTINUED_WITHIN,
    ONE_MATTER,
    CallerHistory,
    Found,
    Matter,
    Topic,
    find_matter,
)
from inquiry_router.phone.model import Known, OpenInquiry
from tests.phone.people import NOW


def matter(
    reference: str, category: str, *said: str, unsure: bool = False, days: float = 1
) -> Matter:
    inquiry = OpenInquiry(reference, "customer_service", category, unsure)
    return Matter(reference, inquiry, NOW - timedelta(days=days), 1, said)


DEFECT = matter("K7MA-4XEH", "defect", "pompa cieknie", days=1.5)
PURCHASE = matter("K7MA-4XEJ", "new_purchase", "chcę kupić kosiarkę", days=1)
HISTORY = CallerHistory(1, "pl", (PURCHASE, DEFECT))


@pytest.mark.parametrize(
    ("topic", "expected"),
    [
        (Topic("defect"), DEFECT),
        (Topic("new_purchase"), PURCHASE),
        (Topic("referral"), None),
        (Topic(), PURCHASE),
        (Topic("other"), PURCHASE),
        (Topic("new_purchase", "K7MA-4XEH"), DEFECT),
        (Topic("new_purchase", "K7MA-4XEZ"), None),
        (Topic("defect", words=("ta pompa dalej cieknie",)), DEFECT),
        (Topic(None, words=("dzwoniłem wczoraj i nikt nie oddzwonił",)), PURCHASE),
        (Topic("defect", words=("lodówka nie chłodzi",)), None),
        (Topic(None, words=("dzwonię w innej sprawie",)), None),
        (Topic("new_purchase", words=("chcę kupić nową pompę",)), None),
    ],
)
def test_matter_of_a_call(topic: Topic, expected: Matter | None) -> None:
    assert find_matter(HISTORY, topic, NOW).sure == expected


def test_caller_is_asked_if_the_words_fit_in_part() -> None:
    topic = Topic("defect", words=("druga pompa też cieknie",))
    assert find_matter(HISTORY, topic, NOW) == Found(DEFECT, Fit.UNSURE)


def test_number_of_an_order_finds_its_inquiry_whatever_the_category() -> None:
    ordered = matter("A", "order_support", "zamówienie 4500111 nie dotarło", days=3)
    history = CallerHistory(1, "pl", (DEFECT, ordered))
    same = Topic("new_purchase", words=("chcę domówić do zamówienia 4500111 dwie sztuki",))
    other = Topic("order_support", words=("zamówienie 4500222 nie dotarło",))
    assert find_matter(history, same, NOW).sure == ordered
    assert find_matter(history, other, NOW) == Found()


@pytest.mark.parametrize("unclear", [matter("A", "other"), matter("A", "defect", unsure=True)])
def test_unclear_call_is_continued_by_the_next_one_soon(unclear: Matter) -> None:
    history = CallerHistory(1, "pl", (unclear,))
    topic = Topic("new_purchase", words=("chcę kupić kosiarkę",))
    assert find_matter(history, topic, NOW).sure == unclear
    later = NOW + CONTINUED_WITHIN
    assert find_matter(history, topic, later).matter is None


def test_key_pressed_on_a_telephone_of_several_people_names_nothing() -> None:
    history = CallerHistory(2, "pl", (DEFECT,))
    assert find_matter(history, Topic("defect"), NOW).matter is None
    topic = Topic("defect", words=("pompa dalej cieknie",))
    assert find_matter(history, topic, NOW).sure == DEFECT


def test_old_inquiry_matches_only_by_its_reference() -> None:
    old = matter("A", "defect", "pompa cieknie", days=ONE_MATTER.days + 1)
    history = CallerHistory(1, "pl", (old,))
    assert find_matter(history, Topic("defect", words=("pompa cieknie",)), NOW).matter is None
    assert find_matter(history, Topic("defect", "A"), NOW).sure == old


def test_number_identifies_the_caller_if_one_person_uses_it() -> None:
    known = [CallerHistory(people).known for people in (0, 1, 2)]
    assert known == [Known.NO, Known.YES, Known.MAYBE]


def test_resolved_inquiry_is_joined_only_by_its_thing_or_number() -> None:
    closed = replace(matter("A", "defect", "pompa z zamówienia 4500111 cieknie"), resolved=True)
    history = CallerHistory(1, "pl", (closed,))
    assert history.open_inquiries == ()
    for words, joins in (
        ("pompa znowu cieknie", True),
        ("zamówienie 4500111", True),
        ("druga pompa cieknie", False),
        ("dzwoniłem wczoraj", False),
    ):
        assert (find_matter(history, Topic("defect", words=(words,)), NOW).sure == closed) is joins
    assert find_matter(history, Topic("defect"), NOW).matter is None
    assert find_matter(history, Topic(None, "A"), NOW).sure == closed
