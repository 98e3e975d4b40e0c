"""The graph of the evidence holds every claim behind the parameters, once for each."""

import pytest

figure = pytest.importorskip("matplotlib.figure")

from negotiation._checks import ArgumentError  # noqa: E402
from negotiation.evidence import Evidence  # noqa: E402
from negotiation.report import evidence_graph  # noqa: E402
from negotiation.truce import dossier  # noqa: E402

HEADS = ["article", "claim", "parameter", "verdict"]


def drawn(names):
    ax = evidence_graph(dossier(), names, figure.Figure().subplots(), outcome="$holds$")
    ax.figure.canvas.draw()
    return ax, [text.get_text() for text in ax.texts]


def columns(ax):
    """Return the heights of the nodes, by column."""
    heights = {}
    for bar in ax.containers:
        (node,) = bar
        heights.setdefault(round(node.get_x()), []).append(node.get_height())
    return heights


def test_the_graph_names_every_article_claim_and_parameter() -> None:
    names = ["omega", "h_cn"]
    _, texts = drawn(names)
    claims = {claim.id: claim for name in names for claim in dossier().claims_for(name)}
    for claim in claims.values():
        assert f"{claim.id} {claim.direction}" in texts and claim.source in texts
    assert {"omega O", "h_cn D", "$holds$", *HEADS} < set(texts)
    assert len(texts) == len(HEADS) + len({one.source for one in claims.values()}) + len(claims) + 2 + 1


@pytest.mark.parametrize("names", [["omega"], ["omega", "h_cn", "d0"], [one.name for one in dossier().parameters]])
def test_nodes_are_as_tall_as_the_number_of_claims_in_them(names) -> None:
    ax, _ = drawn(names)
    heights = columns(ax)
    uses = sum(len(dossier().parameter(name).claims) for name in names)
    unit = heights[3][0] / uses
    for column in heights.values():
        assert sum(column) == pytest.approx(heights[3][0], rel=1e-9)
    counts = sorted(len(dossier().parameter(name).claims) for name in names)
    assert sorted(heights[2]) == pytest.approx([count * unit for count in counts], rel=1e-9)


def test_many_claims_are_drawn_in_groups() -> None:
    _, texts = drawn([one.name for one in dossier().parameters])
    assert "reex steadier" in texts and not any(claim.id in text for claim in dossier().claims for text in texts)


def test_parameters_that_cannot_be_drawn_are_refused() -> None:
    with pytest.raises(ArgumentError, match="'omga'"):
        drawn(["omga"])
    with pytest.raises(ArgumentError, match="distinct"):
        drawn(["omega", "omega"])
    with pytest.raises(ArgumentError, match="rest on at least one claim"):
        evidence_graph(Evidence(parties=("A", "B")), [], figure.Figure().subplots())
