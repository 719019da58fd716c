"""Words that ask for haste: "pilne", "na wczoraj", "ASAP", "stoi produkcja", "dringend"."""

import re
from typing import Final

from inquiry_router.entities.mention import Mention
from inquiry_router.entities.word_search import find_phrases
from inquiry_router.inquiry.model import EntityKind

URGENCY_STEMS: Final = frozenset(
    (
        *(
            "piln",
            "najpiln",
            "na wczoraj",
            "cito",
            "natychmiast",
            "jak najszybciej",
            "na już",
            "stoi ",
            "produkcja stoi",
            "linia stoi",
        ),
        *(
            "asap",
            "urgent",
            "line is down",
            "dringend",
            "eilt",
            "schnellstens",
            "band steht still",
            "anlage steht still",
            "linie steht still",
            "produktion steht",
        ),
        *("naléhav", "spěchá", "súrn", "терміново"),
    )
)
_URGENCY: Final = re.compile(
    r"""
    (?:naj)?piln(?:e|a|ą|y|ie|iej|iejsz[eay])\b(?!\s+(?:zg[łl]oszeni|spraw)) | na\s+wczoraj\b
    | cito\b
    | natychmiast\b(?!\s+(?:\w+\s+)?\w+(?:ł|ła|ło|li|ły)\b) | jak\s+najszybciej\b
    | na\s+już\b(?!\s+\w+n[yaei])
    | stoi\s+(?:ca[łl]a\s+)?(?:produkcja|linia)\b
    | (?:produkcja|linia)\s+stoi\b | asap\b
    | urgent(?:e|ly)?\b(?!\s+(?:matters|cases|purchas|enquir|inquir|quer|issues|requests))
    | line\s+is\s+down\b | dringend(?:e\s+bitte)?\b | eilt\b(?!\s+nicht) | schnellstens\b
    | (?:band|anlage|linie|produktion)\s+steht\s+still\b
    | produktion\s+steht\b(?!\s+(?:noch|f[uü]r|auf))
    | naléhav[éáěý]\b | spěchá\b | súrn[eaé]\b | терміново\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
# "nie pilne", "not urgent", "for urgent matters", "sprawy pilne kierować do", "commande urgente",
# "z datą na wczoraj".
_CALM_BEFORE: Final = re.compile(
    # First letters of the alternatives, so that most words are rejected at once.
    r"(?:\b(?=[acdfiklmnpstwн])"
    r"(?:nie|mniej|mało|niezbyt|ani|sprawy|w\s+sprawie|not|non|isn['’]t|for|if|anything|less|never"
    r"|nicht|kein\w*|ne|není|не|non|pas|no|per|commande|casos?|dat[aą]|awizacj[aąęi]"
    r"|termin\w*)\W+(?:(?:so|very|too|tak|bardzo|zbyt|na|sehr|muy)\W+)?|-)\Z",
    re.IGNORECASE,
)


def find_urgency(text: str, lower: str, stems: frozenset[str]) -> list[Mention]:
    """Find requests for haste. They have no value: the policy decides how fast.

    `lower` is the text in lower case, `stems` are those of `URGENCY_STEMS` that occur in it.
    """
    return [
        Mention(EntityKind.URGENCY, match.start(), match.end(), None)
        for match in find_phrases(text, lower, stems, _URGENCY)
        if not _CALM_BEFORE.search(text[max(0, match.start() - 28) : match.start()])
    ]
