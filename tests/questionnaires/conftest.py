"""Property tests say what is wrong with the code, never that the machine was busy: no time limit on a single example."""

from hypothesis import settings

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
