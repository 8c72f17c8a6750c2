"""Flags on answers and findings about a counter's month: what is unusual and needs checking. Never a verdict, never a weight."""
