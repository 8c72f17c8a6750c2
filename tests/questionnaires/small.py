"""A small instrument that has everything once, and how tests change it: sound as it stands, one edit breaks one thing."""

import json
from collections.abc import Mapping, Sequence

from questionnaires.model import Refused
from questionnaires.reader import read

SMALL = """
id = "small"
version = "1"
languages = ["vi", "en"]
max_shown = 5
wording = "proposed"
title = { vi = "Phiếu nhỏ", en = "Small form" }

[[section]]
id = "main"
title = { vi = "Phần chính", en = "Main" }

[scales.sat3]
options = [
  { code = 1, vi = "Kém", en = "Bad" },
  { code = 2, vi = "Vừa", en = "Fair" },
  { code = 3, vi = "Tốt", en = "Good" },
]

[[question]]
id = "general"
section = "main"
kind = "scale"
scale = "sat3"
extra_options = [{ code = 0, vi = "Không rõ", en = "Do not know" }]
no_basis = [0]
rates = "reception"
required = true
seconds = 5
criterion = "confirmed"
source = "somewhere"
text = { vi = "Nhìn chung?", en = "Overall?" }

[[question]]
id = "stage"
section = "main"
kind = "single"
skip_if_known = true
seconds = 5
criterion = "proposed"
text = { vi = "Đến đâu?", en = "How far?" }
options = [{ code = 1, vi = "Xong", en = "Done" }, { code = 2, vi = "Chưa", en = "Not yet" }]

[[question]]
id = "troubles"
section = "main"
kind = "multiple"
shown_if = { question = "stage", in = [2] }
exclusive = [0]
no_basis = [8]
rates = "decider"
seconds = 5
criterion = "recalled"
text = { vi = "Gặp gì?", en = "What happened?" }
options = [
  { code = 0, vi = "Không", en = "Nothing" },
  { code = 1, vi = "Chờ", en = "Waiting" },
  { code = 2, vi = "Thiếu giấy", en = "Papers" },
  { code = 8, vi = "Không trả lời", en = "No answer" },
]

[[question]]
id = "trips"
section = "main"
kind = "number"
rotation = "m1"
rates = "decider"
seconds = 5
criterion = "proposed"
text = { vi = "Mấy lần?", en = "How often?" }

[[question]]
id = "polite"
section = "main"
kind = "scale"
scale = "sat3"
rotation = "m2"
rates = "reception"
seconds = 5
criterion = "proposed"
text = { vi = "Lịch sự?", en = "Polite?" }

[[question]]
id = "comment"
section = "main"
kind = "text"
max_chars = 20
seconds = 5
criterion = "proposed"
text = { vi = "Góp ý?", en = "Comment?" }
hint = { vi = "Không ghi tên", en = "No names" }

[meanings]
overall = { question = "general" }
population = { question = "stage", finished = [1], open = [2] }

[rotation]
m1 = 0.25
m2 = 0.75

[[tree]]
id = "t"
root = "t.root"
label = { vi = "Chỉ số", en = "Index" }
notice = { vi = "Lưu ý", en = "Note" }
population = "finished"
published_for = ["unit", "city"]
minimum_n = 12
leaves_for_units_from = 30
comparable_with = ["small/0"]
[tree.nodes]
"t.root" = { label = { vi = "Gốc", en = "Root" }, level = "index", combine = "sum", coefficients = [1, 0.5, 2], children = ["t.part", "t.scaled", "t.outside"] }
"t.part" = { label = { vi = "Gộp", en = "Pooled" }, level = "factor", combine = "pooled", children = ["t.share", "t.none"] }
"t.scaled" = { label = { vi = "Thang", en = "Scaled" }, level = "factor", combine = "mean", divisor = 3, range = [0.33, 3.3], children = ["t.mean", "t.option"] }
"t.outside" = { label = { vi = "Cho sẵn", en = "Given" }, level = "factor", range = [1, 10], outside_total = true, source = "formula not established" }
[tree.leaves]
"t.share" = { proportion = { question = "general", satisfied = [3], among = [1, 2, 3] }, where = { question = "stage", in = [1] } }
"t.none" = { proportion = { question = "troubles", satisfied = [0], among = [0, 1, 2] } }
"t.mean" = { mean = { question = "polite", low = 1, high = 3 } }
"t.option" = { proportion = { question = "troubles.1", satisfied = [0], among = [0, 1] } }
"t.extra" = { label = { vi = "Thêm", en = "Extra" }, criterion = "confirmed", wording = "official", given = { low = 5, high = 0 } }
"t.points" = { label = { vi = "Điểm", en = "Points" }, criterion = "confirmed", points = { low = 0, high = 2, evidence = true, appraised_by = "SNV" } }
"t.other" = { label = { vi = "Khác", en = "Other" }, criterion = "confirmed", released = { instrument = "small", node = "t.part", low = 0, high = 1, maximum = 10 } }
"""


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
