"""Text as people write it: folding, phrases, phone numbers, encoded words."""
