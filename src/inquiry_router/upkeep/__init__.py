"""Upkeep: figures for metrics, findings for operators, synthetic inquiries, backups."""
