"""The main measures of the truce over a grid of parameter values, in one vectorised pass."""

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING

import lazy_loader
import numpy as np
from numpy.typing import NDArray

from negotiation._checks import check_array, check_known, refusal
from negotiation.stability import critical_patience, slack
from negotiation.truce import payoffs
from negotiation.truce.dossier import dossier
from negotiation.truce.parameters import Parameters

if TYPE_CHECKING:
    import xarray
else:
    xarray = lazy_loader.load("xarray")


def sweep(
    p: Parameters, reading: str, values: Mapping[str, Sequence[float] | NDArray[np.float64]]
) -> "xarray.Dataset":
    """Compute critical patience, slack, patience and whether the truce holds over a grid.

    Parameters
    ----------
    p : Parameters
        Values of the parameters that are not swept.
    reading : str
        Name of the reading that they come from.
    values : mapping from parameter name to sequence of float
        One axis of the grid a parameter.

    Returns
    -------
    xarray.Dataset
        Variables `critical_patience` and `slack` (swept parameters, player), `patience` and `holds` (swept
        parameters); attributes carry the reading, the other parameters and the version.

    Raises
    ------
    ArgumentError
        If nothing is swept, a name is unknown, an axis is not a row of numbers or a value leaves its domain.
    """
    axes = {name: _axis(name, axis) for name, axis in values.items()}
    if not axes:
        raise refusal(
            "values", "Truce.sweep", "name at least one parameter", "none", "As in sweep(tau_us=[2, 3])."
        )
    grid = np.meshgrid(*axes.values(), indexing="ij")
    swept = Parameters(**(p.as_mapping() | dict(zip(axes, grid, strict=True))))
    weight, gain = np.broadcast_to(payoffs.patience(swept), grid[0].shape), payoffs.temptation(swept)
    deterrent = payoffs.deterrent(swept, payoffs.harm(swept))
    slacks, critical = np.broadcast_arrays(
        slack(gain, deterrent, weight[..., None]), critical_patience(gain, deterrent)
    )
    names = list(axes)
    return xarray.Dataset(
        {
            "critical_patience": ([*names, "player"], critical),
            "slack": ([*names, "player"], slacks, {"units": "points a year"}),
            "patience": (names, weight),
            "holds": (names, (slacks >= 0).all(axis=-1)),
        },
        coords={
            **{
                name: (name, axis, {"units": dossier().parameter(name).quantity.unit})
                for name, axis in axes.items()
            },
            "player": list(dossier().parties),
        },
        attrs={"reading": reading, "version": version("negotiation")}
        | {name: value for name, value in p.as_mapping().items() if name not in axes},
    )


def _axis(name: str, axis: Sequence[float] | NDArray[np.float64]) -> NDArray[np.float64]:
    check_known("parameter", "Truce.sweep", name, Parameters.names())
    values = check_array(name, "Truce.sweep", axis)
    if values.ndim != 1 or values.size == 0:
        raise refusal(name, "Truce.sweep", "be a row of at least one value", f"shape {values.shape}")
    for value in values:
        dossier().parameter(name).check(float(value), "Truce.sweep")
    return values
