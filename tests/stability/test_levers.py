import pytest

from negotiation.stability import Model, Range, survival, survival_levers
from tests.strategies import refused

RANGES = {
    "shock": (0.1, 0.2, 0.5),
    "alarm": (0.0, 0.1, 0.1),
    "idle": (0, 1, 2),
    "ruling": Range(0, 0.3, 1, law="fixed"),
}


def course(shock, alarm, idle, ruling):
    return survival({"shock": shock, "alarm": alarm}, 4, first_year={"ruling": ruling})


def measure(shock, alarm, idle, ruling):
    return 1 - shock


MODEL = Model(RANGES, measure, course=course)


def stands(shock=0.2, alarm=0.1, ruling=0.3):
    return (1 - ruling) * ((1 - shock) * (1 - alarm)) ** 4


def life(shock=0.2, alarm=0.1, ruling=0.3, years=3000):
    yearly = (1 - shock) * (1 - alarm)
    return 1 + sum((1 - ruling) * yearly**year for year in range(1, years))


def test_levers_move_one_parameter_at_a_time_to_its_ends():
    found = survival_levers(MODEL)
    assert [one.name for one in found.levers] == ["shock", "ruling", "alarm"]
    for one in found.levers:
        low, _, high = RANGES[one.name] if one.name != "ruling" else (0, 0.3, 1)
        assert one.survival == pytest.approx((stands(**{one.name: low}), stands(**{one.name: high})))
        assert one.mean_life == pytest.approx((life(**{one.name: low}), life(**{one.name: high})))
    assert found.course.survival[-1] == pytest.approx(stands())
    assert [one.name for one in survival_levers(MODEL, ["alarm"]).levers] == ["alarm"]


def test_causes_are_taken_away_one_at_a_time():
    found = {cause: (chance, years) for cause, chance, years in survival_levers(MODEL).without}
    for cause in ("shock", "alarm", "ruling"):
        assert found[cause] == pytest.approx((stands(**{cause: 0}), life(**{cause: 0})))


def test_the_dataset_names_levers_and_causes():
    table = survival_levers(MODEL).to_dataset()
    assert table["survival"].sel(parameter="shock", end="high").item() == pytest.approx(stands(shock=0.5))
    assert table["survival_without"].sel(cause="alarm").item() == pytest.approx(stands(alarm=0))


def test_models_without_a_course_and_unknown_names_are_refused():
    with refused("'model' of survival_levers must have a course, got none."):
        survival_levers(Model(RANGES, measure))
    with refused("'parameter' of survival_levers must be one of the 4 known names, got 'alarms'."):
        survival_levers(MODEL, ["alarms"])
