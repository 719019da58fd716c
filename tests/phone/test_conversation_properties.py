"""Properties of the conversation that hold for every sequence of inputs."""

from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from inquiry_router.phone.conversation import advance
from inquiry_router.phone.model import (
    Action,
    Heard,
    Situation,
    Understood,
)
from inquiry_router.phone.settings import PhoneSettings
from inquiry_router.phone.turn import MAX_STEPS
from inquiry_router.routing.working_hours import is_open
from tests.phone.made_up import documents, inputs, meanings, situations
from tests.phone.people import (
    EVENING,
    HOLIDAY,
    NOW,
    SALES,
    TEAMS,
    situation_of,
)

SERVICE = ("defect", "order_support", "catalog_request", "other")


FINAL = (Action.VOICEMAIL, Action.CALLBACK, Action.LINK, Action.GOODBYE)


@given(
    st.lists(
        st.tuples(inputs, st.one_of(st.none(), meanings)), min_size=MAX_STEPS, max_size=MAX_STEPS
    ),
    situations,
    documents,
)
def test_every_call_ends_within_the_step_limit(
    story: list[tuple[Heard, Understood | None]], situation: Situation, settings: PhoneSettings
) -> None:
    state, actions = None, []
    for what, meaning in story:
        state, move = advance(state, what, meaning, situation, settings)
        actions.append(move.action)
        assert move.say or move.action is Action.GOODBYE
        assert (move.step is None) is (
            move.action in (Action.CALLBACK, Action.LINK, Action.GOODBYE)
        )
    assert any(action in FINAL for action in actions)
    ended = next(place for place, action in enumerate(actions) if action in FINAL)
    assert all(action is Action.GOODBYE for action in actions[ended + 1 :])


@given(
    st.lists(
        st.tuples(inputs, st.one_of(st.none(), meanings)), min_size=MAX_STEPS, max_size=MAX_STEPS
    ),
    situations,
    documents,
)
def test_sales_guard_holds_for_every_call(
    story: list[tuple[Heard, Understood | None]], situation: Situation, settings: PhoneSettings
) -> None:
    state = None
    for what, meaning in story:
        state, move = advance(state, what, meaning, situation, settings)
        if move.action is Action.TRANSFER and (
            state.unsure or state.category is None or state.category in SERVICE
        ):
            assert not SALES.intersection(move.targets)
            assert move.team is not None and TEAMS.by_id[move.team].kind != "sales"


@given(
    st.lists(st.tuples(inputs, st.one_of(st.none(), meanings)), min_size=1, max_size=MAX_STEPS),
    documents,
)
def test_callbacks_are_in_future_working_hours(
    story: list[tuple[Heard, Understood | None]], settings: PhoneSettings
) -> None:
    for at in (NOW, EVENING, HOLIDAY):
        state, situation = None, situation_of(at)
        for what, meaning in story:
            state, _ = advance(state, what, meaning, situation, settings)
            for slot in state.slots:
                team = TEAMS.by_id[state.team or "triage"]
                assert slot > at and is_open(team.working_hours, slot)
                assert slot.astimezone(ZoneInfo(team.timezone)).minute % 15 == 0
            assert list(state.slots) == sorted(set(state.slots))
