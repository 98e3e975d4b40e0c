// Sliders by subject. Moves are sent one answer at a time, so that dragging never runs ahead of the verdict.

const LOST = 5000 // milliseconds after which what was sent counts as lost and is sent again

export function render({model}) {
  const wishes = new Map()
  const rows = new Map()
  let waiting = null

  function send() {
    if (waiting !== null || wishes.size === 0) return
    const sent = new Map(wishes)
    wishes.clear()
    waiting = setTimeout(() => {
      for (const [name, text] of sent) if (!wishes.has(name)) wishes.set(name, text)
      waiting = null
      send()
    }, LOST)
    model.send_msg(Object.fromEntries(sent))
  }

  function answered() {
    clearTimeout(waiting)
    waiting = null
    show()
    send()
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
    box.addEventListener("keydown", ({key}) => { if (key === "Enter") { box.blur(); box.focus() } })
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

  function keepKeys() {
    // JupyterLab takes keys for itself unless an element that it can see says otherwise.
    for (let place = root.getRootNode(); place instanceof ShadowRoot; place = place.host.getRootNode()) {
      place.host.setAttribute("data-lm-suppress-shortcuts", "true")
    }
  }

  const root = document.createElement("div")
  root.addEventListener("focusin", keepKeys)
  root.append(...model.subjects.map(card))
  model.on("shown", answered)
  show()
  return root
}
