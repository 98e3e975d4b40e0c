"""K. Bagwell and R. Staiger (1990), A theory of managed trade, American Economic Review 80, 779-795.

Two countries, two mirror-image goods, each country a tariff on its import good. A textbook form of their game: the
text of the paper was not at hand. Everything is derived below from demand, supply and welfare, that is, consumer
surplus plus producer surplus plus tariff revenue, in exact fractions.
"""

from fractions import Fraction

import pytest
from scipy.optimize import brentq

from negotiation.games import StageGame
from negotiation.stability import critical_discount

HALF = Fraction(1, 2)


def consumer_surplus(price):
    return (1 - price) ** 2 / 2


class Linear:
    """Demand 1 - P in both countries; supply P / 2 in the importing and P in the exporting country."""

    nash = Fraction(1, 20)

    def prices(self, tariff):
        exporting = (2 - Fraction(3, 2) * tariff) / Fraction(7, 2)  # clears 1 - 3 (P + t) / 2 = 2 P - 1
        return exporting + tariff, exporting

    def imports(self, price):
        return 1 - price - price / 2

    def producer_surplus(self, importing, exporting):
        return importing**2 / 4, exporting**2 / 2


class Endowments:
    """Demand 1 - P in both countries; endowments that differ by `volume`, worth their price to the producers."""

    def __init__(self, volume):
        self.scarce, self.plenty = HALF - volume / 2, HALF + volume / 2
        self.nash = volume / 3

    def prices(self, tariff):
        exporting = (2 - self.scarce - self.plenty - tariff) / 2
        return exporting + tariff, exporting

    def imports(self, price):
        return 1 - price - self.scarce

    def producer_surplus(self, importing, exporting):
        return self.scarce * importing, self.plenty * exporting


def welfare(economy, own, other):
    """Add up the surplus of the import good under the own tariff and of the export good under the other's."""
    imported, exported = economy.prices(own)[0], economy.prices(other)[1]
    producers = economy.producer_surplus(imported, exported)
    revenue = own * economy.imports(imported)
    return consumer_surplus(imported) + consumer_surplus(exported) + sum(producers) + revenue


def tariff_game(economy, *tariffs):
    row = [[welfare(economy, own, other) for other in tariffs] for own in tariffs]
    return StageGame.from_matrices(row, [list(column) for column in zip(*row, strict=True)])


ECONOMIES = [Linear(), *(Endowments(Fraction(volume)) for volume in ("1/10", "2/5", "4/5"))]


@pytest.mark.parametrize("economy", ECONOMIES)
def test_markets_clear_at_every_tariff(economy):
    for tariff in (Fraction(0), economy.nash / 2, economy.nash):
        importing, exporting = economy.prices(tariff)
        supply = exporting if isinstance(economy, Linear) else economy.plenty
        assert economy.imports(importing) == supply - (1 - exporting) > 0


@pytest.mark.parametrize("economy", ECONOMIES)
def test_the_nash_tariff_is_the_best_reply_to_every_tariff(economy):
    step = Fraction(1, 1000)
    for other in (Fraction(0), economy.nash, 2 * economy.nash):
        low, best, high = (welfare(economy, economy.nash + change, other) for change in (-step, Fraction(0), step))
        assert low < best > high
        assert low == high  # welfare is quadratic in the tariff, so that the Nash tariff is exact


def test_payoffs_of_the_linear_game():
    game = tariff_game(Linear(), Fraction(0), Linear.nash)
    own = game.exact_payoffs[..., 0]
    assert [own[1, 0], own[0, 0], own[1, 1], own[0, 1]] == [
        Fraction(text) for text in ("843/1960", "3/7", "171/400", "8349/19600")
    ]
    assert critical_discount(game, (0, 0)).exact == Fraction(10, 17)


@pytest.mark.parametrize(("delta", "printed"), [(0.2, 0.03511), (0.3, 0.02692), (0.4, 0.01818), (0.45, 0.01358)])
def test_lowest_supportable_tariffs_of_the_linear_game(delta, printed):
    def shortfall(tariff):
        return critical_discount(tariff_game(Linear(), Fraction(tariff), Linear.nash), (0, 0)).value - delta

    assert brentq(shortfall, 0, 0.049) == pytest.approx(printed, abs=5e-6)


@pytest.mark.parametrize("volume", [Fraction(text) for text in ("1/10", "2/5", "4/5", "1")])
def test_free_trade_in_endowments_asks_for_three_fifths_at_every_volume(volume):
    game = tariff_game(Endowments(volume), Fraction(0), volume / 3)
    own = game.exact_payoffs[..., 0]
    assert own[1, 0] - own[0, 0] == volume**2 / 24
    assert own[0, 0] - own[1, 1] == volume**2 / 36
    assert critical_discount(game, (0, 0)).exact == Fraction(3, 5)
