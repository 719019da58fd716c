"""The phone platforms: one small file each that reads requests and writes answers."""

from typing import Final

from inquiry_router.phone.platforms.amazon_connect import AmazonConnect
from inquiry_router.phone.platforms.asterisk import Asterisk
from inquiry_router.phone.platforms.freeswitch import FreeSwitch
from inquiry_router.phone.platforms.generic import Generic
from inquiry_router.phone.platforms.genesys import Genesys
from inquiry_router.phone.platforms.jambonz import Jambonz
from inquiry_router.phone.platforms.kamailio import Kamailio
from inquiry_router.phone.platforms.platform import PhonePlatform
from inquiry_router.phone.platforms.plivo import Plivo
from inquiry_router.phone.platforms.telnyx import Telnyx
from inquiry_router.phone.platforms.twilio import Twilio
from inquiry_router.phone.platforms.vonage import Vonage

_ALL: Final[tuple[PhonePlatform, ...]] = (
    Twilio(),
    Telnyx(),
    Plivo(),
    Vonage(),
    Jambonz(),
    FreeSwitch(),
    Asterisk(),
    Genesys(),
    AmazonConnect(),
    Kamailio(),
    Generic(),
)
PLATFORMS: Final[dict[str, PhonePlatform]] = {platform.kind: platform for platform in _ALL}
