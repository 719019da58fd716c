"""The table of roles: what a role may do, and what keys of older versions may go on doing."""

from pathlib import Path

import pytest

from inquiry_router.access.roles import Role, Scope, roles_of_old_scopes, roles_with, scopes_of


def test_admin_may_do_everything_and_no_role_does_nothing() -> None:
    assert scopes_of([Role.ADMIN]) == set(Scope)
    assert scopes_of([]) == set()


def test_operators_can_read_of_every_role() -> None:
    keys = Path("docs/operate.md").read_text("utf-8").partition("\n## Keys\n")[2]
    for role in Role:
        assert f"\n| `{role}` | " in keys


def test_only_admins_change_settings() -> None:
    assert roles_with(Scope.ADMIN) == (Role.ADMIN,)


def test_role_with_the_fewest_rights_is_named_first() -> None:
    assert roles_with(Scope.INTAKE) == (Role.SOURCE, Role.ADMIN)
    assert roles_with(Scope.WORK)[0] is Role.SALESPERSON


def test_roles_add_up() -> None:
    both = scopes_of([Role.SOURCE, Role.READER])
    assert {Scope.INTAKE, Scope.READ} < both
    assert Scope.WORK not in both


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (["intake"], (Role.SOURCE, Role.PHONE)),
        (["read", "agent"], (Role.READER, Role.AGENT)),
        (["admin", "admin"], (Role.ADMIN,)),
        (["nothing"], ()),
    ],
)
def test_old_scopes_become_roles(old: list[str], new: tuple[Role, ...]) -> None:
    assert roles_of_old_scopes(old) == new
