"""Small labels tell two things of one kind apart."""

import pytest

from inquiry_router.matters.labels import labels_of, name_two_things


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("winda w klatce A, lift 2", "lift 3 stoi"),
        ("zlew w lokalu 12", "zlew w lokalu 21"),
        ("domofon w klatce B", "domofon w klatce C"),
        ("pumpe P-7 leckt", "pumpe P-9 leckt"),
        ("Puffin hull 417", "hull 419 as well"),
    ],
)
def test_two_things(one: str, other: str) -> None:
    assert name_two_things(labels_of(one), labels_of(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("winda w klatce B", "ta winda w klatce B nadal stoi"),
        ("zlew w lokalu 12", "zlew cieknie"),
        ("12 rolls please", "14 rolls not 12"),
        ("Zamówienie 77104", "zamówienie 77201"),
    ],
)
def test_one_thing_or_unknown(one: str, other: str) -> None:
    assert not name_two_things(labels_of(one), labels_of(other))
