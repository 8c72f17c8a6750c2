"""The rules by name: their version, how often each may be wrong about an honest counter in a month, and which mark answers.

A change of a rule's arithmetic or level is a new version; flags of the old one stay beside the answers.
"""

from collections.abc import Mapping

VERSION = "2"

BURST = "burst"
DAILY_BURSTS = "daily_bursts"
ALL_TOP = "all_top"
STRAIGHT_LINES = "straight_lines"
DUPLICATES = "duplicates"
FAST_SHARE = "fast_share"
DAY_MARKS = "day_marks"
OUTSIDE_HOURS = "outside_hours"
COACHED = "coached"
STAFF_HELPED = "staff_helped"
SHEETS = "sheets"
VERIFIED_GAP = "verified_gap"
MORE_THAN_FILES = "more_than_files"

LEVELS: Mapping[str, float] = {
    BURST: 0.003,
    DAILY_BURSTS: 0.003,
    ALL_TOP: 0.0008,
    STRAIGHT_LINES: 0.001,
    DUPLICATES: 0.0006,
    FAST_SHARE: 0.0004,
    DAY_MARKS: 0.0002,
    OUTSIDE_HOURS: 0.0001,
    COACHED: 0.0001,
    STAFF_HELPED: 0.0001,
    SHEETS: 0.0005,
    VERIFIED_GAP: 0.0002,
    MORE_THAN_FILES: 0.0,
}
"""False alarms of an honest counter and month, rule by rule; they add up to 0.01 (methodology §15.2). More answers than files
cannot come about by chance."""

FALSE_DISCOVERIES = 0.05
"""Of the counters reported for one burst, over all counters of a run: Benjamini-Hochberg."""

ON_ANSWERS = (BURST, SHEETS, DUPLICATES, OUTSIDE_HOURS)
"""Rules that also mark the answers in question. All others speak of a counter and never of one answer."""

COUNTED = (BURST, SHEETS, DUPLICATES)
"""Of these, the rules at VERSION that keep an answer out of basis "unflagged". Not the hour: a code may be photographed and
answered at home."""
