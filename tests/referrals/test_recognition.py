"""Who recommends whom, in labelled messages of several voices, as the shipped model reads them."""

import re
from functools import cache

import pytest

from inquiry_router.classification.classifier import shipped_folder
from inquiry_router.classification.encoder import Encoder
from inquiry_router.classification.parties import PARTIES_FILE, PartyReader, reader_of_bytes
from inquiry_router.entities.finding import find_entities
from inquiry_router.inquiry.model import Channel, Classification, Contact, Draft
from inquiry_router.inquiry.referral import FoundReferral, Speaker, ToldParties
from inquiry_router.referrals.recognition import recognise_referral
from inquiry_router.referrals.signature import read_signature
from tests.referrals.labelled import WRITER, LabelledText, labelled_texts

# The others were learned.
OF_FIRST = [one for one in labelled_texts() if not one.tuning and not one.is_strangers]
OF_STRANGERS = [one for one in labelled_texts() if not one.tuning and one.is_strangers]
OF_FIRST_STRANGERS = [
    one for one in OF_STRANGERS if one.place.startswith(("pl_warsztat", "pl_urzad", "inne_obce"))
]
OF_UNSEEN = [one for one in OF_STRANGERS if one.is_unseen]
NEGATED = re.compile(r"\bnie polec|not recommend|n't recommend|nicht|nedoporuč")


@cache
def reading() -> tuple[Encoder, PartyReader]:
    written = (shipped_folder() / PARTIES_FILE).read_bytes()
    return Encoder(shipped_folder()), reader_of_bytes(written)


@cache
def told(text: str) -> ToldParties | None:
    encoder, reader = reading()
    return reader.read(encoder.encode(None, text))


def recognised(
    text: str, category: str = "referral", *, unsure: bool = False, intent: str | None = None
) -> FoundReferral | None:
    draft = Draft(Channel.EMAIL, text, contact=Contact(name="Ola Kret", email="ola@kret.example"))
    read = Classification(
        category, 0.95, "pl", "model", "m", unsure=unsure, intent=intent, told=told(text)
    )
    return recognise_referral(draft, read, find_entities(None, text))


def is_found(one: LabelledText) -> bool:
    found = recognised(one.text)
    if found is None:
        return False
    if one.recommender == WRITER:
        return found.speaker is Speaker.RECOMMENDER
    return not found.recommender.is_empty and found.speaker is not Speaker.RECOMMENDER


def is_sure(one: LabelledText) -> bool:
    found = recognised(one.text)
    return found is not None and not found.candidate


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


def test_there_are_three_hundred_texts_and_more_of_strangers() -> None:
    texts = labelled_texts()
    assert (len(texts), len(OF_UNSEEN)) == (1590, 340)
    assert sum(one.language == "pl" for one in texts) >= 300
    assert len({one.language for one in texts}) >= 10


@pytest.mark.parametrize(
    ("texts", "least_found", "least_right"),
    [(OF_FIRST, 0.90, 0.95), (OF_STRANGERS, 0.87, 0.86), (OF_UNSEEN, 0.86, 0.83)],
)
def test_recommender_is_found_and_right(
    texts: list[LabelledText], least_found: float, least_right: float
) -> None:
    """What is not sure is a candidate, which a person confirms."""
    wanted = [one for one in texts if not one.recommends_nobody]
    found = [one for one in wanted if is_found(one)]
    assert len(found) / len(wanted) >= least_found
    assert sum(map(is_right, found)) / len(found) >= least_right
    sure = [one for one in found if is_sure(one)]
    assert len(sure) / len(found) >= 0.08
    assert sum(map(is_right, sure)) / len(sure) >= 0.95


@pytest.mark.parametrize(
    ("texts", "most_made", "most_sure"), [(OF_FIRST_STRANGERS, 4, 2), (OF_STRANGERS, 10, 3)]
)
def test_hardly_any_other_purchase_is_a_referral(
    texts: list[LabelledText], most_made: int, most_sure: int
) -> None:
    others = [one for one in texts if one.recommends_nobody and not one.prospect]
    made = [recognised(one.text, "new_purchase") for one in others]
    assert len(others) > 10 * most_made
    assert sum(one is not None for one in made) <= most_made
    assert sum(one is not None and not one.candidate for one in made) <= most_sure


@pytest.mark.parametrize(
    "one",
    [x for x in labelled_texts() if x.recommends_nobody and NEGATED.search(x.text.lower())],
    ids=lambda one: one.place,
)
def test_no_warning_of_the_labelled_texts_is_a_referral(one: LabelledText) -> None:
    assert recognised(one.text) is None


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
    name, company = found.recommender.name, found.recommender.company
    assert name is not None and name.words == "Henryk Bąk" and name.certainty >= 0.9
    assert company is not None and company.words == "tartaku"
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


def test_name_in_unusual_words_is_found() -> None:
    text = "Po drugiej stronie szosy niejaki Bogdan Jarosz stawia lakiernię. Warto zajrzeć."
    found = recognised(text, intent="recommends_a_prospect")
    assert found is not None
    assert found.prospect.plain("name") == "Bogdan Jarosz"


def test_without_the_model_names_beside_a_word_of_recommending_count() -> None:
    """A person said that it is a referral; nobody has read the words."""
    draft = Draft(Channel.EMAIL, BAK, contact=Contact(name="Ola Kret", email="ola@kret.example"))
    said = Classification("referral", 1.0, "pl", "person", "none")
    found = recognise_referral(draft, said, find_entities(None, BAK))
    assert found is not None and found.recommender.plain("name") == "Henryk Bąk"
    bought = Classification("new_purchase", 1.0, "pl", "person", "none")
    assert recognise_referral(draft, bought, ()) is None


def test_writer_signs_with_their_name() -> None:
    signed = read_signature("Zamawiam dwie pompy.\nPozdrawiam, Jan Kos")
    assert signed is not None and signed.words == "Jan Kos"
    assert read_signature("Zamawiam dwie pompy.") is None
    assert read_signature("") is None
