"""People who recommend, and people who are recommended."""

import pytest

from tests.entities.found import found

_BY, _TO = "person_recommending", "person_recommended"


@pytest.mark.parametrize(
    ("text", "kind", "name", "value"),
    [
        ("polecił mnie pan Marek Nowak z Budimexu", _BY, "Marek Nowak", "Marek Nowak"),
        ("jestem od pani Kasi", _BY, "Kasi", "Kasia"),
        ("Marek Nowak dał\nmi numer do Państwa", _BY, "Marek Nowak", "Marek Nowak"),
        ("Wanda Cieślak dała mi ten adres", _BY, "Wanda Cieślak", "Wanda Cieślak"),
        ("z polecenia pana Nowaka", _BY, "Nowaka", "Nowaka"),
        ("z polecenia p. Kosińskiego", _BY, "Kosińskiego", "Kosiński"),
        ("Referred by: Dr Anand", _BY, "Anand", "Anand"),
        ("Dave from the gym sent me", _BY, "Dave", "Dave"),
        ("Empfehlung von Herrn Jurk", _BY, "Jurk", "Jurk"),
        ("Karl Maier hat Sie uns empfohlen", _BY, "Karl Maier", "Karl Maier"),
        ("my neighbour Pavol wants the same heater", _TO, "Pavol", "Pavol"),
        ("mein Schwager Torsten Uhlig baut gerade", _TO, "Torsten Uhlig", "Torsten Uhlig"),
    ],
)
def test_person_is_found_with_kind_and_value(text: str, kind: str, name: str, value: str) -> None:
    assert found(text) == [(kind, name, value)]


def test_recommended_person_with_phone() -> None:
    text = "mój szwagier Tomasz Wilk chce kupić, tel. 600 123 456, dzwońcie do niego"
    assert found(text) == [
        (_TO, "Tomasz Wilk", "Tomasz Wilk"),
        ("phone", "600 123 456", "+48600123456"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Polecam Państwa firmę",
            "dostałem od Pana ofertę",
            "Mein Nachbar hat mich geschickt",
            "polecone listem",
            "Take my brother Enda off it",
        ),
        *(
            "mój szwagier w Skierniewicach chce kupić",
            "my uncle Dwayne whispers in church",
            "You sent me the wrong one.",
            "Your robot sent me.",
        ),
    ],
)
def test_people_without_a_recommendation_are_not_found(text: str) -> None:
    assert found(text) == []
