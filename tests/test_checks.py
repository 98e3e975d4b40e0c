"""Every refusal names the argument and its owner, states the rule and quotes the value."""

import math
import re
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from negotiation._checks import (
    ArgumentError,
    check_array,
    check_between,
    check_count,
    check_delta,
    check_known,
    check_names,
    check_number,
    check_positive,
    check_shares,
    nearest,
    refusal,
)

HUGE = 10**400
FLAGS = ["hold", "squeeze", "break"]


def refused(message):
    return pytest.raises(ArgumentError, match=f"^{re.escape(message)}")


def test_refusal_is_a_value_error_that_reads_as_a_sentence():
    fault = refusal("delta", "RepeatedGame", "be below 1", 1.05, "Pass 1 / (1 + r).")
    assert isinstance(fault, ValueError)
    assert str(fault) == "'delta' of RepeatedGame must be below 1, got 1.05. Pass 1 / (1 + r)."
    assert str(refusal("x", "f", "be even", 3)) == "'x' of f must be even, got 3."


@pytest.mark.parametrize("value", [0.5, np.float32(0.5), Fraction(1, 2), Decimal("0.5"), "0.5", np.array(0.5)])
def test_numbers_of_any_type_become_floats(value):
    for number in (check_number("x", "f", value), check_delta("f", value), check_between("x", "f", value, 0, 1)):
        assert type(number) is float
        assert number == 0.5


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("x", "be a number, got 'x'."),
        (None, "be a number, got None."),
        (True, "be a number, got True."),
        (np.True_, "be a number, got np.True_."),
        ([1, 2], "be a number, got [1, 2]."),
        (1j, "be a number, got 1j."),
        (math.nan, "be finite, got nan."),
        (-math.inf, "be finite, got -inf."),
        (Decimal("NaN"), "be finite, got NaN."),
        (HUGE, "fit into a float, got a number beyond 1.8e308."),
        (Fraction(HUGE, 3), "fit into a float, got a number beyond 1.8e308."),
    ],
)
def test_what_is_no_finite_number_is_refused_by_every_check_of_one_number(value, words):
    with refused(f"'x' of f must {words}"):
        check_number("x", "f", value)
    with refused(f"'x' of f must {words}"):
        check_between("x", "f", value, 0, 1)
    with refused(f"'delta' of f must {words}"):
        check_delta("f", value)


def test_ends_count_as_between_unless_they_are_open():
    assert [check_between("x", "f", end, -1, 2) for end in (-1, 2)] == [-1, 2]
    for end in (-1, 2):
        with refused(f"'x' of f must be strictly between -1 and 2, got {end}."):
            check_between("x", "f", end, -1, 2, open_ends=True)
    with refused("'x' of f must be between 0 and 1, got 1.2."):
        check_between("x", "f", 1.2, 0, 1)


@pytest.mark.parametrize("value", [0, 1, 1.2, -0.5, Fraction(3, 2)])
def test_discount_factors_lie_strictly_between_0_and_1(value):
    with refused(
        f"'delta' of f must be strictly between 0 and 1, got {value}. A yearly discount rate r is passed"
    ):
        check_delta("f", value)


def test_counts_are_whole_numbers_from_the_least():
    assert check_count("n", "f", np.int64(3)) == 3 and type(check_count("n", "f", np.int64(3))) is int
    assert check_count("n", "f", 0, 0) == 0
    for value in (0, -1, 1.0, "3", True, None, math.nan):
        with refused(f"'n' of f must be a whole number of at least 1, got {value!r}."):
            check_count("n", "f", value)


def test_arrays_are_copied_and_closed_for_writing():
    given = np.array([1.0, 2.0])
    for check in (check_array, check_positive, check_shares):
        array = check("x", "f", given / 2)
        assert not array.flags.writeable
    kept = check_array("x", "f", given)
    given[0] = 9
    assert kept.tolist() == [1, 2]
    assert check_array("x", "f", [[Fraction(1, 4), "0.5"]]).tolist() == [[0.25, 0.5]]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([[1, 2], [3]], "'x' of f must be a rectangular array of numbers, got [[1, 2], [3]]."),
        ("abc", "'x' of f must be a rectangular array of numbers, got 'abc'."),
        ([1, "b"], "'x' of f must be a rectangular array of numbers, got [1, 'b']."),
        ({}, "'x' of f must be a rectangular array of numbers, got {}."),
        ([[0, 1], [2, math.nan]], "'x[1, 1]' of f must be finite, got nan."),
        ([0, -math.inf], "'x[1]' of f must be finite, got -inf."),
        (math.inf, "'x' of f must be finite, got inf."),
        (None, "'x' of f must be finite, got nan."),
        ([1, HUGE], "'x' of f must fit into floats, got a number beyond 1.8e308."),
        ([Fraction(-HUGE, 7)], "'x' of f must fit into floats, got a number beyond 1.8e308."),
    ],
)
def test_arrays_that_do_not_hold_finite_numbers_are_refused_at_the_first_fault(values, words):
    for check in (check_array, check_shares, check_positive):
        with refused(words):
            check("x", "f", values)


def test_arrays_of_shares_and_of_positive_numbers_quote_the_entry_outside():
    assert check_shares("x", "f", [0, 1]).tolist() == [0, 1]
    for entry in (-0.25, 1.5):
        with refused(f"'x' of f must lie between 0 and 1, got {entry}."):
            check_shares("x", "f", [0.5, entry])
    for entry in (0.0, -2.0):
        with refused(f"'x' of f must be above 0, got {entry}."):
            check_positive("x", "f", [[1, entry]])


def test_names_are_distinct_and_not_empty():
    assert check_names("names", "f", FLAGS, 3) == tuple(FLAGS)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (["a"], "hold 2 names, got 1: ['a']."),
        (["a", "b", "c"], "hold 2 names, got 3: ['a', 'b', 'c']."),
        (["a", " "], "hold no empty name, got ['a', ' ']."),
        (["a", "a"], "hold distinct names, got ['a', 'a']. Repeated: a."),
        (["a", 1], "be a sequence of strings, got ['a', 1]. Pass 2 names."),
        ("ab", "be a sequence of strings, got 'ab'. Pass 2 names."),
        (None, "be a sequence of strings, got None. Pass 2 names."),
        (5, "be a sequence of strings, got 5. Pass 2 names."),
    ],
)
def test_names_that_do_not_fit_are_refused(values, words):
    with refused(f"'names' of f must {words}"):
        check_names("names", "f", values, 2)


def test_unknown_names_are_refused_with_the_nearest_known_one():
    assert check_known("action", "f", "hold", FLAGS) == "hold"
    with refused("'action' of f must be one of the 3 known names, got 'sqeeze'. Did you mean 'squeeze'?"):
        check_known("action", "f", "sqeeze", FLAGS)
    assert nearest("zzz", FLAGS) == "Known: break, hold, squeeze."
