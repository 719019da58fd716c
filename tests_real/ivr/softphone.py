"""Shared by both ends of the line: pjsua2 without a sound card, driven by one thread."""

import os
import random
import time
from collections.abc import Callable
from typing import Any

import pjsua2


class Softphone:
    """One SIP account on loopback."""

    def __init__(self, user: str, port: int) -> None:
        self.endpoint = pjsua2.Endpoint()
        self.endpoint.libCreate()
        settings = pjsua2.EpConfig()
        settings.uaConfig.threadCnt = 0
        settings.uaConfig.mainThreadOnly = True
        settings.logConfig.level = settings.logConfig.consoleLevel = 1
        settings.medConfig.noVad = True
        self.endpoint.libInit(settings)
        self.endpoint.audDevManager().setNullDev()
        transport = pjsua2.TransportConfig()
        transport.port, transport.boundAddress, transport.publicAddress = (
            port,
            "127.0.0.1",
            "127.0.0.1",
        )
        self.endpoint.transportCreate(pjsua2.PJSIP_TRANSPORT_UDP, transport)
        self.endpoint.libStart()
        self.settings = pjsua2.AccountConfig()
        self.settings.idUri = f"sip:{user}@127.0.0.1:{port}"
        voice = self.settings.mediaConfig.transportConfig
        voice.port, voice.portRange, voice.boundAddress = (
            random.randrange(20000, 30000, 2),
            1000,
            "127.0.0.1",
        )

    def lift(self, voice: pjsua2.AudioMedia) -> None:
        """Connect the sound in both directions: keys travel with it."""
        devices = self.endpoint.audDevManager()
        devices.getCaptureDevMedia().startTransmit(voice)
        voice.startTransmit(devices.getPlaybackDevMedia())

    @staticmethod
    def end() -> None:
        """Exit at once: at a normal exit pjsua2 would use objects that Python has freed."""
        os._exit(0)

    def until(self, done: Callable[[], Any], seconds: float) -> bool:
        """Handle events until a condition holds, or the time is over."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.endpoint.libHandleEvents(20)
            if done():
                return True
        return False


def sound_of(call: pjsua2.Call) -> pjsua2.AudioMedia | None:
    """Return the sound of the call, once there is one."""
    if not call.isActive():
        return None
    info = call.getInfo()  # kept alive, because its parts are freed with it
    for number, media in enumerate(info.media):
        if (
            media.type == pjsua2.PJMEDIA_TYPE_AUDIO
            and media.status == pjsua2.PJSUA_CALL_MEDIA_ACTIVE
        ):
            return call.getAudioMedia(number)
    return None
