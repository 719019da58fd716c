"""Text tools: folding, phrases, phone numbers, encoded words."""
