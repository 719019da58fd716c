"""The life of a policy: drafts, golden sentences, replays, publishing and going back."""
