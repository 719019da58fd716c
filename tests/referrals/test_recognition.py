"""Who recommends whom, in labelled messages of several voices."""

import pytest

from inquiry_router.entities.finding import find_entities
from inquiry_router.inquiry.model import Channel, Classification, Contact, Draft
from inquiry_router.inquiry.referral import FoundReferral, Speaker
from inquiry_router.referrals.recognition import recognise_referral
from tests.referrals.labelled import WRITER, LabelledText, labelled_texts

FIGURES = [one for one in labelled_texts() if not one.tuning and not one.is_strangers]
OF_STRANGERS = [one for one in labelled_texts() if not one.tuning and one.is_strangers]
NEGATED = ("nie polec", "odradza", "not recommend", "n't recommend", "nicht", "nedoporuč")


def classified(category: str, *, unsure: bool = False, intent: str | None = None) -> Classification:
    return Classification(category, 0.95, "pl", "model", "m", unsure=unsure, intent=intent)


def recognised(text: str, category: str = "referral", **more: object) -> FoundReferral | None:
    draft = Draft(Channel.EMAIL, text, contact=Contact(name="Ola Kret", email="ola@kret.example"))
    return recognise_referral(draft, classified(category, **more), find_entities(None, text))


def is_found(one: LabelledText) -> bool:
    found = recognised(one.text)
    if found is None:
        return False
    if one.recommender == WRITER:
        return found.speaker is Speaker.RECOMMENDER
    return not found.recommender.is_empty and found.speaker is not Speaker.RECOMMENDER


def is_right(one: LabelledText) -> bool:
    found = recognised(one.text)
    assert found is not None
    if one.recommender == WRITER:
        return True
    name, company = found.recommender.name, found.recommender.company
    if one.recommender is not None:
        return name is not None and name.words == one.recommender
    wanted = one.recommender_company or ""
    return company is not None and (company.words in wanted or wanted in company.words)


def test_there_are_three_hundred_texts_and_two_hundred_of_strangers() -> None:
    texts = labelled_texts()
    assert (len(texts), sum(one.is_strangers for one in texts)) == (500, 200)
    assert sum(one.language == "pl" for one in texts) >= 300
    assert len({one.language for one in texts}) >= 10


def test_recommender_is_found_and_right() -> None:
    wanted = [one for one in FIGURES if not one.recommends_nobody]
    found = [one for one in wanted if is_found(one)]
    assert len(found) / len(wanted) >= 0.90
    right = [one for one in found if is_right(one)]
    assert len(right) / len(found) >= 0.95


def test_strangers_write_otherwise() -> None:
    """Less is found on their texts. Most are candidates, which a person confirms."""
    wanted = [one for one in OF_STRANGERS if not one.recommends_nobody]
    found = [one for one in wanted if is_found(one)]
    assert len(found) / len(wanted) >= 0.75
    assert sum(map(is_right, found)) / len(found) >= 0.80
    others = [one for one in labelled_texts() if one.is_strangers and one.recommends_nobody]
    assert sum(recognised(one.text, "new_purchase") is not None for one in others) <= 4


@pytest.mark.parametrize(
    "one", [x for x in labelled_texts() if x.recommends_nobody], ids=lambda one: one.place
)
def test_nobody_is_recommended(one: LabelledText) -> None:
    """Warnings, orders of a boss, registered letters, advice that is asked for."""
    if not one.is_strangers:
        assert recognised(one.text, "new_purchase") is None
    if any(word in one.text.lower() for word in NEGATED):
        assert recognised(one.text, "referral") is None


@pytest.mark.parametrize(
    "text",
    [
        "Nie polecam. Polecił mi Was pan Jan Kos i był to błąd.",
        "Nikomu was nie polecę, ani panu Janowi Kosowi.",
        "I'd never recommend you to Jim Kerr.",
        "Ich kann Sie Herrn Jan Kos nicht empfehlen.",
    ],
)
def test_warning_is_no_referral(text: str) -> None:
    assert recognised(text) is None


BAK = "Polecił mi Państwa pan Henryk Bąk z tartaku. Szukamy pomp."


def test_dropped_name_in_a_purchase_is_a_referral() -> None:
    found = recognised(BAK, "new_purchase")
    assert found is not None and not found.candidate
    assert found.speaker is Speaker.PROSPECT
    assert found.recommender.name is not None
    assert (found.recommender.name.words, found.recommender.name.certainty) == ("Henryk Bąk", 0.95)
    assert found.recommender.company is not None
    assert found.recommender.company.words == "tartaku"
    assert found.prospect.plain("email") == "ola@kret.example"


@pytest.mark.parametrize(
    ("category", "unsure"),
    [("other", False), ("new_purchase", True), ("referral", True), ("defect", False)],
)
def test_unsure_and_other_make_a_candidate_only(category: str, *, unsure: bool) -> None:
    found = recognised(BAK, category, unsure=unsure)
    assert found is not None and found.candidate


def test_number_and_address_in_the_text_are_the_prospects() -> None:
    text = "Polecam Państwu pana Dawida Kosa ze Stolarni Kos, tel. 602 333 444, d@kos.example."
    found = recognised(text)
    assert found is not None
    assert found.speaker is Speaker.RECOMMENDER
    assert found.recommender.plain("email") == "ola@kret.example"
    phone, email = found.prospect.phone, found.prospect.email
    assert phone is not None and email is not None
    assert (phone.value, phone.words) == ("+48602333444", "602 333 444")
    assert email.value == "d@kos.example"
    assert found.prospect.plain("company") == "Stolarni Kos"


def test_question_about_the_programme_makes_none() -> None:
    assert recognised("Jak działa program poleceń?", intent="programme_question") is None


def test_name_in_unknown_words_is_a_candidate() -> None:
    text = "Po drugiej stronie szosy niejaki Bogdan Jarosz stawia lakiernię. Warto zajrzeć."
    found = recognised(text, intent="recommends_a_prospect")
    assert found is not None and found.candidate
    assert found.prospect.plain("name") == "Bogdan Jarosz"
