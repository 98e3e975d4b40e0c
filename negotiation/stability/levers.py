"""What survival would be if one lever stood elsewhere: each parameter at its ends, each cause taken away."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, final

import numpy as np

from negotiation._checks import refusal
from negotiation.stability.labels import labelled
from negotiation.stability.model import Askable, Model, as_model
from negotiation.stability.survival import Survival

if TYPE_CHECKING:
    import xarray


@final
@dataclass(frozen=True)
class Lever:
    """Survival with one parameter at either end of its plausible range.

    Parameters
    ----------
    name : str
        The parameter.
    survival : (float, float)
        Chance that the truce stands at the last review, with the parameter at its low and at its high end.
    mean_life : (float, float)
        Expected number of years, likewise.
    """

    name: str
    survival: tuple[float, float]
    mean_life: tuple[float, float]

    @property
    def swing(self) -> float:
        """Difference between the two chances of standing."""
        return abs(self.survival[1] - self.survival[0])


@final
@dataclass(frozen=True, eq=False)
class Levers:
    """What survival rests on.

    Parameters
    ----------
    model : Model
        The model.
    course : Survival
        Survival at the central values.
    levers : tuple of Lever
        The widest swing first; parameters that change neither survival nor mean life are left out.
    without : tuple of (str, float, float)
        For each cause, the chance of standing at the last review and the mean life if it never struck, the
        largest chance first.
    """

    model: Model
    course: Survival
    levers: tuple[Lever, ...]
    without: tuple[tuple[str, float, float], ...]

    def to_dataset(self) -> "xarray.Dataset":
        """Return the levers and the causes as a labelled dataset."""
        columns = {
            "survival": (("parameter", "end"), np.array([one.survival for one in self.levers]).reshape(-1, 2)),
            "mean_life": (
                ("parameter", "end"),
                np.array([one.mean_life for one in self.levers]).reshape(-1, 2),
                {"units": "years"},
            ),
            "survival_without": ("cause", [chance for _, chance, _ in self.without]),
            "mean_life_without": ("cause", [life for _, _, life in self.without], {"units": "years"}),
        }
        coords = {
            "parameter": [one.name for one in self.levers],
            "end": ["low", "high"],
            "cause": [cause for cause, _, _ in self.without],
        }
        return labelled(self.model, columns, coords)


def survival_levers(model: Askable, names: Sequence[str] | None = None) -> Levers:
    """Compute survival with each parameter at either end of its plausible range, and without each cause.

    Parameters
    ----------
    model : Model or anything with a method model()
        With a `course`.
    names : sequence of str, optional
        The parameters; all of the model when left out.

    Returns
    -------
    Levers

    Raises
    ------
    ArgumentError
        If the model has no course or a parameter is unknown.

    Examples
    --------
    >>> from negotiation.stability.survival import survival
    >>> def course(shock, alarm):
    ...     return survival({"shock": shock, "alarm": alarm}, 5)
    >>> ranges = {"shock": (0.1, 0.2, 0.5), "alarm": (0, 0.1, 0.1)}
    >>> model = Model(ranges, lambda shock, alarm: 0.5 - shock, course=course)
    >>> [(one.name, round(one.swing, 3)) for one in survival_levers(model).levers]
    [('shock', 0.33), ('alarm', 0.134)]
    """
    found = as_model("survival_levers", model)
    if found.course is None:
        raise refusal("model", "survival_levers", "have a course", "none", "Model(..., course=function)")
    levers = []
    for name in found.ranges if names is None else names:
        one = found.range("survival_levers", name)
        ends = [found.course(**(found.central | {name: value})) for value in (one.low, one.high)]
        chances, lives = [float(end.survival[-1]) for end in ends], [end.mean_life for end in ends]
        levers.append(Lever(name, (chances[0], chances[1]), (lives[0], lives[1])))
    moving = [one for one in levers if one.swing or one.mean_life[0] != one.mean_life[1]]
    course = found.course(**found.central)
    rest = [(cause, course.without(cause)) for cause in course.causes]
    without = [(cause, float(one.survival[-1]), one.mean_life) for cause, one in rest]
    return Levers(
        found,
        course,
        tuple(sorted(moving, key=lambda one: -one.swing)),
        tuple(sorted(without, key=lambda row: -row[1])),
    )
