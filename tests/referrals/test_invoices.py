"""Files of invoices: encodings, amounts, days, and what is refused."""

from datetime import date

import pytest

from inquiry_router.referrals.invoices import read_amount, read_entries, read_invoices

TODAY = date(2026, 11, 19)
HEAD = "NIP;Numer faktury;Kwota netto;Data wystawienia;Waluta\r\n"
LINE = "526-000-12-46;FV/1;{amount};18.11.2026;\r\n"


def read(text: str, encoding: str = "utf-8"):
    return read_invoices(text.encode(encoding), "PLN", TODAY)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1250", "utf-16"])
def test_encodings(encoding: str) -> None:
    rows, problems = read(HEAD + LINE.format(amount="1 234,50 zł"), encoding)
    assert problems == []
    assert [(row.tax_id, row.number, row.amount_minor, row.currency) for row in rows] == [
        ("5260001246", "FV/1", 123_450, "PLN")
    ]
    assert rows[0].issued_on == date(2026, 11, 18)


@pytest.mark.parametrize(
    ("written", "minor"),
    [
        *[("1234,5", 123_450), ("1 234,50", 123_450), ("1.234,50", 123_450)],
        *[("1,234.50", 123_450), ("1234", 123_400), ("12\u00a0500,00 PLN", 1_250_000)],
    ],
)
def test_amounts(written: str, minor: int) -> None:
    assert read_amount(written) == minor


@pytest.mark.parametrize("written", ["", "-5,00", "0", "sto", "1,2,3", "99999999999999", "1e9"])
def test_absurd_amounts_are_refused_with_the_cure(written: str) -> None:
    rows, problems = read(HEAD + LINE.format(amount=written))
    assert rows == []
    assert problems[0].line == 2 and len(problems[0].message) > 20


def test_currency_beside_the_amount_counts() -> None:
    rows, _ = read(HEAD + LINE.format(amount="1 234,50 €"))
    assert [row.currency for row in rows] == ["EUR"]
    _, problems = read(HEAD + LINE.format(amount="1 234,50 €").replace(";\r", ";PLN\r"))
    assert "the amount is in EUR, and the currency is PLN" in problems[0].message


def test_wrong_nip_and_days_to_come_are_problems() -> None:
    wrong = "526-000-12-47;FV/1;1,00;18.11.2026;\n5260001246;FV/2;1,00;2027-01-01;\n"
    rows, problems = read(HEAD + wrong)
    assert rows == []
    assert "check digit" in problems[0].message and "yet to come" in problems[1].message


def test_file_without_columns_is_refused() -> None:
    with pytest.raises(ValueError, match="no column for tax_id"):
        read("a;b\n1;2\n")
    with pytest.raises(ValueError, match="invoices"):
        read_entries(b"[]")
