"""J. Friedman (1971), A non-cooperative equilibrium for supergames, Review of Economic Studies 38, 1-12.

His theorem, reversion to the one-shot equilibrium, in the standard example of N firms with demand P = 1 - Q and no
costs, which share the monopoly output. The discount factors 9/17 and 4/7 are those of the example in textbooks.
"""

from fractions import Fraction
from itertools import product

import pytest

from negotiation.games import RepeatedGame, StageGame, grim_trigger
from negotiation.solvers.nash import pure_equilibria
from negotiation.solvers.one_shot_deviations import one_shot
from negotiation.stability import critical_discount


def cournot(firms, *more):
    """Let each firm share the monopoly output, play the Cournot output, deviate at its best, or produce `more`."""
    share, equilibrium = Fraction(1, 2 * firms), Fraction(1, firms + 1)
    actions = {"collude": share, "cournot": equilibrium, "deviate": (1 - (firms - 1) * share) / 2}
    actions |= {str(output): output for output in more}
    payoffs = {}
    for names in product(actions, repeat=firms):
        outputs = [actions[name] for name in names]
        payoffs[names] = [output * (1 - sum(outputs)) for output in outputs]
    return StageGame.from_profiles(payoffs)


@pytest.mark.parametrize(
    ("game", "threshold"), [(cournot(2), Fraction(9, 17)), (cournot(3, Fraction(5, 16)), Fraction(4, 7))]
)
def test_cournot_reversion_sustains_the_monopoly_output_from_the_known_factor_on(game, threshold):
    collusion, reversion = ["collude"] * game.num_players, ["cournot"] * game.num_players
    assert pure_equilibria(game) == (game.profile(*reversion),)
    found = critical_discount(game, collusion)
    assert found.exact == threshold
    assert found.by_player.tolist() == [float(threshold)] * game.num_players
    for step, holds in ((-1e-6, False), (1e-6, True)):
        repeated = RepeatedGame(game, float(threshold) + step)
        assert one_shot(repeated, grim_trigger(game, collusion, reversion)).is_equilibrium() == holds


def test_with_three_outputs_alone_lopsided_equilibria_punish_three_firms_harder():
    game = cournot(3)
    assert game.profile("collude", "cournot", "deviate") in pure_equilibria(game)
    assert critical_discount(game, ["collude"] * 3).exact == Fraction(2, 5)
    trigger = grim_trigger(game, ["collude"] * 3, ["cournot"] * 3)
    assert not one_shot(RepeatedGame(game, 4 / 7 - 1e-6), trigger).is_equilibrium()
    assert one_shot(RepeatedGame(game, 4 / 7 + 1e-6), trigger).is_equilibrium()
