"""The only way out: the clients for HTTP and IMAP, the addresses that may be called, exchanges of requests."""
