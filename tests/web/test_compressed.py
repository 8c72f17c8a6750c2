"""Parts compressed beforehand make one valid gzip stream, whatever follows whatever."""

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey_app.web import compressed

PARTS = st.lists(st.tuples(st.sampled_from([compressed.packed, compressed.once, compressed.stored]), st.text(max_size=400)), max_size=8)


@given(PARTS)
def test_parts_joined_decompress_to_what_they_say(parts) -> None:
    drawn = [make(text) for make, text in parts]
    expected = "".join(text for _, text in parts).encode()
    assert gzip.decompress(compressed.gzip(drawn)) == expected
    assert compressed.plain(drawn) == expected


def test_the_result_is_one_member_with_nothing_behind_it() -> None:
    body = compressed.gzip([compressed.packed("à" * 5000), compressed.stored("token"), compressed.packed("z" * 70_000)])
    reader = zlib.decompressobj(wbits=31)
    assert len(reader.decompress(body)) == 10_000 + 5 + 70_000
    assert reader.eof
    assert reader.unused_data == b""


def test_a_stored_part_costs_five_bytes_and_has_a_limit() -> None:
    assert len(compressed.stored("x" * 65_535).blocks) == 65_540
    with pytest.raises(ValueError, match="too long"):
        compressed.stored("x" * 65_536)
