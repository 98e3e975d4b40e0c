"""C. Thomas and R. Willig (2006), The risk of contagion from multimarket contact.

International Journal of Industrial Organization 24. Its abstract: with imperfect monitoring, linking markets can
lower payoffs by spreading shocks. The two issues and the numbers are this project's.
"""

import pytest

from negotiation.stability import link

TEMPTATION, HARM = [[3], [1]], [[4], [6]]


@pytest.mark.parametrize(
    ("patience", "false_alarms", "separate", "linked"),
    [(0.9, (0.01, 0.10), 35.490, 30.288), (0.9, (0, 0), 60, 60), (0.6, (0.05, 0.05), 11.628, 13.086)],
)
def test_values_of_separate_and_of_linked_issues(patience, false_alarms, separate, linked):
    options = {"patience": patience, "false_alarms": false_alarms}
    assert link(TEMPTATION, HARM, [[0], [1]], **options).total_value == pytest.approx(separate, abs=5e-4)
    assert link(TEMPTATION, HARM, [[0, 1]], **options).total_value == pytest.approx(linked, abs=5e-4)
