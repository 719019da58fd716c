"""A real IVR and a real caller, each a process of its own with pjsua2: SIP, speech out of espeak-ng, RTP, keys by RFC 2833."""
