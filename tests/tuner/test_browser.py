"""The tuner in a real browser: a headless Chromium that may reach this machine only."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from urllib.parse import parse_qs, urlsplit

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

if CHROMIUM is None and "CI" not in os.environ:
    pytest.skip("no Chromium is installed: apt-get install chromium", allow_module_level=True)
pytest.importorskip("panel")
sync_api = pytest.importorskip("playwright.sync_api")

OFFLINE = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"
"""Cuts the browser off from every other machine."""

PATIENCE = 60_000
"""Milliseconds after which a page that shows nothing counts as broken; a busy machine is no fault of the page."""


def _tune(*words: str) -> "subprocess.Popen[str]":
    script = "import sys; from negotiation.cli import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", script, "tune", "--no-browser", *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _address(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().split(maxsplit=1)[0]


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    """Serve the tuner as a user would, and return its address."""
    with _tune("--reading", "reex", "--set", "omega=0.5", "--port", "0") as process:
        yield _address(process)
        process.kill()


@pytest.fixture(scope="module")
def browser() -> Iterator["sync_api.Browser"]:
    assert CHROMIUM is not None, "the checks need Chromium: apt-get install chromium"
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", OFFLINE])
        yield started
        started.close()


@pytest.fixture
def page(browser: "sync_api.Browser") -> Iterator["sync_api.Page"]:
    """Return a page that reports, when the test ends, whatever it asked for elsewhere and every error."""
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    context.set_default_timeout(PATIENCE)
    sync_api.expect.set_options(timeout=PATIENCE)
    elsewhere, errors = [], []
    context.on("request", lambda request: _note_elsewhere(request.url, elsewhere))
    opened = context.new_page()
    opened.on("websocket", lambda socket: _note_elsewhere(socket.url, elsewhere))
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    yield opened
    context.close()
    assert elsewhere == []
    assert errors == []


def _note_elsewhere(url: str, elsewhere: list[str]) -> None:
    if urlsplit(url).scheme not in ("data", "blob") and urlsplit(url).hostname != "127.0.0.1":
        elsewhere.append(url)


def test_the_page_opens_offline_with_every_slider_and_the_charts(page, served) -> None:
    page.goto(served)
    sync_api.expect(page.locator(".answer")).to_contain_text("Holds today? Yes: both sides hold")
    sync_api.expect(page.locator("input[type=range]")).to_have_count(38)
    sync_api.expect(page.locator("canvas").first).to_be_visible()
    sync_api.expect(page.locator(".caution")).to_contain_text("Most sizes are assumptions")
    assert page.get_by_label("Reading").input_value() == "reex"
    assert page.get_by_label("omega", exact=True).input_value() == "0.5"


def test_a_slider_moves_the_verdict_and_the_link_restores_it(page, served) -> None:
    page.goto(served)
    slider = page.get_by_label("tau_us slider")
    slider.press("End")
    sync_api.expect(page.locator(".answer")).to_contain_text("Holds today? No: US would break")
    sync_api.expect(page.get_by_label("tau_us", exact=True)).to_have_value("4.5")
    page.wait_for_url("**tau_us=4.5**")
    assert parse_qs(urlsplit(page.url).query) == {"reading": ["reex"], "omega": ["0.5"], "tau_us": ["4.5"]}
    other = page.context.new_page()
    other.goto(page.url)
    sync_api.expect(other.locator(".answer")).to_contain_text("No: US would break")
    assert other.get_by_label("tau_us", exact=True).input_value() == "4.5"
    other.get_by_label("tau_us slider").press("Home")
    sync_api.expect(other.locator(".answer")).to_contain_text("Yes: both sides hold")
    sync_api.expect(page.locator(".answer")).to_contain_text("No: US would break")


def test_a_bad_value_is_refused_in_sight_and_the_old_one_stays(page, served) -> None:
    page.goto(served)
    box = page.get_by_label("tau_us", exact=True)
    sync_api.expect(page.locator(".answer")).to_contain_text("Yes")
    before = page.locator(".answer").inner_text()
    for typed in ("-5000", "much"):
        box.fill(typed)
        box.press("Enter")
        sync_api.expect(page.get_by_role("alert")).to_contain_text("'tau_us' of Truce must")
        sync_api.expect(box).to_have_value("2.5")
        assert page.locator(".answer").inner_text() == before
    box.fill("7.25")
    box.press("Enter")
    sync_api.expect(page.get_by_role("alert")).to_have_count(0)
    sync_api.expect(page.locator(".answer")).to_contain_text("US would break")
    assert page.get_by_label("tau_us slider").get_attribute("max") == "7.25"


def test_a_bad_link_says_so_and_keeps_the_rest(page, served) -> None:
    page.goto(f"{served}?reading=reex&omga=1&h_cn=-5&delta=0.95&soy=<img src=x onerror=alert(1)>")
    alert = page.get_by_role("alert")
    for words in ("'omga'. Did you mean 'omega'?", "'h_cn' of the link must be strictly", "'<img src=x"):
        sync_api.expect(alert).to_contain_text(words)
    assert page.get_by_label("delta", exact=True).input_value() == "0.95"
    assert page.get_by_label("h_cn", exact=True).input_value() == "10.8"


def test_a_reading_is_chosen_and_reset(page, served) -> None:
    page.goto(served)
    page.get_by_label("Reading").select_option("asia-times")
    sync_api.expect(page.get_by_label("p_div", exact=True)).to_have_value("0.16")
    page.get_by_label("tau_us slider").press("Home")
    sync_api.expect(page.get_by_label("tau_us", exact=True)).to_have_value("1")
    page.get_by_role("button", name="Reset to the reading").click()
    sync_api.expect(page.get_by_label("tau_us", exact=True)).to_have_value("2.5")
    page.wait_for_url("**/?reading=asia-times")


def test_what_the_claims_say_unfolds(page, served) -> None:
    page.goto(served)
    claim = page.get_by_text("W07", exact=True).first
    sync_api.expect(claim).not_to_be_visible()
    page.locator(".row", has=page.get_by_label("omega", exact=True)).locator("summary").click()
    sync_api.expect(claim).to_be_visible()


def test_a_fast_drag_ends_on_the_last_value(page, served) -> None:
    page.goto(served)
    slider = page.get_by_label("tau_us slider")
    box = slider.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 2, middle)
    page.mouse.down()
    for k in range(60):
        page.mouse.move(box["x"] + box["width"] * k / 60, middle)
    page.mouse.move(box["x"] + box["width"], middle)
    page.mouse.up()
    page.wait_for_url("**tau_us=4.5**")
    sync_api.expect(page.get_by_label("tau_us", exact=True)).to_have_value("4.5")
    sync_api.expect(slider).to_have_value("4.5")


def test_nobody_else_reaches_the_page(served) -> None:
    port = urlsplit(served).port
    assert _status_of_socket(port, f"http://elsewhere.example:{port}") == 403
    assert _status_of_socket(port, f"http://127.0.0.1:{port}") == 101
    outer = [one[4][0] for one in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    for address in {one for one in outer if not one.startswith("127.")}:
        with socket.socket() as caller:
            caller.settimeout(2)
            assert caller.connect_ex((address, port)) != 0


def _status_of_socket(port: int, origin: str) -> int:
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Origin": origin,
    }
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/ws", headers=upgrade)
    status = connection.getresponse().status
    connection.close()
    return status


def test_a_taken_port_is_refused_and_an_interrupt_ends_the_server() -> None:
    with _tune("--port", "0") as first:
        port = str(urlsplit(_address(first)).port)
        with _tune("--port", port) as second:
            _, refusal = second.communicate(timeout=60)
        assert second.returncode == 2
        assert refusal == f"'port' of tune must be free, got {port}, which is taken. Pass another --port.\n"
        first.send_signal(signal.SIGINT)
        assert first.communicate(timeout=60) == ("stopped\n", "")
    assert first.returncode == 0
