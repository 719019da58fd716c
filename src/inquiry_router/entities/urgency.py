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
# "for urgent matters", "sprawy pilne kierować do", "commande urgente", "z datą na wczoraj".
_OTHER_BEFORE: Final = (
    r"(?:sprawy|w\s+sprawie|for|if|anything|per|commande|casos?|dat[aą]|awizacj[aąęi]|termin\w*)"
    r"\W+(?:(?:so|very|too|tak|bardzo|zbyt|na|sehr|muy)\W+)?"
)
# "nie pilne", "to nie jest pilne", "not urgent". No comma may stand between: "nie, to jest pilne".
_DENIED_BEFORE: Final = (
    r"(?:nie|mniej|mało|niezbyt|ani|not|non|\w{2,5}n['’]t|less|never|nicht|kein\w*|nic|nothing"
    r"|nichts|ne|není|не|pas|no)\s+"
    r"(?:(?:jest|są|sa|był[aoy]?|byl[aoy]?)\s+(?:to\s+)?(?:dla\s+(?:nas|mnie)\s+)?)?"
    r"(?:(?:so|very|too|really|that|all|an?|tak|bardzo|zbyt|aż|az|na|wcale|jakoś|jakos|szczególnie"
    r"|specjalnie|sehr|wirklich|besonders|ganz|muy)\s+){0,2}"
)
_MAX_BEFORE: Final = 48
_CALM_BEFORE: Final = re.compile(
    # First letters of the alternatives, so that most words are rejected at once.
    rf"(?:\b(?=[acdfhiklmnpstwн])(?:{_OTHER_BEFORE}|{_DENIED_BEFORE})|-)\Z",
    re.IGNORECASE,
)


def find_urgency(text: str, lower: str, stems: frozenset[str]) -> list[Mention]:
    """Find requests for haste. They have no value: the policy decides how fast.

    `lower` is the text in lower case, `stems` are those of `URGENCY_STEMS` that occur in it.
    """
    return [
        Mention(EntityKind.URGENCY, match.start(), match.end(), None)
        for match in find_phrases(text, lower, stems, _URGENCY)
        if not _CALM_BEFORE.search(text[max(0, match.start() - _MAX_BEFORE) : match.start()])
    ]
