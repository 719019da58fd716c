"""Later messages: the words go on with something that was said before, or open a matter.

"Any news?", "it still leaks", "here is the serial number" have few words in common with what they
go on with, and strangers say it in words that no list has. A head on the encoder's vector hears it.
"""

from typing import Final

from inquiry_router.classification.examples import directions
from inquiry_router.classification.features import Floats
from inquiry_router.classification.head import Head

LATER_FILE: Final = "later.npz"
LATER: Final = "later"


def goes_on(head: Head, vector: Floats) -> float:
    """Return the log-odds that a text goes on with something said before."""
    return round(float(head.scores(directions(vector[None]))[0, 0]), 2)
