"""Telling units apart: pure functions on arrays; no release, no file, no clock. What each means: methodology §10-12."""
