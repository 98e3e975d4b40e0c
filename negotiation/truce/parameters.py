"""The payoff parameters of the truce, as numbers or as arrays of draws."""

from dataclasses import dataclass, fields
from typing import final

import numpy as np
from numpy.typing import NDArray

Number = float | NDArray[np.float64]


@final
@dataclass(frozen=True, eq=False, kw_only=True)
class Parameters:
    """One value, or one array of values, for every payoff parameter.

    A point is the harm to China of ten percentage points of extra US tariff on all its goods for one year.
    Ranges, founding and claims behind each parameter stand in the evidence: ``evidence.parameter(name)``.

    Parameters
    ----------
    h_cn : float or array
        Harm to China of a full US break for one year; points a year.
    omega : float or array
        Harm to the United States of a full Chinese break, as a multiple of h_cn; ratio.
    d0 : float or array
        US dependence on China along the whole rare-earth chain today; share.
    half_life : float or array
        Years in which diversification halves US dependence; years.
    p_div : float or array
        Chance that diversification completes within a year, after which the lever is gone; chance a
        year.
    entrench : float or array
        Yearly growth of Chinese entrenchment, which works against diversification; rate a year.
    tau_us : float or array
        What the United States gains in a year of pressing: bargaining leverage, revenue, protection;
        points a year.
    tau_cn : float or array
        What China gains in a year of licensing: upgrading, concessions, not looking weak; points a year.
    lobby_us : float or array
        Pull of US hawks towards breaking, shipbuilding among them; points a year.
    lobby_cn : float or array
        Pull of Chinese hawks towards breaking: rare-earth producers, the story of strength; points a
        year.
    rep_us : float or array
        Blame that the United States bears for breaking; points a year.
    rep_cn : float or array
        Blame and lost standing that China bears for breaking; points a year.
    b_us : float or array
        Value of calm to the United States: predictable supply, prices, firms' access; points a year.
    b_cn : float or array
        Value of calm to China: steady exports, fewer headwinds; points a year.
    phi : float or array
        Part of h_cn that is lost if the tariff authority is annulled; share.
    p_court : float or array
        Chance that the court annuls the tariff authority; chance.
    mu : float or array
        Factor on the harm to the United States as the midterm elections near; factor.
    delta : float or array
        Weight that both governments put on the next year; per year.
    turnover : float or array
        Chance that a change of leaders ends the truce within a year; chance a year.
    shock : float or array
        Chance that an outside shock (Taiwan, technology) ends the truce within a year; chance a year.
    rho : float or array
        Chance that a yearly review treats all past promises as bygones; chance a year.
    eps0 : float or array
        Chance of an alarm in a year in which both hold; chance a year.
    eps1 : float or array
        Chance of an alarm in a year in which one side squeezes; chance a year.
    sigma : float or array
        Pressure of a deniable squeeze, as a share of full pressure; share.
    tariff_cut : float or array
        Cut of the US tariff that the truce brought; percentage points.
    soy : float or array
        Worth to the United States of the soybean purchases that China resumes; points a year.
    eta : float or array
        Yearly growth of China's other markets, by which h_cn shrinks; rate a year.
    zeta_us : float or array
        Extra cost to the United States when both break; points a year.
    zeta_cn : float or array
        Extra cost to China when both break; points a year.
    psi : float or array
        Chance that a meeting of leaders forgives an alarm; chance.
    lag : float or array
        Time before the harmed side can answer a break; years.
    gamma_x : float or array
        Extra yearly erosion of dependence when China uses its lever in full; rate a year.
    gamma_3 : float or array
        Yearly erosion by third parties beyond the half-life's target; rate a year.
    gamma_truce : float or array
        Extra yearly erosion while the truce holds; either sign; rate a year.
    gamma_res : float or array
        Yearly erosion of China's share of reserves; rate a year.
    floor : float or array
        Part of today's dependence that diversification cannot remove; share of d0.
    beta_cn : float or array
        China's weight in bargaining over the terms; share.
    usd_per_point : float or array
        Dollars of Chinese export orders behind one point; bn USD.
    """

    h_cn: Number
    omega: Number
    d0: Number
    half_life: Number
    p_div: Number
    entrench: Number
    tau_us: Number
    tau_cn: Number
    lobby_us: Number
    lobby_cn: Number
    rep_us: Number
    rep_cn: Number
    b_us: Number
    b_cn: Number
    phi: Number
    p_court: Number
    mu: Number
    delta: Number
    turnover: Number
    shock: Number
    rho: Number
    eps0: Number
    eps1: Number
    sigma: Number
    tariff_cut: Number
    soy: Number
    eta: Number
    zeta_us: Number
    zeta_cn: Number
    psi: Number
    lag: Number
    gamma_x: Number
    gamma_3: Number
    gamma_truce: Number
    gamma_res: Number
    floor: Number
    beta_cn: Number
    usd_per_point: Number

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return the names of all parameters, in order."""
        return NAMES

    def as_mapping(self) -> dict[str, Number]:
        """Return the values by name."""
        return {name: getattr(self, name) for name in NAMES}


NAMES = tuple(field.name for field in fields(Parameters))
