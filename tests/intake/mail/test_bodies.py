"""The HTML part is read where the text part does not carry its words; nothing is lost."""

import pytest

from inquiry_router.intake.mail.bodies import read_body

HTML = "<p>Dzień dobry,</p><p>pompa kupiona w marcu <b>cieknie</b>, proszę o serwis.</p>"
SHOWN = "Dzień dobry,\n\npompa kupiona w marcu cieknie, proszę o serwis."


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  \n",
        "[cid:image001.png@01DA1234.56789ABC]",
        "[image: logo.png]",
        "Dzień dobry,",
        "https://example.com/view-in-browser",
    ],
)
def test_text_part_with_less_gives_way_to_the_html_part(text: str) -> None:
    assert read_body(text, HTML) == SHOWN


@pytest.mark.parametrize(
    "text",
    [
        "Twój klient poczty nie obsługuje wiadomości HTML.",
        "This is an HTML message. Please use an HTML capable mail program.",
        "Ihr E-Mail-Programm kann diese Nachricht nicht anzeigen.",
        "Proszę otworzyć wiadomość w przeglądarce.",
        "Załącznik w osobnej wiadomości.",
    ],
)
def test_text_part_with_other_words_stands_below(text: str) -> None:
    assert read_body(text, HTML) == f"{SHOWN}\n\n{text}"


@pytest.mark.parametrize(
    "text",
    [
        "Dzień dobry,\n\npompa kupiona w marcu *cieknie*, proszę o serwis.",
        "Dzień dobry,\npompa kupiona w marcu cieknie,\nproszę o serwis.\n\n> stara wiadomość",
        "dzien dobry pompa kupiona w marcu cieknie prosze o serwis <https://example.com>",
    ],
)
def test_text_part_that_carries_the_words_is_read(text: str) -> None:
    assert read_body(text, HTML) == text


@pytest.mark.parametrize("html", [None, "", " ", "<img src='x'>", "<style>p {}</style>"])
def test_html_part_without_words_changes_nothing(html: str | None) -> None:
    assert read_body("Pompa cieknie.", html) == "Pompa cieknie."
