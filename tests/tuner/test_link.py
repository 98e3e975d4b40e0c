"""A setting goes into a link and comes back; what a link should not hold is refused in a sentence."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation.truce import Truce, dossier
from negotiation.tuner.link import changes, query, readings, restored

KNOWN = readings(Truce.central())
DRAWN = [one for one in dossier().parameters if one.name not in ("eps0", "eps1")]  # they bound one another


@st.composite
def settings(draw: st.DrawFn) -> Truce:
    base = KNOWN[draw(st.sampled_from(sorted(KNOWN)))]
    chosen = draw(st.lists(st.sampled_from(DRAWN), unique_by=lambda one: one.name))
    values = {one.name: draw(st.floats(one.quantity.low, one.quantity.high)) for one in chosen}
    return base.vary(**values)


@given(settings())
def test_a_link_brings_every_setting_back_to_the_last_digit(truce: Truce) -> None:
    base = KNOWN[truce.reading]
    found, faults = restored(query(truce, base), KNOWN)
    assert faults == ()
    assert found.reading == truce.reading
    assert found.parameters.as_mapping() == truce.parameters.as_mapping()


def test_a_link_holds_the_reading_and_what_differs_from_it() -> None:
    truce = KNOWN["reex"].vary(omega=0.25, tau_us=3)
    assert query(truce, KNOWN["reex"]) == "?reading=reex&omega=0.25&tau_us=3"
    assert changes(truce, KNOWN["reex"]) == {"omega": 0.25, "tau_us": 3.0}


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("reading=rex", ["'rex'", "'reex'"]),
        ("omga=1", ["'omga'", "'omega'"]),
        ("omega=0", ["'omega'", "strictly between 0 and 1000", "0.3 to 0.95"]),
        ("omega=much", ["'omega'", "number", "'much'"]),
        ("omega=nan", ["'omega'", "finite"]),
        ("omega=", ["'omega'", "number"]),
        ("delta=0.8", ["'delta'", "once"]),
        ("eps1=0", ["'eps1'", "at least eps0"]),
    ],
)
def test_a_bad_part_is_refused_and_the_rest_kept(part: str, words: list[str]) -> None:
    found, faults = restored(f"http://127.0.0.1:5006/?delta=0.95&{part}&tau_us=3", KNOWN)
    assert changes(found, KNOWN["central"]) == {"delta": 0.95, "tau_us": 3.0}
    assert len(faults) == 1
    assert all(word in faults[0] for word in words), faults[0]


def test_parts_that_go_only_together_are_kept_in_any_order_beside_a_refused_one() -> None:
    found, faults = restored("?gamma_truce=1&eps0=0.7&eps1=0.9", KNOWN)
    assert changes(found, KNOWN["central"]) == {"eps0": 0.7, "eps1": 0.9}
    assert len(faults) == 1
    assert "gamma_truce" in faults[0]


def test_a_reading_of_ones_own_can_be_chosen() -> None:
    own = replace(Truce.central().vary(omega=0.4), reading="mine")
    known = readings(own)
    assert restored("?reading=mine&delta=0.8", known)[0].parameters.omega == 0.4
    assert restored("?delta=0.8", known)[0].parameters.omega == 0.6
