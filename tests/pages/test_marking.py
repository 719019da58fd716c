"""Deciding words are marked, and nothing of a text is lost or added."""

from hypothesis import given
from hypothesis import strategies as st

from inquiry_router.pages.marking import Piece, mark_words, without_parts

texts = st.text(alphabet="ab ąż.<&\n", max_size=40)


@given(texts, st.lists(texts, max_size=4))
def test_pieces_make_the_text(text: str, words: list[str]) -> None:
    pieces = mark_words(text, words)
    assert "".join(piece.text for piece in pieces) == text
    assert all(piece.text for piece in pieces)
    lowered = {word.lower() for word in words}
    assert all(piece.text.lower() in lowered for piece in pieces if piece.marked)


def test_whole_words_are_marked_in_any_case() -> None:
    assert mark_words("Cieknie i cieknie, przecieknie", ["cieknie"]) == [
        Piece("Cieknie", marked=True),
        Piece(" i "),
        Piece("cieknie", marked=True),
        Piece(", przecieknie"),
    ]


def test_longer_words_win() -> None:
    assert [p.text for p in mark_words("czuć gaz", ["gaz", "czuć gaz"]) if p.marked] == ["czuć gaz"]


def test_quotes_and_signature_are_taken_out() -> None:
    text = "Proszę o pomoc.\n\nPozdrawiam\nAnna\n\n> cytat"
    assert without_parts(text, ["Pozdrawiam\nAnna", "> cytat"]) == "Proszę o pomoc."
    assert without_parts(text, ["nothing of it"]) == text
