"""Time policy elimination on two large games with transfers: ``python benchmarks/stochastic_transfers.py``.

Each row is the median of several runs in this process, after one that is not counted and compiles the inner
loops. The arms race has a state for every pair of arsenals from 0 to 15; each year a side disarms or builds by up
to 2, or strikes. The duopoly has a state for every pair of reserves from 0 to 20; each year a side sells any part
of its own and finds one unit more with probability 1/2.
"""

from itertools import product

from run import median_seconds, row

from negotiation.games import StochasticGame
from negotiation.solvers import transfer_equilibrium

LARGEST_ARSENAL = 15
LARGEST_RESERVE = 20


def pair(state: str) -> tuple[int, int]:
    first, second = state.split("-")
    return int(first), int(second)


def pairs(largest: int) -> list[str]:
    return [f"{first}-{second}" for first, second in product(range(largest + 1), repeat=2)]


def arms_race(delta: float = 0.9) -> StochasticGame:
    def changes(arsenal: int) -> list[str]:
        return [str(c) for c in range(-2, 3) if 0 <= arsenal + c <= LARGEST_ARSENAL] + ["strike"]

    def payoff(state: str, profile: tuple[str, ...]) -> tuple[float, float]:
        earned = []
        for own, other, action, answer in zip(pair(state), pair(state)[::-1], profile, profile[::-1], strict=True):
            built = 0 if action == "strike" else max(int(action), 0)
            prize = 4 + own - other if action == "strike" else 0
            earned.append(10 - 0.2 * own - built + prize - (other if answer == "strike" else 0))
        return earned[0], earned[1]

    def transition(state: str, profile: tuple[str, ...]) -> dict[str, float]:
        after = []
        for own, action, answer in zip(pair(state), profile, profile[::-1], strict=True):
            moved = own if action == "strike" else own + int(action)
            left = max(moved - 4, 0) if answer == "strike" else moved
            after.append({left: 1.0} if left == 0 else {left: 0.9, left - 1: 0.1})
        return {f"{x}-{y}": p * q for (x, p), (y, q) in product(after[0].items(), after[1].items())}

    return StochasticGame.from_functions(
        pairs(LARGEST_ARSENAL), lambda state: [changes(x) for x in pair(state)], payoff, transition, delta
    )


def duopoly(delta: float = 0.9) -> StochasticGame:
    def payoff(state: str, profile: tuple[str, ...]) -> tuple[float, float]:
        price = max(LARGEST_RESERVE - int(profile[0]) - int(profile[1]), 0)
        return price * int(profile[0]), price * int(profile[1])

    def transition(state: str, profile: tuple[str, ...]) -> dict[str, float]:
        after = []
        for own, action in zip(pair(state), profile, strict=True):
            left = own - int(action)
            after.append({left: 1.0} if left == LARGEST_RESERVE else {left: 0.5, left + 1: 0.5})
        return {f"{x}-{y}": p * q for (x, p), (y, q) in product(after[0].items(), after[1].items())}

    def actions(state: str) -> list[list[str]]:
        return [[str(q) for q in range(x + 1)] for x in pair(state)]

    return StochasticGame.from_functions(pairs(LARGEST_RESERVE), actions, payoff, transition, delta)


if __name__ == "__main__":
    for name, build, target in (("arms race", arms_race, 0.05), ("duopoly with reserves", duopoly, 0.5)):
        for delta in (0.5, 0.9, 0.99):
            game = build(delta)
            size = f"{game.num_states} states, {game.transitions.num_rows:,} profiles"
            row(
                f"{name}, {size}, delta {delta}",
                median_seconds(lambda game=game: transfer_equilibrium(game)),
                target,
            )
