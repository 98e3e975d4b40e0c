"""How the solvers of games with states stand to each other, and to a change of names, seats and units."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiation.games import StochasticGame
from negotiation.solvers import (
    markov_perfect,
    repeated_negotiation,
    state_payoff_sets,
    stochastic_renegotiation,
    transfer_equilibrium,
)
from tests.relational import random_game

seeds = st.integers(0, 10**6)
few = settings(max_examples=30, deadline=None)
SAME = 1e-9
"""Far above the rounding of payoffs below 10 in some hundred operations, far below what they differ by."""


def first_best(game):
    """Return the largest joint payoff of every state: improve policies until they stay."""
    rows = [0] * game.num_states
    tables = [
        (t.sum(axis=-1).ravel(), m.reshape(-1, game.num_states))
        for t, m in zip(game.payoffs, game.transitions, strict=True)
    ]
    while True:
        matrix = np.array([moves[row] for (_, moves), row in zip(tables, rows, strict=True)])
        joint = np.array([pay[row] for (pay, _), row in zip(tables, rows, strict=True)])
        values = np.linalg.solve(np.eye(len(rows)) - game.delta * matrix, (1 - game.delta) * joint)
        better = [int(((1 - game.delta) * pay + game.delta * moves @ values).argmax()) for pay, moves in tables]
        if better == rows:
            return values
        rows = better


def turned(game, orders):
    """Turn the order of the states and of the actions, and let the players change seats."""
    order = orders.permutation(game.num_states)
    payoffs, moves, cuts = [], [], []
    for s in order:
        rows, columns = (orders.permutation(count) for count in game.shapes[s])
        cuts.append((rows, columns))
        payoffs.append(game.payoffs[s][rows][:, columns].swapaxes(0, 1)[..., ::-1])
        moves.append(game.transitions[s][rows][:, columns].swapaxes(0, 1)[..., order])
    states = [game.states[s] for s in order]
    return StochasticGame(states, payoffs, moves, game.exact_deltas[0]), order


def rescaled(game, scale, shift):
    payoffs = [exact * scale + shift for exact in game.exact_payoffs]
    return StochasticGame(game.states, payoffs, game.transitions, game.exact_deltas[0])


def below(some, others):
    assert (some <= others + SAME).all()


@few
@given(seeds)
def test_more_commitment_never_lowers_the_best_joint_payoffs(seed):
    game = random_game(seed, 3)
    best, transfers, polygons = first_best(game), transfer_equilibrium(game), state_payoff_sets(game)
    if transfers.exists.all():
        below(transfers.joint_payoffs, best)
    proof = stochastic_renegotiation(game)
    for s in range(game.num_states):
        vertices = polygons.of(s)
        if len(vertices):
            assert transfers.exists[s]
            below(vertices.sum(axis=1), transfers.joint_payoffs[s])
            below(transfers.punishment_payoffs[s], vertices)
    if proof.plan is not None and transfers.exists.all() and None not in proof.plan.targets:
        below(proof.plan.joint_payoffs, transfers.joint_payoffs)
        below(transfers.punishment_payoffs, proof.plan.punishment_payoffs)
    for one in markov_perfect(game):
        assert transfers.exists.all()
        below(one.values.sum(axis=1), transfers.joint_payoffs)
        for s in range(game.num_states):
            assert polygons.contains(s, one.values[s])


@few
@given(seeds, st.sampled_from([0.25, 0.5, 0.75]))
def test_without_new_negotiations_the_transfer_equilibrium_is_divided_in_any_game(seed, first):
    game = random_game(seed, 3)
    transfers, found = transfer_equilibrium(game), repeated_negotiation(game, 0, [first, 1 - first])
    assert (found.exists == transfers.exists).all()
    if transfers.exists.all():
        (only,) = found.equilibria
        np.testing.assert_allclose(only.negotiated, transfers.split([first, 1 - first]), atol=SAME)


@few
@given(seeds, st.sampled_from([0.1, 0.4, 0.9]), st.sampled_from([0.2, 0.5]))
def test_negotiated_payoffs_follow_names_and_seats(seed, rho, first):
    game = random_game(seed, 3)
    other, order = turned(game, np.random.default_rng(seed))
    found = repeated_negotiation(game, rho, [first, 1 - first], periods=200)
    mirror = repeated_negotiation(other, rho, [1 - first, first], periods=200)
    same_equilibria(
        found, [(each.holds[order], each.negotiated[order, ::-1]) for each in found.equilibria], mirror
    )


@few
@given(seeds, st.sampled_from([0.1, 0.4, 0.9]), st.sampled_from([(3, 0), (1, -7), (7, 1000)]))
def test_negotiated_payoffs_follow_units_and_zeros(seed, rho, unit):
    game, (scale, shift) = random_game(seed, 3, whole=True), unit
    found = repeated_negotiation(game, rho, periods=200)
    moved = repeated_negotiation(rescaled(game, scale, shift), rho, periods=200)
    same_equilibria(found, [(each.holds, each.negotiated * scale + shift) for each in found.equilibria], moved)


def same_equilibria(found, wanted, other):
    assert other.complete == found.complete
    assert len(other.equilibria) == len(wanted)
    for holds, negotiated in wanted:
        assert any(
            (each.holds == holds).all() and np.allclose(each.negotiated[holds], negotiated[holds], atol=1e-6)
            for each in other.equilibria
        )


@few
@given(seeds)
def test_transfers_and_renegotiation_follow_names_and_seats(seed):
    game = random_game(seed, 4)
    other, order = turned(game, np.random.default_rng(seed))
    found, mirror = transfer_equilibrium(game), transfer_equilibrium(other)
    np.testing.assert_allclose(mirror.joint_payoffs, found.joint_payoffs[order], atol=SAME)
    np.testing.assert_allclose(mirror.punishment_payoffs, found.punishment_payoffs[order, ::-1], atol=SAME)
    for before in ("payments", "actions"):
        verdict, turned_verdict = (stochastic_renegotiation(one, before=before) for one in (game, other))
        for s, t in enumerate(order):
            known = {verdict.weak[t], turned_verdict.weak[s]}
            assert len(known - {type(verdict.weak[t]).UNDETERMINED}) <= 1
