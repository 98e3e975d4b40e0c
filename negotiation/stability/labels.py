"""Labelled datasets of what was computed, with the parameters and the version that made it."""

from collections.abc import Mapping
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import lazy_loader

if TYPE_CHECKING:
    import xarray

    from negotiation.stability.model import Model
else:
    xarray = lazy_loader.load("xarray")


def labelled(
    model: "Model", variables: Mapping[str, Any], coords: Mapping[str, Any] | None = None, **attributes: Any
) -> "xarray.Dataset":
    """Return a dataset whose attributes hold the version and the central value of every parameter.

    Parameters
    ----------
    model : Model
        The model.
    variables, coords : mapping
        As `xarray.Dataset` takes them.
    **attributes
        What else made the numbers, as the seed.
    """
    return dataset(variables, coords, **(attributes | model.central))


def dataset(
    variables: Mapping[str, Any], coords: Mapping[str, Any] | None = None, **attributes: Any
) -> "xarray.Dataset":
    """Return a dataset whose attributes hold the version; parameters as in `labelled`."""
    return xarray.Dataset(dict(variables), dict(coords or {}), {"version": version("negotiation")} | attributes)
