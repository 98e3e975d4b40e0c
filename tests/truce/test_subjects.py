"""The parameters by subject."""

from negotiation.truce import SUBJECTS, Parameters


def test_every_parameter_has_one_subject() -> None:
    named = [name for names in SUBJECTS.values() for name in names]
    assert sorted(named) == sorted(Parameters.names())
