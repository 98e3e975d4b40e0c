// Sliders by subject. Moves are sent one answer at a time, so that dragging never runs ahead of the verdict.

export function render({model}) {
  const wishes = new Map()
  const rows = new Map()
  let waiting = false

  function send() {
    if (waiting || wishes.size === 0) return
    waiting = true
    model.send_msg(Object.fromEntries(wishes))
    wishes.clear()
  }

  function show() {
    for (const [name, {slider, box}] of rows) {
      if (wishes.has(name)) continue
      const [low, high, value] = model.shown.rows[name]
      Object.assign(slider, {min: low, max: high, value, disabled: low === high})
      box.value = value
    }
  }

  function row(spec) {
    const place = document.createElement("div")
    place.className = "row"
    place.innerHTML = `${spec.head}<div class="inputs"><input type="range"><input type="text"></div>${spec.grounds}`
    const [slider, box] = place.querySelectorAll("input")
    slider.setAttribute("aria-label", `${spec.name} slider`)
    box.setAttribute("aria-label", spec.name)
    slider.step = spec.step
    const ask = (text) => { wishes.set(spec.name, text); send() }
    slider.addEventListener("input", () => { box.value = slider.value; ask(slider.value) })
    box.addEventListener("change", () => ask(box.value))
    rows.set(spec.name, {slider, box})
    return place
  }

  function card(subject) {
    const place = document.createElement("details")
    const title = document.createElement("summary")
    place.className = "card"
    place.open = subject.open
    title.textContent = subject.title
    place.append(title, ...subject.rows.map(row))
    return place
  }

  const root = document.createElement("div")
  root.append(...model.subjects.map(card))
  model.on("shown", () => { waiting = false; show(); send() })
  show()
  return root
}
