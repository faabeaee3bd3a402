"""The slice of a sweep: as many as wanted, always the same ones, in their order."""

from tests.support.sweep import chosen, full


def test_a_slice_has_its_size_and_is_the_same_each_time():
    cases = list(range(1000))
    picked = chosen(cases, 37, 5)
    assert len(picked) == (1000 if full() else 37)
    assert picked == sorted(picked)
    assert picked == chosen(cases, 37, 5)
    assert full() or picked != chosen(cases, 37, 6)
    assert chosen(cases[:5], 37, 5) == cases[:5]
