"""The cost model: properties that hold whatever the inputs and counts are."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from inquiry_router.relief.costs import NONE_SPENT, CostModel, Spent, add_up
from inquiry_router.relief.curves import GRID, add_curves, curve_of
from inquiry_router.relief.inputs import CostInputs, MatterMinutes, NumberRange

DEFAULTS = CostModel(CostInputs())
SHARES = ("service_share", "selling_share", "purchase_share", "lost_sale_probability")
MINUTES = ("after_call_minutes", "return_minutes", "try_minutes")
MONEY = ("pay_hour", "selling_hour_margin", "lost_sale_margin")

gaps = st.lists(st.integers(0, 7200), max_size=8)
curves = gaps.map(lambda found: add_curves(curve_of(gap) for gap in found))
matters = st.dictionaries(
    st.tuples(
        st.sampled_from(["email", "phone", "note"]), st.sampled_from(["defect", ""]), st.just("")
    ),
    st.integers(0, 500),
    max_size=4,
)
spents = st.builds(
    Spent,
    calls=st.integers(0, 1000),
    talk_s=st.integers(0, 100_000),
    incoming=curves,
    outgoing=curves,
    tries=curves,
    loops=st.integers(0, 50),
    unmet=st.integers(0, 50),
    matters=matters,
    measured_s=st.integers(0, 100_000),
)


def changed(name: str, **points: float) -> CostModel:
    """The default inputs with some points of one of them changed."""
    inputs = CostInputs()
    given = getattr(inputs, name).model_dump() | points
    return CostModel(CostInputs.model_validate(inputs.model_dump() | {name: given}))


@given(spents)
def test_range_encloses_what_is_expected(spent: Spent) -> None:
    costs = DEFAULTS.costs(spent)
    for one in (costs.hours, costs.money, costs.lost_sales):
        assert 0 <= one.low <= one.expected <= one.high


def test_zero_matters_cost_zero() -> None:
    costs = DEFAULTS.costs(NONE_SPENT)
    for one in (costs.hours, costs.money, costs.lost_sales):
        assert (one.low, one.expected, one.high) == (0, 0, 0)


@given(st.lists(spents, max_size=6))
def test_sum_over_people_equals_the_whole(people: list[Spent]) -> None:
    whole = DEFAULTS.costs(add_up(people))
    parts = [DEFAULTS.costs(one) for one in people]
    for name in ("hours", "money", "lost_sales"):
        total = sum(getattr(one, name).expected for one in parts)
        assert math.isclose(total, getattr(whole, name).expected, rel_tol=1e-9, abs_tol=1e-6)


@given(spents, spents)
def test_more_of_anything_never_costs_less(one: Spent, more: Spent) -> None:
    before, after = DEFAULTS.costs(one), DEFAULTS.costs(add_up([one, more]))
    for name in ("hours", "money"):
        for end in ("low", "expected", "high"):
            assert getattr(getattr(before, name), end) <= getattr(getattr(after, name), end) + 1e-6


@pytest.mark.parametrize("name", [*SHARES, *MINUTES, *MONEY])
@settings(max_examples=15)
@given(spent=spents, point=st.sampled_from(["low", "likely", "high"]), part=st.floats(0, 1))
def test_higher_point_never_lowers_what_is_expected(
    name: str, spent: Spent, point: str, part: float
) -> None:
    given = getattr(CostInputs(), name)
    most = {"low": given.likely, "likely": given.high, "high": given.high * 1.1}[point]
    raised = getattr(given, point) + part * (most - getattr(given, point))
    costs = DEFAULTS.costs(spent)
    higher = changed(name, **{point: int(raised) if name in MONEY else raised}).costs(spent)
    assert costs.hours.expected <= higher.hours.expected * (1 + 1e-9) + 1e-9
    assert costs.money.expected <= higher.money.expected * (1 + 1e-9) + 1e-6


@pytest.mark.parametrize("name", [*SHARES, *MINUTES, *MONEY])
@settings(max_examples=15)
@given(spent=spents)
def test_whole_input_that_is_higher_raises_the_whole_range(name: str, spent: Spent) -> None:
    given = getattr(CostInputs(), name)
    points = {p: getattr(given, p) * 1.25 for p in ("low", "likely", "high")}
    if name in MONEY:
        points = {p: int(value) for p, value in points.items()}
    costs, higher = DEFAULTS.costs(spent), changed(name, **points).costs(spent)
    for figure in ("hours", "money"):
        for end in ("low", "expected", "high"):
            before = getattr(getattr(costs, figure), end)
            assert before <= getattr(getattr(higher, figure), end) * (1 + 1e-9) + 1e-6


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=20))
def test_no_more_time_is_counted_after_calls_than_passed(found: list[int]) -> None:
    curve = add_curves(curve_of(gap) for gap in found)
    assert all(seconds <= sum(found) for seconds in curve)
    assert list(curve) == sorted(curve) and curve[0] == 0
    spent = Spent(incoming=curve)
    shares = {"service_share": {"low": 1, "likely": 1, "high": 1}}
    none = {"purchase_share": {"low": 0, "likely": 0, "high": 0}}
    all_service = CostModel(CostInputs.model_validate(shares | none))
    assert all_service.costs(spent).hours.high * 3600 <= sum(found) + 1e-6


def test_range_is_not_the_product_of_all_extremes() -> None:
    spent = Spent(talk_s=360_000, incoming=add_curves([curve_of(7200)] * 1000), unmet=100)
    inputs, costs = CostInputs(), DEFAULTS.costs(spent)
    after = inputs.after_call_minutes.high + inputs.return_minutes.high
    hours = inputs.service_share.high * (360_000 + 60_000 * after) / 3600
    assert costs.hours.high < 0.85 * hours


def test_result_is_the_same_each_time() -> None:
    spent = Spent(talk_s=1234, incoming=curve_of(500), matters={("email", "defect", ""): 3})
    assert CostModel(CostInputs()).costs(spent) == CostModel(CostInputs()).costs(spent)


def test_certain_inputs_give_the_formula_itself() -> None:
    """Ten hours of talk, half of them service, an hour at 100 zł."""
    sure = {"low": 0.5, "likely": 0.5, "high": 0.5}
    money = {"low": 10_000, "likely": 10_000, "high": 10_000}
    none = {"low": 0, "likely": 0, "high": 0}
    inputs = CostInputs.model_validate(
        {"service_share": sure, "pay_hour": money, "selling_hour_margin": none}
    )
    costs = CostModel(inputs).costs(Spent(talk_s=36_000))
    assert (costs.hours.low, costs.hours.expected, costs.hours.high) == pytest.approx((5, 5, 5))
    assert (costs.money.low, costs.money.high) == pytest.approx((50_000, 50_000))


def test_given_back_is_a_share_of_what_matters_cost() -> None:
    found = {("email", "order_support", ""): 60}
    back = DEFAULTS.given_back(found)
    whole = DEFAULTS.costs(Spent(matters=found))
    assert back.hours.expected == pytest.approx(0.6 * whole.hours.expected)
    assert back.lost_sales.expected == 0


def test_minutes_come_from_the_entry_that_names_the_most() -> None:
    def entry(likely: float, **named: str) -> MatterMinutes:
        return MatterMinutes(**named, minutes=NumberRange(low=likely, likely=likely, high=likely))

    inputs = CostInputs(
        minutes=(
            entry(1),
            entry(2, channel="email"),
            entry(3, category="defect"),
            entry(4, category="defect", channel="email"),
            entry(5, intent="missing_item"),
        )
    )
    keys = [
        ("chat", "other", ""),
        ("email", "other", ""),
        ("chat", "defect", ""),
        ("email", "defect", ""),
        ("email", "defect", "missing_item"),
    ]
    assert [inputs.minutes_of(*key).likely for key in keys] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"pay_hour": {"low": 3, "likely": 2, "high": 4}}, "do not rise"),
        ({"service_share": {"low": 30, "likely": 50, "high": 70}}, "55 percent as 0.55"),
        ({"return_minutes": {"low": 1, "likely": 5, "high": 59}}, "at most 60 minutes"),
        (
            {
                "service_share": {"low": 0.9, "likely": 0.9, "high": 1},
                "purchase_share": {"low": 0.2, "likely": 0.2, "high": 0.3},
            },
            "together they are more than 1",
        ),
        (
            {"minutes": [{"channel": "email", "minutes": {"low": 1, "likely": 1, "high": 1}}]},
            "must be for all others",
        ),
    ],
)
def test_wrong_inputs_are_refused_with_the_cure(body: dict, sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        CostInputs.model_validate(body)


def test_curve_reads_between_the_points_of_the_grid() -> None:
    assert GRID[0] == 0
    assert curve_of(240)[GRID.index(3)] == 180
    assert curve_of(240)[GRID.index(5)] == 240
    assert curve_of(-5) == curve_of(0)
