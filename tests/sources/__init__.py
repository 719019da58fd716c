"""Tests of the doors of vendors."""
