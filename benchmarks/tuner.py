"""How soon the tuner answers: from a move in a headless Chromium to the frame that shows the new verdict."""

import shutil
import statistics
import subprocess
import sys

from playwright.sync_api import sync_playwright

MOVES = 20
MOVE = """async (moves) => {
  const find = (css) => {
    const found = []
    const walk = (root) => {
      found.push(...root.querySelectorAll(css))
      for (const place of root.querySelectorAll("*")) if (place.shadowRoot) walk(place.shadowRoot)
    }
    walk(document)
    return found
  }
  const frame = () => new Promise(requestAnimationFrame)
  const text = () => find(".answer")[0].getRootNode().textContent
  const slider = find("input[type=range]")[0]
  const times = []
  for (let k = 0; k < moves; k++) {
    const before = text(), began = performance.now()
    slider.value = Number(slider.value) + Number(slider.step)
    slider.dispatchEvent(new Event("input"))
    while (text() === before) await frame()
    await frame()
    times.push(performance.now() - began)
    await new Promise((rest) => setTimeout(rest, 100))
  }
  return times
}"""


def main() -> None:
    """Serve the tuner, move a slider and print the times in milliseconds."""
    script = (
        "import sys; from negotiation.cli import main; sys.exit(main(['tune', '--no-browser', '--port', '0']))"
    )
    chromium = shutil.which("chromium")
    with (
        subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as server,
        sync_playwright() as playwright,
    ):
        assert server.stdout is not None
        address = server.stdout.readline().split(maxsplit=1)[0]
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        page.goto(address)
        page.wait_for_selector(".answer")
        page.evaluate(MOVE, 3)
        times = page.evaluate(MOVE, MOVES)
        browser.close()
        server.terminate()
    print(f"{MOVES} moves: min {min(times):.0f}, median {statistics.median(times):.0f}, max {max(times):.0f} ms")


if __name__ == "__main__":
    main()
