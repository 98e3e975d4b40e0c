"""The package as a whole: what its import loads, its public names, its layers."""

import importlib
import inspect
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import negotiation
from negotiation import ArgumentError, RepeatedGame, StageGame, StochasticGame

GAMES = (StageGame, RepeatedGame, StochasticGame)
HEAVY = ("scipy", "pydantic", "nashpy", "xarray", "matplotlib", "pandas", "networkx", "panel", "bokeh")
ROOMS = ("games", "report", "solvers", "sweeps")


def _loaded_by(statement: str) -> set[str]:
    """Return the packages of which a module was loaded; one that waits to be used has none."""
    script = f"import sys; {statement}; print(*{{name.partition('.')[0] for name in sys.modules if '.' in name}})"
    return set(
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    )


def test_import_loads_no_heavy_part() -> None:
    assert not _loaded_by("import negotiation") & set(HEAVY)


def test_games_and_the_command_line_load_what_they_need_only() -> None:
    assert not _loaded_by("from negotiation import StageGame") & set(HEAVY)
    loaded_by_numba = {"scipy"}
    assert not _loaded_by("import negotiation.cli") & (set(HEAVY) - {"pydantic"} - loaded_by_numba)


def test_a_solver_loads_what_it_needs_only() -> None:
    loaded = _loaded_by("from negotiation.solvers import iterated_dominance; iterated_dominance")
    assert not loaded & {"pydantic", "xarray", "matplotlib", "pandas"}


def test_sweeps_load_what_they_need_only() -> None:
    loaded = _loaded_by("from negotiation.sweeps import sweep; sweep")
    assert not loaded & {*HEAVY, "dask", "distributed", "loky", "numba"}


@pytest.mark.parametrize("room", ["negotiation", *(f"negotiation.{room}" for room in ROOMS)])
def test_no_file_takes_the_name_of_a_public_function(room: str) -> None:
    """A file that is loaded becomes an attribute of its room, and would hide a function of the same name."""
    module = importlib.import_module(room)
    files = {path.stem for path in Path(module.__file__).parent.iterdir()}
    functions = {name for name in module.__all__ if callable(getattr(module, name))}
    assert functions
    assert not functions & files


def test_every_public_solver_can_be_reached_and_has_a_docstring() -> None:
    for name in negotiation.solvers.__all__:
        assert (getattr(negotiation.solvers, name).__doc__ or "").strip(), name


def test_every_public_name_can_be_reached_and_has_a_docstring() -> None:
    for name in negotiation.__all__:
        assert (getattr(negotiation, name).__doc__ or "").strip(), name


def _functions_of_a_game() -> Iterator[tuple[str, Callable[..., object], str, type]]:
    for room in (negotiation.solvers, negotiation.stability):
        for name in room.__all__:
            function = getattr(room, name)
            if inspect.isfunction(function):
                for argument in inspect.signature(function).parameters.values():
                    if argument.annotation in GAMES:
                        yield name, function, argument.name, argument.annotation


@pytest.mark.parametrize(
    ("name", "function", "argument", "game"), [pytest.param(*case, id=case[0]) for case in _functions_of_a_game()]
)
def test_what_is_no_game_of_the_right_class_is_refused(name, function, argument, game) -> None:
    needed = [one.name for one in inspect.signature(function).parameters.values() if one.default is one.empty]
    given = {other: ((0, 0),) if other == "profile" else 0.5 for other in needed}
    with pytest.raises(ArgumentError, match=f"^'{argument}' of {name} must be a {game.__name__}, got object.$"):
        function(**given | {argument: object()})
