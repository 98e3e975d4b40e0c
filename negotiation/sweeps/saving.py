"""Results of sweeps in netCDF files: saved, and read back with names, units and what made them."""

import contextlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

import lazy_loader

from negotiation._checks import refusal
from negotiation.sweeps.names import CHUNK_SIZE, DIGEST, FINISHED

if TYPE_CHECKING:
    import xarray
else:
    xarray = lazy_loader.load("xarray")

SUFFIX = ".nc"


def check_path(path: str | PathLike[str], owner: str) -> Path:
    """Return the path of a file to be written, or refuse it before anything is computed.

    Raises
    ------
    ArgumentError
        If the ending is not .nc, or the folder does not exist or cannot be written to.
    """
    target = Path(path)
    if target.suffix != SUFFIX or target.is_dir():
        raise refusal("path", owner, f"name a file that ends in {SUFFIX}", repr(str(path)))
    if not target.parent.is_dir() or not os.access(target.parent, os.W_OK):
        raise refusal("path", owner, "lie in a folder that exists and can be written to", repr(str(path)))
    return target


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a draft beside a path, which takes the path's place at the end and vanishes on an error."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield draft
        os.replace(draft, path)
    except BaseException:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise


def save_sweep(results: "xarray.Dataset", path: str | PathLike[str]) -> None:
    """Write the results of a sweep to a netCDF file, whole or not at all.

    Parameters
    ----------
    results : xarray.Dataset
        What `sweep` returned.
    path : str or path
        The file, which ends in .nc; one that is there is replaced.

    Raises
    ------
    ArgumentError
        If the path does not end in .nc or lies in no folder that can be written to.
    """
    target = check_path(path, "save_sweep")
    with replacing(target) as draft:
        results.to_netcdf(draft, engine="scipy", format="NETCDF3_64BIT")


def load_sweep(path: str | PathLike[str]) -> "xarray.Dataset":
    """Open the results of a sweep; values are read from the file when they are used.

    Parameters
    ----------
    path : str or path
        A file that `sweep` or `save_sweep` wrote. It stays open for as long as the Dataset is used, or until its
        `close`.

    Returns
    -------
    xarray.Dataset
        As `sweep` returned it.

    Raises
    ------
    ArgumentError
        If there is no such file, it holds no sweep, or points are missing from it.
    """
    found = open_file(Path(path), "load_sweep")
    if FINISHED not in found:
        return found
    marks = found[FINISHED].to_numpy()
    if not marks.all():
        found.close()
        counted = f"{int(marks.sum()):,} of {marks.size:,} chunks"
        way_out = "Call sweep again with the same arguments to compute the rest."
        raise refusal("path", "load_sweep", "hold every point", f"{counted} in '{path}'", way_out)
    kept = found.drop_vars(FINISHED)
    kept.attrs = {name: value for name, value in found.attrs.items() if name not in (CHUNK_SIZE, DIGEST)}
    return kept


def open_file(path: Path, owner: str) -> "xarray.Dataset":
    """Open a netCDF file as it is, or refuse what is none."""
    if not path.is_file():
        raise refusal("path", owner, "name a file that exists", repr(str(path)))
    try:
        return xarray.open_dataset(path, engine="scipy", decode_times=False, decode_timedelta=False)
    except (TypeError, ValueError, OSError) as error:
        raise refusal("path", owner, "hold a sweep", f"'{path}': {error}") from None
