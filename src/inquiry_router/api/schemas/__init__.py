"""The API's bodies and answers."""
