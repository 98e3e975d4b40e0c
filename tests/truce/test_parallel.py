"""Truces and verdicts in worker processes."""

import loky

from negotiation.truce import Truce


def test_verdicts_from_worker_processes_are_those_of_this_one() -> None:
    truces = [Truce.from_reading(name) for name in ("central", "awani", "cn-01")]
    with loky.get_reusable_executor(max_workers=2) as pool:
        found = list(pool.map(_verdict, truces))
    assert found == [_verdict(truce) for truce in truces]


def _verdict(truce: Truce) -> object:
    return truce.verdict(draws=200)
