"""Making certificates."""
from fractions import Fraction
from negotiation.games import RepeatedGame
from negotiation.solvers.certificate import SelfGenerationCertificate
from negotiation.solvers.payoff_set import PayoffSet, payoff_set
from negotiation.solvers.exact_game import exact_game
from negotiation.solvers.inner_polygon import inner_polygon
from negotiation.solvers.verification import verify


def certify(found):
    game = exact_game(found.repeated)
    inner = inner_polygon(game, found)
    if inner is None:
        return None
    out = game.outward
    return SelfGenerationCertificate(found.repeated, tuple(map(out, inner.vertices)), inner.profiles,
        tuple(out(game.promised(p, v)) for p, v in zip(inner.profiles, inner.vertices)), out(inner.threat))
