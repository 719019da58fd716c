"""The rules by which a new head may replace the present one."""

from dataclasses import replace

import numpy as np
import pytest

from inquiry_router.learning.judging import Tally, count_results, find_objections

ORDER = ("defect", "new_purchase")


def tally_of(right: dict[str, int], of: dict[str, int], service_to_sales: int = 0) -> Tally:
    return Tally(sum(of.values()), None, None, None, right, of, service_to_sales, 0)


OF = {"defect": 100, "new_purchase": 100}
SAME = (
    tally_of({"defect": 90, "new_purchase": 90}, OF),
    tally_of({"defect": 90, "new_purchase": 90}, OF),
)
BETTER = (
    tally_of({"defect": 4, "new_purchase": 6}, {"defect": 10, "new_purchase": 10}),
    tally_of({"defect": 8, "new_purchase": 6}, {"defect": 10, "new_purchase": 10}),
)


def test_better_head_without_harm_has_no_objection() -> None:
    assert find_objections(BETTER, SAME) == []


def test_equal_head_is_not_better() -> None:
    assert find_objections((BETTER[0], BETTER[0]), SAME) == [
        "it is right on 10 of 20 corrected inquiries it had not seen, the present one on 10"
    ]


def test_worse_category_is_an_objection() -> None:
    after = tally_of({"defect": 10, "new_purchase": 5}, {"defect": 10, "new_purchase": 10})
    assert find_objections((BETTER[0], after), SAME) == [
        "of 10 corrected inquiries about new_purchase it gets 5 instead of 6"
    ]


@pytest.mark.parametrize(("lost", "harm"), [(3, False), (4, True)])
def test_shipped_test_may_change_by_noise_only(lost: int, harm: bool) -> None:
    after = tally_of({"defect": 90 - lost, "new_purchase": 95}, OF)
    assert bool(find_objections(BETTER, (SAME[0], after))) is harm


def test_more_service_matters_in_sales_are_an_objection() -> None:
    after = tally_of({"defect": 99, "new_purchase": 99}, OF, service_to_sales=1)
    assert find_objections(BETTER, (SAME[0], after)) == [
        "among the shipped tests it sends 1 service matters to sales instead of 0"
    ]


@pytest.mark.parametrize(("sent", "harm"), [(6, False), (7, True)])
def test_text_that_was_nearly_sent_to_sales_is_no_harm(sent: int, harm: bool) -> None:
    right = {"defect": 99, "new_purchase": 99}
    before = replace(tally_of(right, OF, service_to_sales=5), service_near_sales=6)
    after = tally_of(right, OF, service_to_sales=sent)
    assert bool(find_objections(BETTER, (before, after))) is harm


def test_texts_within_two_hundredths_of_the_limit_are_near() -> None:
    probabilities = np.array([[0.09, 0.91], [0.115, 0.885], [0.13, 0.87]], dtype=np.float32)
    found = count_results(probabilities, ("defect",) * 3, ORDER, (0.9, 0.9), 0.0)
    assert (found.service_to_sales, found.service_near_sales) == (1, 2)


def test_count_results() -> None:
    probabilities = np.array([[0.9, 0.1], [0.2, 0.8], [0.45, 0.55], [0.9, 0.1]], dtype=np.float32)
    found = count_results(
        probabilities, ("defect", "defect", "new_purchase", "new_purchase"), ORDER, (0.6, 0.7), 0.0
    )
    assert (found.texts, found.accuracy, found.decided) == (4, 0.5, 0.75)
    assert found.right_when_decided == pytest.approx(1 / 3, abs=1e-4)
    assert (found.right, found.of) == (
        {"defect": 1, "new_purchase": 1},
        {"defect": 2, "new_purchase": 2},
    )
    assert (found.service_to_sales, found.lost_leads) == (1, 1)
    nothing = np.zeros((0, 2), dtype=np.float32)
    assert count_results(nothing, (), ORDER, (0.6, 0.6), 0.0).accuracy is None


def test_each_category_has_its_own_limit() -> None:
    probabilities = np.array([[0.7, 0.3], [0.3, 0.7]], dtype=np.float32)
    found = count_results(probabilities, ORDER, ORDER, (0.6, 0.8), 0.0)
    assert found.decided == 0.5
