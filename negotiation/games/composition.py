"""Stochastic games whose state has several components that move independently."""

from collections.abc import Callable, Mapping, Sequence
from itertools import product

from negotiation._checks import check_known, refusal
from negotiation.games.stochastic import Discount, Profile, StochasticGame

OWNER = "compose_game"
JOIN = ", "
"""What stands between the components in the name of a state."""

Components = Mapping[str, str]
"""The value of every component of a state."""

Shock = Callable[[Components, Profile], Mapping[str, float]]
"""Maps the state and the action profile to the probabilities of the next values of one component."""


def compose_game(
    components: Mapping[str, Sequence[str]],
    actions: Callable[[Components], Sequence[Sequence[str]]],
    payoff: Callable[[Components, Profile], Sequence[object]],
    shocks: Mapping[str, Shock],
    delta: Discount,
    players: Sequence[str] | None = None,
    *,
    start: Components | None = None,
) -> StochasticGame:
    """Build a game whose state consists of components that move independently, given the state and the actions.

    Parameters
    ----------
    components : mapping from str to sequence of str
        The values of every component.
    actions : callable
        Maps a state, a mapping from component to value, to the names of the actions of each player there.
    payoff : callable
        Maps a state and a profile to one payoff a player.
    shocks : mapping from str to callable
        For each component a function of state and profile that returns the probabilities of its next values. A
        component without one keeps its value.
    delta, players
        As in `StochasticGame`.
    start : mapping from str to str, optional
        If given, states that cannot be reached from this one are left out.

    Returns
    -------
    StochasticGame
        A state is named by its values in the order of the components, joined by commas.

    Raises
    ------
    ArgumentError
        If a component or value is unknown, and as in `StochasticGame`.

    Examples
    --------
    >>> game = compose_game(
    ...     {"truce": ["on", "off"], "election": ["before", "after"]},
    ...     actions=lambda state: [["hold", "break"], ["hold"]],
    ...     payoff=lambda state, profile: (1, 1) if state["truce"] == "on" else (0, 0),
    ...     shocks={
    ...         "truce": lambda state, profile: {state["truce"] if profile[0] == "hold" else "off": 1},
    ...         "election": lambda state, profile: {"before": 0.75, "after": 0.25}
    ...         if state["election"] == "before" else {"after": 1},
    ...     },
    ...     delta=0.9,
    ...     start={"truce": "on", "election": "after"},
    ... )
    >>> game.states
    ('on, after', 'off, after')
    """
    names = list(components)
    for name in shocks:
        check_known("shocks", OWNER, name, components)
    values = [tuple(components[name]) for name in names]
    states = {JOIN.join(each): dict(zip(names, each, strict=True)) for each in product(*values)}

    def transition(state: str, profile: Profile) -> dict[str, float]:
        here = states[state]
        moves = [_next_values(name, here, profile, components, shocks) for name in names]
        return {JOIN.join(each): _product(moves, each) for each in product(*moves)}

    listed = list(states) if start is None else _reached(_name(start, components), states, actions, transition)
    return StochasticGame.from_functions(
        listed,
        lambda state: actions(states[state]),
        lambda state, profile: payoff(states[state], profile),
        transition,
        delta,
        players,
    )


def _next_values(
    name: str,
    state: Components,
    profile: Profile,
    components: Mapping[str, Sequence[str]],
    shocks: Mapping[str, Shock],
) -> Mapping[str, float]:
    if name not in shocks:
        return {state[name]: 1}
    moves = shocks[name](state, profile)
    for value in moves:
        check_known(f"shocks[{name!r}]", OWNER, value, components[name])
    return {value: chance for value, chance in moves.items() if chance != 0}


def _product(moves: Sequence[Mapping[str, float]], values: Sequence[str]) -> float:
    chance: float = 1
    for each, value in zip(moves, values, strict=True):
        chance *= each[value]
    return chance


def _name(start: Components, components: Mapping[str, Sequence[str]]) -> str:
    if set(start) != set(components):
        raise refusal("start", OWNER, f"give a value of each of {', '.join(components)}", dict(start))
    for name, value in start.items():
        check_known(f"start[{name!r}]", OWNER, value, components[name])
    return JOIN.join(start[name] for name in components)


def _reached(
    start: str,
    states: Mapping[str, Components],
    actions: Callable[[Components], Sequence[Sequence[str]]],
    transition: Callable[[str, Profile], Mapping[str, float]],
) -> list[str]:
    """List the states that can be reached, in the order of `states`."""
    reached, waiting = {start}, [start]
    while waiting:
        state = waiting.pop()
        for profile in product(*actions(states[state])):
            following = set(transition(state, profile)) - reached
            reached |= following
            waiting.extend(following)
    return [state for state in states if state in reached]
