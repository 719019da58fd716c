"""Words that tell people something: those that decided, without the small words of a language."""

from collections.abc import Iterable
from typing import Final

from inquiry_router.text.folding import fold

_SMALL: Final = frozenset(
    fold(
        "a aby ale albo bo by był była było być będą będzie bym być co czy dla dnia do dobry dzień "
        "gdy go i ich ile im ja jak jako je jego jej jest jeszcze już ją kiedy który która które "
        "lub ma mam mamy mi mnie mój moja moje może można my na nad nam nas nasz nasza nie nim niż "
        "no o od on ona oraz pan pani państwa państwo po pod proszę przed przez przy są się sobie "
        "ta tak także tam te tego tej ten też to tu tylko tym tych u w we więc witam właśnie "
        "wszystko z za ze że żeby "
        "about all am an and any are as at be been but can could do does dear for from get had has "
        "have hello hi how i if in is it its just me my no not of on or our please so some than "
        "that the their them then there these they this to us was we were what when which will "
        "with would you your "
        "aber als am an auch auf aus bei bin bis bitte da das dass dem den der des die doch du ein "
        "eine einen einer eines er es für guten habe haben hat hallo ich ihr ihre im in ist ja "
        "kann kein können man mein mit nach noch nun nur ob oder sehr sein sich sie sind so tag "
        "und uns unser vom von vor war was wenn wie wir wird wurde zu zum zur"
    ).split()
)


def telling_words(words: Iterable[str]) -> list[str]:
    """Return the words in their order, without small ones."""
    return [word for word in words if fold(word) not in _SMALL]
