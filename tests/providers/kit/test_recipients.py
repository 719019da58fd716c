"""The addresses that a message was written to, in the forms of vendors."""

import pytest

from inquiry_router.providers.kit.recipients import (
    MAX_ADDRESSES,
    addresses_in,
    addresses_of_headers,
)


@pytest.mark.parametrize(
    ("written", "addresses"),
    [
        ("bok@acme.example", ("bok@acme.example",)),
        (
            "BOK <Bok@Acme.example>, <serwis@acme.example>",
            ("bok@acme.example", "serwis@acme.example"),
        ),
        ('"Acme, BOK" <bok@acme.example>; x', ("bok@acme.example",)),
        ("mailto:bok@acme.example", ("bok@acme.example",)),
        (["a@x.pl", "A@x.pl", {"email": "b@x.pl"}], ("a@x.pl", "b@x.pl")),
        (
            [{"Email": "a@x.pl"}, {"handle": "b@x.pl"}, {"value": "c@x.pl"}],
            ("a@x.pl", "b@x.pl", "c@x.pl"),
        ),
        ("a\x00@x.pl", ("a@x.pl",)),
        ("BOK, @, @x.pl, a@, +48221234500", ()),
        ([["a@x.pl"]], ()),
        (None, ()),
        (7, ()),
        ({"email": {"email": "a@x.pl"}}, ()),
        ("a" * 255 + "@x.pl", ()),
    ],
)
def test_addresses_are_read(written: object, addresses: tuple[str, ...]) -> None:
    assert addresses_in(written) == addresses


def test_many_addresses_are_bounded() -> None:
    many = ", ".join(f"a{number}@x.pl" for number in range(10_000))
    assert len(addresses_in(many, [many])) == MAX_ADDRESSES


def test_headers_name_the_mailbox_nearest_first() -> None:
    headers = {"to": "Lista <lista@x.pl>", "delivered-to": "bok@acme.example", "from": "a@y.pl"}
    assert addresses_of_headers(headers) == ("bok@acme.example", "lista@x.pl")
