"""The only way out: clients for HTTP and IMAP, addresses that may be called, exchanges."""
