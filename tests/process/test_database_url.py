"""Addresses of PostgreSQL: what is fine, and what is wrong with the others."""

import pytest

from inquiry_router.process.database_url import find_problem


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://router@localhost/router",
        "postgresql://router:p%40ss%2F%23@db.example.com:5432/router?sslmode=require",
        "postgresql://router:a/b?c#d@db/router",
        "postgresql://router@[::1]:5433/router",
        "postgresql://postgres@/postgres?host=/run/postgresql",
        "postgres://router@db",
    ],
)
def test_readable_address_has_no_problem(url: str) -> None:
    assert find_problem(url) is None


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://u:p@ss@db/x", "write @ as %40"),
        ("postgresql://u:p@s:s@db/x", "write @ as %40"),
        ("postgresql://u:p@db:http/x", "the port 'http' is no number"),
        ("postgresql://u:p@db:0/x", "the port '0' is no number"),
        ("postgresql://u:p@db#1/x", "write # as %23"),
        ("postgresql://u:p@db/x?user=me", "the parameter 'user' is unknown"),
    ],
)
def test_problem_is_named_with_its_cure(url: str, words: str) -> None:
    problem = find_problem(url)
    assert problem is not None and words in problem
