"""small.toml has everything an instrument can have, and is sound; here is how tests change it and what it then says."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from questionnaires.model import Refused
from questionnaires.reader import read

SMALL = (Path(__file__).parent / "small.toml").read_text(encoding="utf-8")


def changed(*edits: tuple[str, str]) -> str:
    text = SMALL
    for old, new in edits:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the small instrument"
        text = text.replace(old, new)
    return text


def faults_of(text: str | bytes) -> list[tuple[str, str]]:
    """(code, place) of every fault, [] when the text is sound."""
    try:
        read(text, "f")
    except Refused as refused:
        return [(fault.code, fault.place) for fault in refused.faults]
    return []


def to_toml(values: Mapping[str, object]) -> str:
    """A table as TOML, everything below the first level inline."""
    return "\n".join(f"{json.dumps(key, ensure_ascii=False)} = {_inline(value)}" for key, value in values.items())


def _inline(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(key, ensure_ascii=False)} = {_inline(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Sequence):
        return "[" + ", ".join(_inline(item) for item in value) + "]"
    return str(value).lower() if isinstance(value, bool) else repr(value)
