"""The note says who the customer is to us, in three lines."""

from typing import Any

import pytest

from inquiry_router.providers.kit.customers import customer_in, customer_lines
from inquiry_router.providers.kit.notes import note_lines
from tests.providers.kit.test_notes import inquiry

COMPLAINT = {
    "reference": "K7MA-4XEH",
    "received_at": "2026-10-02T08:30:00.000Z",
    "is_open": False,
}
ACCOUNT = {
    "id": "1",
    "name": "Hydro-Bud sp. z o.o.",
    "external_id": "K-1024",
    "sign": "the address",
    "tier": "gold",
    "roles": {"owner": "Bartek Wilk", "deputy": "Ewa Lis"},
    "open_matters": 2,
    "last_complaint": COMPLAINT,
}


def told(account: dict[str, Any] | None, *maybe: dict[str, Any]) -> Any:
    return customer_in({"account": account, "maybe_accounts": list(maybe), "id": "x"})


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        (
            "pl",
            [
                "Klient: Hydro-Bud sp. z o.o. (K-1024), gold, opiekun: Bartek Wilk",
                "Inne otwarte sprawy: 2",
                "Ostatnia reklamacja: 2026-10-02, K7MA-4XEH (załatwiona)",
            ],
        ),
        (
            "en",
            [
                "Customer: Hydro-Bud sp. z o.o. (K-1024), gold, owner: Bartek Wilk",
                "Other open matters: 2",
                "Last complaint: 2026-10-02, K7MA-4XEH (resolved)",
            ],
        ),
        (
            "de",
            [
                "Kunde: Hydro-Bud sp. z o.o. (K-1024), gold, Betreuer: Bartek Wilk",
                "Weitere offene Vorgänge: 2",
                "Letzte Reklamation: 2026-10-02, K7MA-4XEH (erledigt)",
            ],
        ),
    ],
)
def test_three_lines_in_each_language(language: str, lines: list[str]) -> None:
    assert customer_lines(told(ACCOUNT), language) == lines


def test_account_without_anything_is_told_too() -> None:
    bare = ACCOUNT | {
        "external_id": None,
        "tier": None,
        "roles": {},
        "open_matters": 0,
        "last_complaint": None,
    }
    assert customer_lines(told(bare), "pl") == [
        "Klient: Hydro-Bud sp. z o.o., bez opiekuna",
        "Inne otwarte sprawy: brak",
        "Ostatnia reklamacja: brak w ostatnim roku",
    ]
    still = ACCOUNT | {"last_complaint": COMPLAINT | {"is_open": True}}
    assert customer_lines(told(still), "pl")[2].endswith("(w toku)")


def test_maybe_is_one_line_and_a_stranger_none() -> None:
    maybe = {"id": "2", "name": "Agro", "external_id": None, "sign": "the mail domain"}
    other = maybe | {"name": "Kłos", "external_id": "K", "sign": "the name of the company"}
    assert customer_lines(told(None, maybe, other), "pl") == [
        "Być może klient: Agro – domena poczty; Kłos (K) – nazwa firmy"
    ]
    assert customer_lines(told(None), "en") == []
    assert customer_lines({}, "en") == []


def test_lines_stand_in_the_note_before_the_team() -> None:
    lines = note_lines(inquiry(group="5", customer=told(ACCOUNT)), "en")
    place = next(n for n, line in enumerate(lines) if line.startswith("Team: "))
    assert lines[place - 3 : place] == customer_lines(told(ACCOUNT), "en")
