"""Which parameters a verdict is uncertain about: Sobol indices."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, final, get_args

import numpy as np
from numpy.typing import NDArray

from negotiation._checks import check_count, check_known, refusal
from negotiation.stability.evaluation import evaluate
from negotiation.stability.labels import labelled
from negotiation.stability.model import Askable, Model, Range, as_model
from negotiation.stability.uncertainty import SEED

if TYPE_CHECKING:
    import xarray

POINTS = 2**12
MOST_POINTS = 2**20
"""Points of each of the two quasi-random samples, unless others are asked for, and their largest number."""

RESAMPLES = 200
"""Bootstrap samples behind an interval."""

INTERVAL = (0.025, 0.975)

OWNER = "sensitivity"

Of = Literal["measure", "verdict"]
Floats = NDArray[np.float64]


@final
@dataclass(frozen=True, eq=False)
class Sensitivity:
    """What each parameter contributes to the variance of a measure.

    Parameters
    ----------
    model : Model
        The model.
    sense, of : str
        The sense of holding, and whether its measure is meant or its verdict, 1 or 0.
    points, seed : int
        Size of each of the two samples, and the seed.
    names : tuple of str, shape (d,)
        The parameters that are drawn.
    first, total : array, shape (d,)
        Part of the variance that the parameter explains alone, and together with all others.
    first_interval, total_interval : array, shape (2, d)
        Ends of bootstrap intervals of 95 percent.
    """

    model: Model
    sense: str
    of: Of
    points: int
    seed: int
    names: tuple[str, ...]
    first: Floats
    total: Floats
    first_interval: Floats
    total_interval: Floats

    def ranked(self) -> tuple[str, ...]:
        """Return the parameters by their total indices, the largest first."""
        return tuple(self.names[k] for k in np.argsort(-self.total, kind="stable"))

    def to_dataset(self) -> "xarray.Dataset":
        """Return the indices and their intervals by parameter as a labelled dataset."""
        columns = {
            "first": ("parameter", self.first),
            "first_low": ("parameter", self.first_interval[0]),
            "first_high": ("parameter", self.first_interval[1]),
            "total": ("parameter", self.total),
            "total_low": ("parameter", self.total_interval[0]),
            "total_high": ("parameter", self.total_interval[1]),
        }
        attributes: dict[str, Any] = {"sense": self.sense, "of": self.of, "points": self.points, "seed": self.seed}
        return labelled(self.model, columns, {"parameter": list(self.names)}, **attributes)


def sensitivity(
    model: Askable,
    *,
    sense: str | None = None,
    of: Of = "measure",
    points: int = POINTS,
    seed: int = SEED,
) -> Sensitivity:
    """Split the variance of a measure among the parameters: first and total Sobol indices.

    Parameters
    ----------
    model : Model or anything with a method model()
        The parameters are drawn independently, each by the law of its range.
    sense : str, optional
        The sense of holding; the first of the model when left out.
    of : {"measure", "verdict"}, default "measure"
        Whether the measure is explained, or the verdict, 1 where the agreement holds and 0 where not.
    points : int, default 4,096
        A power of two, at most 2**20; the measure is computed at (d + 2) times as many points for d parameters.
    seed : int, default 2025
        Seed of the scrambling of the sample and of the bootstrap.

    Returns
    -------
    Sensitivity

    Raises
    ------
    ArgumentError
        If no parameter is drawn, `points` is no power of two, the measure is not finite somewhere, or what is to
        be explained does not vary.

    Notes
    -----
    The two samples are the halves of a scrambled Sobol sequence, mapped by the inverse distribution functions
    [Sal10]_. The indices of a finite sample may fall a little below 0 or above 1. The bootstrap takes the points
    of the sequence for independent ones, so that its intervals are rather too wide.

    References
    ----------
    .. [Sal10] A. Saltelli, P. Annoni, I. Azzini, F. Campolongo, M. Ratto and S. Tarantola (2010), Variance based
       sensitivity analysis of model output, Computer Physics Communications 181, 259-270.

    Examples
    --------
    >>> model = Model({"x": (0, 1, 2), "y": (0, 1, 2)}, lambda x, y: 3 * x - y)
    >>> sensitivity(model).total.round(2)
    array([0.9, 0.1])
    """
    found = as_model(OWNER, model)
    column = found.sense(OWNER, sense)
    check_known("of", OWNER, of, get_args(Of))
    count = check_count("points", OWNER, points, 2, most=MOST_POINTS)
    if count & (count - 1):
        raise refusal("points", OWNER, "be a power of two", points, f"{2 ** count.bit_length()} is the next one.")
    if not found.drawn:
        raise refusal("model", OWNER, "have a parameter whose range has width and is not fixed", "none")
    rng = np.random.default_rng(check_count("seed", OWNER, seed, 0))
    measured = evaluate(found, _design(found, count, rng))[:, column]
    table = (measured if of == "measure" else (measured >= 0).astype(np.float64)).reshape(-1, count)
    if np.ptp(table) == 0:
        raise refusal(
            "model", OWNER, f"have a {of} that varies with the parameters", f"{table[0, 0]:g} everywhere"
        )
    first, total = _indices(table, np.arange(count))
    samples = np.array([_indices(table, rng.integers(count, size=count)) for _ in range(RESAMPLES)])
    intervals = np.quantile(samples, INTERVAL, axis=0)
    return Sensitivity(
        found, found.senses[column], of, count, seed, found.drawn, first, total, intervals[:, 0], intervals[:, 1]
    )


def _design(model: Model, count: int, rng: np.random.Generator) -> Mapping[str, Floats]:
    """Return the points of the samples A, then B, then A with each parameter in turn taken from B."""
    from scipy.stats import qmc  # only here: it takes a while to load

    dimension = len(model.drawn)
    both = qmc.Sobol(2 * dimension, rng=rng, bits=64).random(count)
    points = {}
    for k, name in enumerate(model.drawn):
        first, second = (_quantiles(model.ranges[name], both[:, column]) for column in (k, dimension + k))
        points[name] = np.concatenate(
            [first, second, *[second if other == k else first for other in range(dimension)]]
        )
    return points


def _quantiles(one: Range, shares: Floats) -> Floats:
    from scipy.stats import triang, uniform  # only here: it takes a while to load

    law = uniform if one.law == "uniform" else triang((one.central - one.low) / one.width)
    found: Floats = one.low + one.width * law.ppf(shares)
    return found


def _indices(table: Floats, rows: NDArray[np.int64]) -> tuple[Floats, Floats]:
    from scipy.stats import sobol_indices  # only here: it takes a while to load

    chosen = table[:, rows]
    found = sobol_indices(func={"f_A": chosen[:1], "f_B": chosen[1:2], "f_AB": chosen[2:, None]}, n=table.shape[1])
    return np.atleast_1d(found.first_order), np.atleast_1d(found.total_order)
