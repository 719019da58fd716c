"""The list of all kinds of sources."""

from inquiry_router.phone.sources import phone_kinds
from inquiry_router.providers import VENDOR_SOURCES
from inquiry_router.sources.kinds import SOURCES


def test_list_has_every_vendor_and_every_phone_platform() -> None:
    phones = {source.kind for source in phone_kinds()}
    assert not phones & VENDOR_SOURCES.keys()
    assert phones | VENDOR_SOURCES.keys() <= SOURCES.keys()
    assert all(source.kind == kind for kind, source in SOURCES.items())
