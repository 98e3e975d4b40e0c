"""Time the leverage race by all concepts: ``python benchmarks/leverage_race.py``.

Each row is the median of several runs in this process, after one that is not counted and compiles the inner loops:
building the game, and its answers with the course by year.
"""

from run import median_seconds, row

from negotiation import Truce
from negotiation.truce import RaceAnswer, solve_race

DESIGNS: dict[str, dict[str, object]] = {
    "as it is": {},
    "two steps of dependence": {"tiers": {"chain": (1, 0.5, 0)}},
    "two tiers": {"tiers": {"chain": (1, 0), "heavy": (1, 0)}},
    "steady erosion in four steps": {"steady": True, "tiers": {"chain": (1, 0.75, 0.5, 0.25, 0)}},
    "both sides may invest": {"investing": True},
    "a cycle of four years": {"calendar": "cycle"},
}


def answered(design: dict[str, object]) -> RaceAnswer:
    answer = solve_race(Truce.central().leverage_race(**design))
    answer.to_dataset()
    return answer


def main() -> None:
    for name, design in DESIGNS.items():
        states = answered(design).race.game.num_states
        target = None if design else 1.0
        row(f"{name}, {states} states", median_seconds(lambda design=design: answered(design)), target)


if __name__ == "__main__":
    main()
