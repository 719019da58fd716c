"""The same person, a family, a company, a switchboard, a form."""

import pytest

from inquiry_router.inquiry.model import Contact
from inquiry_router.matters.people import Kinship, Writer, domain_of, kinship, share_given_name


def _writer(
    name: str | None = None,
    email: str | None = None,
    phone: str | None = None,
    company: str | None = None,
    text: str = "",
    phones: frozenset[str] = frozenset(),
    mails: frozenset[str] = frozenset(),
) -> Writer:
    return Writer(Contact(name, email, phone, company), phones, text, mails)


MAREK = _writer("Marek Cieślak", "m.cieslak@hydrobud.example", "+48606112093", "Hydrobud")


@pytest.mark.parametrize(
    ("other", "relation"),
    [
        (_writer("M. Cieślak", "m.cieslak@hydrobud.example"), Kinship.PERSON),
        (_writer("Marek", phone="+48606112093"), Kinship.PERSON),
        (_writer(email="m.cieslak@hydrobud.example"), Kinship.PERSON),
        # A number in the text.
        (_writer("Cieślak", phones=frozenset({"+48606112093"})), Kinship.PERSON),
        # An address in the text.
        (_writer("Cieślak", mails=frozenset({"m.cieslak@hydrobud.example"})), Kinship.PERSON),
        (_writer("Cieślak", "marek61@poczta.example"), Kinship.NAME),
        (_writer("Ewa Cieślak", phone="+48606112093"), Kinship.NAME),
        (_writer(text="z tej strony cieślak"), Kinship.NAME),
        (_writer("Laura Czech", text="w imieniu Marka Cieślaka"), Kinship.MENTION),
        (_writer("Jan Rek", "j.rek@hydrobud.example"), Kinship.COMPANY),
        (_writer("Jan Rek", phone="+48606112093"), Kinship.COMPANY),
        # A switchboard: nobody knows who it is.
        (_writer(phone="+48606112093"), Kinship.COMPANY),
        (_writer(text="dzwonię z firmy hydrobud"), Kinship.COMPANY),
        # Another house of the same company.
        (_writer("M. Cieślak", "m.cieslak@serwis.hydrobud.example"), Kinship.NAME),
        (_writer("Ewa Cieślak", "e.cieslak@hydrobud.test"), Kinship.NAME),
        # Namesakes at the domains of other companies.
        (_writer("Marek Cieślak", "m.cieslak@dachy.example"), Kinship.NONE),
        (_writer("Ewa Cieślak", "e.cieslak@dachy.example"), Kinship.NONE),
        (_writer("Ewa Cieślak", "e.cieslak@dachy.example", "+48606112093"), Kinship.NAME),
        # A namesake in another company.
        (_writer("Cieślak", "c@dachy.example", company="Dachy Plus"), Kinship.NONE),
        (_writer("Anna Nowak", "a@other.example"), Kinship.NONE),
    ],
)
def test_writers_are_compared(other: Writer, relation: Kinship) -> None:
    assert kinship(MAREK, other) is relation
    assert kinship(other, MAREK) is relation


def test_a_private_number_without_names_is_one_person() -> None:
    one, other = _writer(phone="+48601000111"), _writer(phone="+48601000111")
    assert kinship(one, other) is Kinship.PERSON


def test_an_address_that_somebody_writes_down_may_be_that_of_a_colleague() -> None:
    nameless, written = _writer(email="jan@hydrobud.example"), frozenset({"jan@hydrobud.example"})
    assert kinship(nameless, _writer("Ewa Rek", mails=written)) is Kinship.PERSON
    colleague = _writer("Ewa Rek", "ewa@mlyn.example", mails=written)
    assert kinship(nameless, colleague) is Kinship.COMPANY


def test_a_form_sends_for_everybody() -> None:
    one = _writer("Formularz sklep", "formularz@sklep.example")
    assert kinship(one, one) is Kinship.COMPANY


def test_a_mail_service_is_no_company() -> None:
    one, other = _writer("Ola", "ola@gmail.com"), _writer("Jan Rek", "rek@gmail.com")
    assert kinship(one, other) is Kinship.NONE


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("a@hydrobud.example", "hydrobud.example"),
        ("a@gmail.com", None),
        ("a@poczta.example", None),
        ("a@webmail.example", None),
        ("a@post.example", None),
        (None, None),
    ],
)
def test_the_domain_of_a_company(address: str | None, domain: str | None) -> None:
    assert domain_of(Contact(email=address)) == domain


def test_only_a_given_name_is_known() -> None:
    assert share_given_name(Contact("Maeve"), Contact("Maeve Dolan"))
    assert not share_given_name(Contact("Maeve Dolan"), Contact("Maeve Dolan"))


def test_two_shops_are_not_one_company() -> None:
    one, other = _writer("Jan Rek", "jan@sklep.rek.example"), _writer("Ewa Rek", "e@sklep.a.test")
    assert kinship(one, other) is Kinship.NONE
