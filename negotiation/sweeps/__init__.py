"""A function at many points, on one machine or many; knows no game."""

from negotiation.sweeps.executors import SerialExecutor
from negotiation.sweeps.measures import ArrayMeasure, Output, PointMeasure
from negotiation.sweeps.points import Points
from negotiation.sweeps.run import SweepError
from negotiation.sweeps.saving import load_sweep, save_sweep
from negotiation.sweeps.sweeping import sweep

__all__ = [
    "ArrayMeasure",
    "Output",
    "PointMeasure",
    "Points",
    "SerialExecutor",
    "SweepError",
    "load_sweep",
    "save_sweep",
    "sweep",
]
