import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiation.stability import link, linkages
from tests.strategies import refused

BELL = [1, 2, 5, 15, 52, 203, 877, 4140]
numbers = st.lists(
    st.lists(st.sampled_from([-1.0, 0.5, 1.0, 2.0, 3.5, 5.0]), min_size=2, max_size=2), min_size=4, max_size=4
)
harms = st.lists(
    st.lists(st.sampled_from([0.7, 2.1, 4.3, 6.1, 9.7]), min_size=2, max_size=2), min_size=4, max_size=4
)
alarms = st.lists(st.sampled_from([0.0, 0.03, 0.2]), min_size=4, max_size=4)


def partitions(items):
    """List all set partitions: the first item joins each bundle of a partition of the rest, or stands alone."""
    if not items:
        return [[]]
    first, *rest = items
    found = []
    for one in partitions(rest):
        found += [[*one[:k], [first, *one[k]], *one[k + 1 :]] for k in range(len(one))]
        found.append([[first], *one])
    return found


def canonical(arrangement):
    return frozenset(frozenset(bundle) for bundle in arrangement)


@pytest.mark.parametrize("count", range(1, 9))
def test_every_arrangement_is_listed_once(count):
    every = linkages(np.ones((count, 1)), 2 * np.ones((count, 1)), patience=0.9)
    found = {canonical(every.arrangement(k)) for k in range(len(every.totals))}
    assert len(every.totals) == len(found) == BELL[count - 1]
    assert found == {canonical(one) for one in partitions([str(k) for k in range(count)])}


@settings(max_examples=30)
@given(numbers, harms, alarms, st.sampled_from([0.35, 0.62, 0.93]))
def test_every_arrangement_is_judged_as_link_judges_it(temptation, harm, false_alarms, patience):
    every = linkages(temptation, harm, patience=patience, false_alarms=false_alarms, issues=list("abcd"))
    for k in range(len(every.totals)):
        bundles = [["abcd".index(name) for name in bundle] for bundle in every.arrangement(k)]
        judged = link(temptation, harm, bundles, patience=patience, false_alarms=false_alarms)
        assert every.totals[k] == pytest.approx(judged.total_value)
        assert every.all_hold[k] == judged.holds.all()
    best = every.judged(every.best)
    assert best.total_value == pytest.approx(every.totals.max())


@settings(max_examples=30)
@given(numbers, harms, alarms, st.sampled_from([0.35, 0.62, 0.93]))
def test_what_breaks_a_bundle_and_where_contagion_loses_agree_with_link(temptation, harm, false_alarms, patience):
    every = linkages(temptation, harm, patience=patience, false_alarms=false_alarms, issues=list("abcd"))
    failing, contagious = every.failing(), every.contagious()

    def judged(arrangement, noise):
        chosen = [["abcd".index(name) for name in bundle] for bundle in arrangement]
        return link(temptation, harm, chosen, patience=patience, false_alarms=noise)

    for number in range(1, 16):
        bundle = every.bundle(number)
        assert (bundle in failing) == (not judged([bundle], false_alarms).holds[0])
        if bundle in failing:
            rest = {name: [other for other in bundle if other != name] for name in bundle}
            mends = tuple(name for name in bundle if not rest[name] or judged([rest[name]], false_alarms).holds[0])
            assert failing[bundle] == mends
        apart = max(
            (judged(one, false_alarms).total_value for one in partitions(list(bundle)) if len(one) > 1),
            default=0.0,
        )
        assert every.best_apart[number] == pytest.approx(apart)
        loss = apart - judged([bundle], false_alarms).total_value
        quiet_apart = max(
            (judged(one, 0.0).total_value for one in partitions(list(bundle)) if len(one) > 1), default=0.0
        )
        quiet_loss = quiet_apart - judged([bundle], 0.0).total_value
        if abs(loss) > 1e-9:
            assert (bundle in contagious) == (quiet_loss < 1e-9 and loss > 0)
            assert contagious.get(bundle, loss) == pytest.approx(loss)


@settings(max_examples=30)
@given(numbers, harms, st.sampled_from([0.35, 0.62, 0.93]))
def test_without_noise_nothing_is_contagious(temptation, harm, patience):
    assert not linkages(temptation, harm, patience=patience).contagious()


def test_compartments_win_where_one_issue_is_noisy():
    every = linkages([[3], [1]], [[4], [6]], patience=0.9, false_alarms=[0.01, 0.1], issues=["hard", "easy"])
    assert every.best == (("hard",), ("easy",))
    assert every.contagious() == {("hard", "easy"): pytest.approx(35.490 - 30.288, abs=1e-3)}
    table = every.to_dataset()
    assert table["bundle"].to_numpy().tolist() == [[0, 0], [0, 1]]
    assert table.attrs["patience"] == 0.9


def test_of_arrangements_of_equal_worth_the_one_with_the_fewest_bundles_is_best():
    every = linkages([[1]] * 3, [[4]] * 3, patience=0.9)
    assert every.best == (("0", "1", "2"),)
    assert np.ptp(every.totals) == pytest.approx(0, abs=1e-12)


def test_too_many_issues_and_names_that_do_not_fit_are_refused():
    with refused("'temptation' of linkages must hold 1 to 11 issues, got 12. link(...) judges one arrangement"):
        linkages(np.ones((12, 1)), np.ones((12, 1)), patience=0.5)
    with refused("'issues' of linkages must hold 2 names, got 1: ['a']."):
        linkages([[1], [1]], [[1], [1]], patience=0.5, issues=["a"])
    with refused("'patience' of linkages must be strictly between 0 and 1, got 1."):
        linkages([[1]], [[1]], patience=1)
