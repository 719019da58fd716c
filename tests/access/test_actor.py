"""Actors: their scopes, the teams and owner they are bound to, the sources they are made for."""

import pytest

from inquiry_router.access.actor import Actor
from inquiry_router.access.roles import Role, Scope
from inquiry_router.inquiry.errors import Forbidden

CELINA = Actor("celina", "Celina", (Role.AGENT,), teams=("customer_service",))
BARTEK = Actor("bartek", "Bartek", (Role.SALESPERSON,), owner="Bartek")
WEBSITE = Actor("website", "Form", (Role.SOURCE,), sources=("website",))


def refusal(actor: Actor, scope: Scope) -> Forbidden:
    with pytest.raises(Forbidden) as caught:
        actor.require(scope)
    return caught.value


def test_refusal_says_what_is_missing_and_who_can_give_it() -> None:
    error = refusal(WEBSITE, Scope.WORK)
    assert "lacks the scope 'work', which the role 'salesperson' or " in error.detail
    assert "An admin gives it: PUT /v1/api-keys/website" in error.advice
    assert error.extra["required_scope"] == "work"


def test_bound_callers_may_not_see_what_is_about_all_teams() -> None:
    manager = Actor("m", "M", (Role.MANAGER,), teams=("sales",))
    for scope in (Scope.READ, Scope.AUDIT):
        assert "bound to the teams sales" in refusal(manager, scope).detail
    manager.require(Scope.ARRANGE)
    Actor("m", "M", (Role.MANAGER,)).require(Scope.READ)


def test_callers_with_teams_see_the_inquiries_of_these_teams() -> None:
    assert CELINA.sees("customer_service")
    assert not CELINA.sees("sales", "Celina")
    CELINA.require_sight("customer_service")
    with pytest.raises(Forbidden, match="bound to the teams customer_service"):
        CELINA.require_sight("sales")


def test_salesperson_sees_only_what_is_theirs() -> None:
    assert BARTEK.sees("customer_service", "Bartek")
    assert not BARTEK.sees("sales", "Jan")
    assert not BARTEK.sees("sales")
    nobody = Actor("x", "X", (Role.SALESPERSON,))
    assert nobody.is_bound and not nobody.sees("sales")
    with pytest.raises(Forbidden, match="no team yet"):
        nobody.require_sight("sales")


def test_unbound_callers_see_everything() -> None:
    assert Actor("a", "A", (Role.AGENT,)).sees("sales")
    assert not Actor("a", "A", (Role.AGENT, Role.SALESPERSON)).is_bound


def test_source_may_act_only_for_the_sources_it_is_made_for() -> None:
    WEBSITE.require_source("website")
    with pytest.raises(Forbidden, match="made for 'website', not for the source 'zammad'"):
        WEBSITE.require_source("zammad")
    with pytest.raises(Forbidden, match="no source"):
        Actor("x", "X", (Role.SOURCE,)).require_source("website")
    Actor("x", "X", (Role.SOURCE,), sources=("*",)).require_source("zammad")
    Actor("x", "X", (Role.ADMIN,)).require_source("zammad")
