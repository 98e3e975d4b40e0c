"""How sure a verdict is: its share of the plausible parameters."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, final

import numpy as np
from numpy.typing import NDArray

from negotiation._checks import check_count, refusal
from negotiation.stability.evaluation import evaluate, random_points
from negotiation.stability.labels import labelled
from negotiation.stability.model import Askable, Model, as_model
from negotiation.stability.shares import WILSON_Z, Share, share_of

if TYPE_CHECKING:
    import xarray

DRAWS = 20_000
SEED = 2025
"""Random draws and their seed unless others are asked for."""

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Quantiles that are reported."""


@final
@dataclass(frozen=True, eq=False)
class Uncertainty:
    """A verdict over random draws of the parameters.

    Parameters
    ----------
    model : Model
        The model.
    draws, seed : int
        Number of draws and their seed.
    holds : mapping from str to bool
        For every sense of holding, the verdict at the central values.
    shares : mapping from str to Share
        The share of the draws that hold, with a Wilson interval of 95 percent.
    means : mapping from str to (mean, low, high)
        The mean of the measure with an interval of 95 percent; that of a chance is the chance over parameters and
        luck together.
    quantiles : mapping from str to array, shape (5,)
        The measure at 5, 25, 50, 75 and 95 percent of the draws.
    """

    model: Model
    draws: int
    seed: int
    holds: Mapping[str, bool]
    shares: Mapping[str, Share]
    means: Mapping[str, tuple[float, float, float]]
    quantiles: Mapping[str, NDArray[np.float64]]

    def __str__(self) -> str:
        lines = [
            f"{sense}: {'holds' if self.holds[sense] else 'fails'}, in {one.value:.3f} of the draws "
            f"({one.low:.3f} to {one.high:.3f})"
            for sense, one in self.shares.items()
        ]
        return "\n".join(lines)

    def to_dataset(self) -> "xarray.Dataset":
        """Return shares, means and quantiles by sense of holding as a labelled dataset."""
        shares, means = self.shares.values(), np.array(list(self.means.values()))
        columns = {
            "holds": ("sense", [*self.holds.values()]),
            "level": ("sense", [*self.model.levels.values()]),
            "share": ("sense", [one.value for one in shares]),
            "share_low": ("sense", [one.low for one in shares]),
            "share_high": ("sense", [one.high for one in shares]),
            "mean": ("sense", means[:, 0]),
            "mean_low": ("sense", means[:, 1]),
            "mean_high": ("sense", means[:, 2]),
            "quantile": (("sense", "at"), np.array(list(self.quantiles.values()))),
        }
        coords = {"sense": list(self.model.senses), "at": list(LEVELS)}
        return labelled(self.model, columns, coords, draws=self.draws, seed=self.seed)


def uncertainty(model: Askable, *, draws: int = DRAWS, seed: int = SEED) -> Uncertainty:
    """Compute how often the agreement holds, in every sense, as the parameters are drawn at random.

    Parameters
    ----------
    model : Model or anything with a method model()
        The parameters are drawn independently, each by the law of its range.
    draws : int, default 20,000
        Number of draws, at least 2.
    seed : int, default 2025
        Seed of the draws; the same seed gives the same numbers.

    Returns
    -------
    Uncertainty

    Raises
    ------
    ArgumentError
        If no parameter is drawn, or the measure is not finite at a draw, which is named with its parameters.

    Examples
    --------
    >>> model = Model({"harm": (4, 6, 9), "gain": (1, 3, 5)}, lambda harm, gain: 0.6 * harm - gain)
    >>> print(uncertainty(model, draws=1000))
    agreement: holds, in 0.765 of the draws (0.738 to 0.790)
    """
    found = as_model("uncertainty", model)
    points = drawn_points("uncertainty", found, draws, seed)
    margins = evaluate(found, points)
    measured = margins + np.array(list(found.levels.values()))
    centre = evaluate(found, {name: np.array([found.ranges[name].central]) for name in points})[0] >= 0
    mean, spread = measured.mean(axis=0), measured.std(axis=0, ddof=1) / np.sqrt(draws) * WILSON_Z
    quantiles = np.quantile(measured, LEVELS, axis=0)
    quantiles.setflags(write=False)
    return Uncertainty(
        found,
        draws,
        seed,
        dict(zip(found.senses, centre.tolist(), strict=True)),
        {sense: share_of(margins[:, k] >= 0) for k, sense in enumerate(found.senses)},
        {
            sense: (float(mean[k]), float(mean[k] - spread[k]), float(mean[k] + spread[k]))
            for k, sense in enumerate(found.senses)
        },
        {sense: quantiles[:, k] for k, sense in enumerate(found.senses)},
    )


def drawn_points(owner: str, model: Model, draws: int, seed: int) -> dict[str, NDArray[np.float64]]:
    """Draw the parameters of a model, or refuse one without any to draw."""
    if not model.drawn:
        raise refusal("model", owner, "have a parameter whose range has width and is not fixed", "none")
    check_count("draws", owner, draws, 2)
    return random_points(model.ranges, draws, np.random.default_rng(check_count("seed", owner, seed, 0)))
