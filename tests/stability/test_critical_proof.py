import math
from fractions import Fraction

import numpy as np

from negotiation.games import StageGame
from negotiation.solvers import nash_equilibria, verify
from negotiation.stability import critical_discount, prove_critical
from tests.strategies import refused

DILEMMA = StageGame.from_matrices([[9, 1], [10, 3]], [[9, 10], [1, 3]])
QUANTITIES = StageGame.from_matrices(
    [[10, 3, 0], [15, 7, -4], [7, 5, -15]], [[10, 15, 7], [3, 7, 5], [0, -4, -15]], actions=[["L", "M", "H"]] * 2
)


def proved(stage, target, **options):
    found = critical_discount(stage, target, punishment="optimal", width=1e-8)
    proof = prove_critical(found, **options)
    assert verify(proof.above).valid and proof.above.forever == found.target.cycle
    assert proof.below is None or (verify(proof.below).valid and proof.below.forever == found.target.cycle)
    return found, proof


def test_an_exact_answer_is_supported_itself_and_excluded_just_below():
    found, proof = proved(DILEMMA, (0, 0))
    assert proof.high == found.exact == Fraction(1, 7)
    assert proof.low == Fraction(1, 7) - Fraction(1, 10**6)


def test_a_bracket_is_proved_at_both_ends():
    # the published threshold for (L, L) with one round of (H, H) before it is 1/3
    _, proof = proved(QUANTITIES, ("L", "L"))
    assert proof.low < Fraction(1, 3) < proof.high < proof.low + Fraction(3, 10**6)


def test_a_stage_equilibrium_has_no_lower_side():
    _, proof = proved(DILEMMA, (1, 1))
    assert proof.below is None and proof.low == 0 and proof.high == Fraction(1, 10**6)


def test_random_games_are_proved_on_both_sides():
    rng = np.random.default_rng(11)
    count = 0
    while count < 12:
        stage = StageGame(rng.integers(0, 7, (*rng.integers(2, 4, 2), 2)).tolist())
        equilibria = nash_equilibria(stage)
        found = critical_discount(stage, (0, 0), punishment="optimal", width=1e-8)
        if 0 < found.value < 0.95 and len(equilibria.pure) == len(equilibria):
            count += 1
            proof = prove_critical(found, margin=1e-4)
            assert verify(proof.above).valid and verify(proof.below).valid
            assert float(proof.low) < found.low <= found.high <= float(proof.high)


def test_what_cannot_be_proved_is_refused():
    with refused("'found' of prove_critical must be under the optimal punishment, got grim."):
        prove_critical(critical_discount(DILEMMA, (0, 0)))
    with refused("'found' of prove_critical must be of one profile, got (0, 1) (1, 0) in turn."):
        prove_critical(critical_discount(DILEMMA, [(0, 1), (1, 0)], punishment="optimal"))
    never = critical_discount(StageGame([[[2, 2], [0, 3]], [[3, 0], [2, 2]]]), (0, 0), punishment="optimal")
    assert never.value == math.inf
    with refused("'found' of prove_critical must have a discount factor that sustains the profile"):
        prove_critical(never)
    with refused("'margin' of prove_critical must be strictly between 0 and 1, got 0."):
        prove_critical(critical_discount(DILEMMA, (0, 0), punishment="optimal"), margin=0)
