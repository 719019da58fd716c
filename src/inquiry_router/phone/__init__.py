"""Calls: the caller, the conversation, and the requests and answers of phone platforms."""
