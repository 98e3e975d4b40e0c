"""The command line: reads arguments, calls the library and the report room; computes nothing."""

import argparse
import io
import os
import sys
import webbrowser
from collections.abc import Sequence
from importlib.metadata import version
from typing import NoReturn

from negotiation import report, tuner
from negotiation._checks import ArgumentError, check_known, check_number, refusal
from negotiation.truce import Truce, dossier, levers
from negotiation.tuner.installed import check_installed

DRAWS = 20_000
SEED = 2025
YEARS = 10
PORT = 5006


class _Parser(argparse.ArgumentParser):
    """An argument parser that refuses in one line."""

    def error(self, message: str) -> NoReturn:
        """Refuse the arguments."""
        raise ArgumentError(f"{self.prog}: {message}. See '{self.prog} --help'.")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        Words after the command's name; those of the process when left out.

    Returns
    -------
    int
        Exit status: 0 when the answer was printed, 1 when a file could not be written, 2 when an argument was
        refused, 130 when interrupted.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        options = _parser().parse_args(arguments)
        print(options.run(options), flush=True)
    except ArgumentError as error:
        print(error, file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    except OSError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="negotiation",
        description="Is the truce self-enforcing, how long will it last, and what breaks it first?",
    )
    parser.add_argument("--version", action="version", version=f"negotiation {version('negotiation')}")
    verbs = parser.add_subparsers(required=True, metavar="VERB")

    verdict = verbs.add_parser("verdict", help="say whether the truce holds, how sure that is and what breaks it")
    _add_reading(verdict)
    _add_common(verdict)
    verdict.add_argument("--json", action="store_true", help="print JSON")
    verdict.add_argument("--figure", metavar="FILE", help="also draw the verdict to a .png, .pdf or .svg file")
    verdict.set_defaults(run=_verdict)

    page = verbs.add_parser("report", help="write the verdict with its pictures and evidence as one page of HTML")
    page.add_argument("--out", metavar="FILE", required=True, help="the .html file to write")
    _add_reading(page)
    _add_common(page)
    page.set_defaults(run=_report)

    parameters = verbs.add_parser("parameters", help="list the parameters that --set may change")
    parameters.add_argument("--reading", default="central", help="as in 'verdict'")
    parameters.set_defaults(run=_parameters)

    claims = verbs.add_parser("claims", help="show the evidence: the claims and where the articles disagree")
    claims.add_argument("--parameter", metavar="NAME", help="only what stands behind one parameter")
    claims.set_defaults(run=_claims)

    race = verbs.add_parser("race", help="follow the truce while leverage shifts, by state and by year")
    race.add_argument("--reading", default="central", help="as in 'verdict'")
    _add_set(race)
    race.add_argument("--years", type=int, default=YEARS, help=f"years to follow ({YEARS})")
    race.add_argument("--steady", action="store_true", help="let dependence erode by its half-life")
    race.add_argument("--steps", type=float, nargs="+", metavar="SHARE", help="steps of dependence, from 1 down")
    race.add_argument(
        "--calendar", choices=["none", "midterm", "cycle"], default="midterm", help="years that differ"
    )
    race.add_argument("--squeeze", choices=["seen", "unseen", "none"], default="seen", help="what a squeeze is")
    race.add_argument("--repair", type=float, default=0.0, help="chance a year that open conflict is repaired (0)")
    race.add_argument("--investing", action="store_true", help="let both sides choose whether to invest")
    race.add_argument("--json", action="store_true", help="print JSON")
    race.set_defaults(run=_race)

    compare = verbs.add_parser("compare", help="put the readings of the five articles side by side")
    _add_common(compare)
    compare.set_defaults(run=_compare)

    tune = verbs.add_parser("tune", help="move every parameter by a slider, in a browser on this machine")
    tune.add_argument("--reading", default="central", help="as in 'verdict'")
    _add_set(tune)
    tune.add_argument("--port", type=int, default=PORT, help=f"port of the page, 0 for any free one ({PORT})")
    tune.add_argument("--no-browser", action="store_true", help="only print the address of the page")
    tune.set_defaults(run=_tune)
    return parser


def _add_reading(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--reading", default="central", help="an article's id, 'central', or your own TOML file")


def _add_set(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="change a parameter; may be repeated"
    )


def _add_common(parser: argparse.ArgumentParser) -> None:
    _add_set(parser)
    parser.add_argument("--draws", type=int, default=DRAWS, help=f"random draws of the parameters ({DRAWS:,})")
    parser.add_argument("--seed", type=int, default=SEED, help=f"seed of the draws ({SEED})")


def _verdict(options: argparse.Namespace) -> str:
    if options.figure is not None:
        report.check_figure_path(options.figure)
    truce = _reading(options.reading).vary(**_changes(options.set))
    verdict = truce.verdict(draws=options.draws, seed=options.seed)
    if options.figure is not None:
        report.save_verdict_figure(truce, verdict, options.figure)
    return verdict.to_json() if options.json else report.verdict_text(verdict)


def _report(options: argparse.Namespace) -> str:
    report.check_report_path(options.out)
    truce = _reading(options.reading).vary(**_changes(options.set))
    report.save_report(truce, truce.verdict(draws=options.draws, seed=options.seed), options.out)
    return f"Written to {options.out}."


def _parameters(options: argparse.Namespace) -> str:
    return report.parameters_text(_reading(options.reading))


def _claims(options: argparse.Namespace) -> str:
    evidence = dossier()
    if options.parameter is None:
        return f"{report.claims_text(evidence.claims, evidence)}\n\n{report.disagreements_text(evidence)}"
    return report.parameter_text(evidence.parameter(options.parameter), evidence)


def _race(options: argparse.Namespace) -> str:
    tiers = {} if options.steps is None else {"tiers": {"chain": options.steps}}
    race = (
        _reading(options.reading)
        .vary(**_changes(options.set))
        .leverage_race(
            steady=options.steady,
            calendar=options.calendar,
            squeeze=options.squeeze,
            repair=options.repair,
            investing=options.investing,
            **tiers,
        )
    )
    pulled = levers(race, options.years)
    answer = pulled[0].answer
    return answer.to_json() if options.json else report.race_text(answer, pulled)


def _compare(options: argparse.Namespace) -> str:
    changes = _changes(options.set)
    readings = ["central", *(reading.id for reading in dossier().readings)]
    truces = [Truce.from_reading(reading).vary(**changes) for reading in readings]
    return report.comparison_text([(one, one.verdict(draws=options.draws, seed=options.seed)) for one in truces])


def _tune(options: argparse.Namespace) -> str:
    def opened(address: str) -> None:
        print(f"{address} shows the tuner until Ctrl-C.", flush=True)
        if not options.no_browser:
            webbrowser.open(address)

    check_installed()
    tuner.serve(_reading(options.reading).vary(**_changes(options.set)), opened, port=options.port)
    return "stopped"


def _reading(name: str) -> Truce:
    return Truce.from_file(name) if name.endswith(".toml") else Truce.from_reading(name)


def _changes(assignments: Sequence[str]) -> dict[str, float]:
    changes = {}
    for assignment in assignments:
        name, equals, value = assignment.partition("=")
        if not equals:
            raise refusal("--set", "negotiation", "have the form NAME=VALUE", repr(assignment), "As in omega=0.5.")
        check_known("parameter", "--set", name, [one.name for one in dossier().parameters])
        if name in changes:
            raise refusal("--set", "negotiation", "name each parameter once", repr(name))
        changes[name] = check_number(name, "--set", value)
    return changes
