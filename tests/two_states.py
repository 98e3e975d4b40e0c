"""Games of two states with two actions each, by their definitions: what all policies and plans are worth."""

from itertools import product

PROFILES = list(product(range(2), repeat=2))
POLICIES = list(product(PROFILES, repeat=2))
PAIRS = list(product(POLICIES, repeat=2))


def against(a, i):
    return [(own, a[1]) if i == 0 else (a[0], own) for own in range(2)]


class Played:
    """What the policies of a game with two states and two actions are worth, from their definitions."""

    def __init__(self, game):
        self.delta, self.payoffs = game.exact_deltas[0], game.exact_payoffs
        self.moves = [game.transitions.exact(s) for s in range(2)]
        self.joint = {plan: self.value(plan, None) for plan in POLICIES}
        self.lowest = [{plan: self.punished(plan, i) for plan in POLICIES} for i in range(2)]
        cells = list(product(range(2), PROFILES, POLICIES))
        self.held = {(s, a, plan): self.worth(s, a, None, self.joint[plan]) for s, a, plan in cells}
        self.best = [
            {(s, a, plan): self.best_reply(s, a, i, self.lowest[i][plan]) for s, a, plan in cells}
            for i in range(2)
        ]

    def now(self, s, a, i):
        return (1 - self.delta) * (sum(self.payoffs[s][a]) if i is None else self.payoffs[s][a][i])

    def later(self, s, a, values):
        return self.delta * sum(p * value for p, value in zip(self.moves[s][a], values, strict=True))

    def worth(self, s, a, i, values):
        return self.now(s, a, i) + self.later(s, a, values)

    def best_reply(self, s, a, i, values):
        return max(self.worth(s, b, i, values) for b in against(a, i))

    def value(self, plan, i):
        (a, b), (c, d) = ([(k == s) - self.delta * self.moves[s][plan[s]][k] for k in range(2)] for s in range(2))
        x, y = (self.now(s, plan[s], i) for s in range(2))
        return (x * d - b * y) / (a * d - b * c), (a * y - c * x) / (a * d - b * c)

    def punished(self, plan, i):
        replies = product(*(against(a, i) for a in plan))
        return tuple(max(values) for values in zip(*(self.value(reply, i) for reply in replies), strict=True))

    def following(self, state, plan):
        """List the states that a policy leads to, or anything that can be played."""
        found = {state}
        for _ in range(2):
            played = [(s, a) for s in found for a in ([plan[s]] if plan else PROFILES)]
            found |= {t for s, a in played for t in range(2) if self.moves[s][a][t]}
        return sorted(found)

    def left(self, s, i, target, pair):
        """Return what the rival holds before actions while player i is punished."""
        return self.held[s, pair[i][s], target] - self.lowest[i][pair[i]][s]

    def least(self, s, i, target, pair, before):
        """Return the least payoff before actions that player i can have on the path."""
        keeping = self.best[i][s, target[s], pair[i]]
        if before == "payments":
            return keeping
        return max(keeping, self.lowest[i][pair[i]][s], self.joint[target][s] - self.left(s, i, target, pair))

    def supports(self, target, pair, before, states):
        for s in states:
            for plan in pair:
                if self.held[s, plan[s], target] < sum(self.best[k][s, plan[s], pair[k]] for k in range(2)):
                    return False
            if sum(self.least(s, i, target, pair, before) for i in range(2)) > self.joint[target][s]:
                return False
        return True

    def is_proof(self, targets, state, before):
        """Try all plans that play `targets` on the path from a state, and anything off it."""
        path, reached = self.following(state, targets), self.following(state, None)
        free = [s for s in reached if s not in path]
        others = [plan for plan in POLICIES if all(s in free or plan[s] == targets[s] for s in range(2))]
        return any(self.supports(plan, pair, before, reached) for plan in others for pair in PAIRS)
