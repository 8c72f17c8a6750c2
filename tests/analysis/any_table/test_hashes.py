"""Where a hash stands in a sorted list of them, against numpy's search by halves."""

import numpy as np
import pytest

from analysis.any_table.hashes import standing

LAST = 2**64 - 1


@pytest.mark.parametrize(
    "known",
    [
        [7],
        [0, LAST],
        list(range(1_000)),
        [LAST - k for k in range(1_000)],
        [*range(50), *(2**63 + k for k in range(50)), LAST],
        np.random.default_rng(5).integers(0, LAST, 20_000, np.uint64).tolist(),
    ],
    ids=["one", "both ends", "all begin alike", "all at the end", "two crowds", "as hashes are"],
)
def test_every_hash_is_found_however_many_begin_like_it(known: list[int]) -> None:
    hashes = np.unique(np.array(known, np.uint64))
    wanted = hashes[np.random.default_rng(3).integers(0, len(hashes), 5_000)]
    assert np.array_equal(standing(hashes, wanted), np.searchsorted(hashes, wanted))
