"""Prefixes of subjects."""

import pytest

from inquiry_router.text.subject_prefixes import is_forward, is_reply, without_prefix


@pytest.mark.parametrize(
    ("subject", "reply", "forward", "rest"),
    [
        ("Re: pompa", True, False, "pompa"),
        ("ODP: Re: pompa", True, False, "Re: pompa"),
        ("AW[2]: Pumpe", True, False, "Pumpe"),
        ("[zgłoszenie] Odp: pompa", True, False, "pompa"),
        ("Fwd: pompa", False, True, "pompa"),
        ("PD : pompa", False, True, "pompa"),
        ("Pompa: cieknie", False, False, "Pompa: cieknie"),
        ("", False, False, ""),
    ],
)
def test_prefix_of_a_subject(subject: str, reply: bool, forward: bool, rest: str) -> None:
    assert (is_reply(subject), is_forward(subject)) == (reply, forward)
    assert without_prefix(subject) == rest
