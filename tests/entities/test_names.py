"""Names of companies as people name them."""

import pytest

from inquiry_router.entities.names import bare_company


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("firmy Hydro-Bud", "Hydro-Bud"),
        ("Firma „Bąk” s.c.", "„Bąk” s.c."),
        ("firma budowlana Bąk", "firma budowlana Bąk"),
        ("firmy", "firmy"),
        ("Firmowa Spółdzielnia", "Firmowa Spółdzielnia"),
    ],
)
def test_word_company_before_a_name_is_no_part_of_it(written: str, name: str) -> None:
    assert bare_company(written) == name
