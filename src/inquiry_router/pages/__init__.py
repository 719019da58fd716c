"""Pages for people: HTML without scripts."""
