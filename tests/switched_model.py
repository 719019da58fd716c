"""A model that answers, fails, or is not there, as a test wants it."""

from inquiry_router.classification.linear import ModelUnusable
from inquiry_router.classification.service import ClassifierService
from inquiry_router.inquiry.model import Classification, Draft
from tests.conftest import shipped_model


class SwitchedModel:
    """The shipped model while `answers` is true. It fails for texts with the word `broken`."""

    name = "switched-1"

    def __init__(self, *, answers: bool = False, broken: str | None = None) -> None:
        self.answers = answers
        self.broken = broken
        self.asked: list[str] = []

    def classify(self, draft: Draft) -> Classification:
        """Classify a text, or fail."""
        self.asked.append(draft.text)
        if not self.answers or (self.broken is not None and self.broken in draft.text):
            raise RuntimeError("the model fails")
        return shipped_model().classify(draft)


def service_of(model: SwitchedModel | None) -> ClassifierService:
    """A classifier with this model; none can be loaded for None."""

    def load() -> SwitchedModel:
        if model is None:
            raise ModelUnusable("there is none")
        return model

    return ClassifierService(load)
