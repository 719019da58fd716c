"""The tokenizer: the pieces of our languages, as a Unigram model of the `tokenizers` library."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers
from wordfreq import top_n_list

from training.start_weights import StartWeights

# Languages and the number of their commonest words; few customers write in the last three.
WORDS: Final = {
    **dict.fromkeys(("pl", "en", "de", "cs", "sk", "uk", "fr", "es", "it"), 60_000),
    **dict.fromkeys(("lt", "hu", "ro"), 20_000),
}
CAPITALISED_WORDS: Final = 3_000  # of the commonest words, in capitals too
SPECIAL_PIECES: Final = 4  # beginning, padding, end, unknown
UNKNOWN: Final = 3
# Names that no cleaned text can contain, so that a customer's "</s>" does not end the text.
_NAMES: Final = ("\x00beginning", "\x00padding", "\x00end", "\x00unknown")
_REMOVED: Final = Regex("[\x01-\x08\x0b\x0e-\x1f\x7f\x8f\x9f\x00]")
_SPACES: Final = Regex("[\t\n\f\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]")
_WHOLE_LETTERS: Final = str.maketrans("łŁđĐøØ", "lLdDoO")


def make_tokenizer(pieces: Sequence[str], scores: Sequence[float]) -> Tokenizer:
    """Return a tokenizer over these pieces, the first four of which are the special ones."""
    named = [*zip(_NAMES, (0.0, 0.0, 0.0, 0.0), strict=True)]
    named += [
        (piece, round(score, 3))
        for piece, score in zip(pieces[SPECIAL_PIECES:], scores[SPECIAL_PIECES:], strict=True)
    ]
    tokenizer = Tokenizer(models.Unigram(named, unk_id=UNKNOWN, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(_REMOVED, ""),
            normalizers.Replace(_SPACES, " "),
            normalizers.NFKC(),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=True)
    return tokenizer


def needed_pieces(start: StartWeights, texts: Iterable[str]) -> list[int]:
    """Return the numbers of the pieces to keep, in ascending order.

    Kept are the pieces of the commonest words of our languages, with capitals and without
    diacritics, those of `texts`, and every single character, number and punctuation mark that our
    alphabets use.
    """
    tokenizer = make_tokenizer(start.pieces, start.scores)
    kept = set(range(SPECIAL_PIECES))
    for group in _groups([*_words(), *texts], 20_000):
        for encoding in tokenizer.encode_batch(group, add_special_tokens=False):
            kept.update(encoding.ids)
    alphabet = {
        character for place in kept for character in start.pieces[place] if place >= SPECIAL_PIECES
    }
    kept.update(
        place
        for place, piece in enumerate(start.pieces)
        if place >= SPECIAL_PIECES and _is_always_kept(piece.removeprefix("▁"), alphabet)
    )
    return sorted(kept)


def _is_always_kept(bare: str, alphabet: set[str]) -> bool:
    """True if a piece is kept in any case.

    These are single characters, short pieces of our letters, numbers and punctuation marks.
    """
    if len(bare) <= 1:
        return not bare or bare in alphabet or ord(bare) < 0x500 or 0x2000 <= ord(bare) < 0x2700
    if bare.isascii():
        return (
            not any(c.isalpha() for c in bare)
            or len(bare) <= 2
            or (len(bare) <= 4 and bare.isupper())
        )
    return len(bare) <= 4 and not any(c.isalpha() or ord(c) >= 0x2700 for c in bare)


def _words() -> Iterator[str]:
    for language, count in WORDS.items():
        for rank, word in enumerate(top_n_list(language, count)):
            forms = {word, word.replace("ss", "ß")} if language == "de" else {word}
            for form in forms:
                bare = "".join(
                    c for c in unicodedata.normalize("NFD", form) if not unicodedata.combining(c)
                ).translate(_WHOLE_LETTERS)
                yield from {form, form.capitalize(), bare, bare.capitalize()}
                if rank < CAPITALISED_WORDS:
                    yield from (form.upper(), f"({form}", f"({form.capitalize()}")


def _groups(texts: Sequence[str], size: int) -> Iterator[list[str]]:
    for begin in range(0, len(texts), size):
        yield list(texts[begin : begin + size])
