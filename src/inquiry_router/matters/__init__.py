"""Rules of matters: messages that belong together, and the effect of later ones. Pure."""
