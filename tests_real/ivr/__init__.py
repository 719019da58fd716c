"""A real IVR and a real caller with pjsua2: SIP, speech by espeak-ng, RTP, keys by RFC 2833."""
