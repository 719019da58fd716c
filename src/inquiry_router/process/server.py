"""A try at the address to listen on."""

import errno
import socket
from typing import Final

_CURES: Final = {
    errno.EADDRINUSE: "another program listens there: end it, or take another port",
    errno.EACCES: "only root may listen there: take a port above 1023",
    socket.EAI_NONAME: "nobody knows this host: take 127.0.0.1, or 0.0.0.0 for all",
    errno.EADDRNOTAVAIL: "this machine has no such address: take 127.0.0.1, or 0.0.0.0 for all",
}


def explain_address(host: str, port: int) -> str | None:
    """Explain why this address cannot be listened on; None if it can."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        return _CURES.get(error.errno or 0, error.strerror or type(error).__name__)
    return None
