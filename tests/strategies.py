"""What several rooms of tests draw on: refusals by their wording, random 2x2 games and changes of their labels."""

import re

import numpy as np
import pytest
from hypothesis import strategies as st

from negotiation._checks import ArgumentError
from negotiation.games import StageGame

steps = st.integers(1, 20)
small = st.integers(-5, 5)


def refused(message):
    """Expect a refusal that begins with `message`."""
    return pytest.raises(ArgumentError, match=f"^{re.escape(message)}")


@st.composite
def two_by_twos(draw):
    """Draw any 2x2 game with small whole payoffs, ties included."""
    return StageGame(np.array(draw(st.lists(small, min_size=8, max_size=8))).reshape(2, 2, 2).tolist())


@st.composite
def dilemmas(draw):
    """Draw a prisoner's dilemma that differs between the sides; action 0 is to cooperate."""
    own = []
    for _ in range(2):
        sucker, penalty, reward, temptation = np.cumsum([draw(small), draw(steps), draw(steps), draw(steps)])
        own.append([[reward, sucker], [temptation, penalty]])
    return StageGame.from_matrices(own[0], np.transpose(own[1]))


def swap_players(stage):
    """Let the players change seats."""
    return StageGame(stage.payoffs.swapaxes(0, 1)[..., ::-1].tolist(), stage.players[::-1], stage.actions[::-1])


def rescale(stage, scale, shift):
    """Measure the payoffs of each player in another unit and from another zero."""
    return StageGame((stage.exact_payoffs * scale + shift).tolist(), stage.players, stage.actions)
