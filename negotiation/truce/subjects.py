"""The parameters of the truce by subject, as a reader would look for them."""

from collections.abc import Mapping
from types import MappingProxyType

SUBJECTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "What breaking gains": ("tau_us", "tau_cn", "lobby_us", "lobby_cn", "rep_us", "rep_cn", "b_us", "b_cn"),
        "What the other side can do": ("h_cn", "omega", "mu", "zeta_us", "zeta_cn", "lag"),
        "How much next year counts": ("delta", "turnover", "shock", "rho"),
        "The court": ("p_court", "phi"),
        "How the levers wear off": (
            "p_div", "half_life", "d0", "floor", "entrench", "eta",
            "gamma_truce", "gamma_3", "gamma_x", "gamma_res",
        ),
        "Alarms and meetings": ("eps0", "eps1", "psi", "sigma"),
        "Terms": ("tariff_cut", "soy", "beta_cn", "usd_per_point"),
    }
)  # fmt: skip
"""Every parameter once, under the subject that it belongs to."""
