// Suggestions under the search box: an ARIA 1.2 combobox with a list. Without this script the form is just a form.
"use strict";

(() => {
  const WAIT_MS = 120;
  const box = document.getElementById("q");
  if (!box) return;

  const list = make("ul", { id: "suggestions", role: "listbox", "aria-label": "Suggestions" });
  const said = make("p", { class: "spoken", "aria-live": "polite" });
  let texts = []; // of the options shown
  let active = -1;
  let timer = 0;
  let request = new AbortController();

  function make(name, attributes, text = "") {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.textContent = text;
    return element;
  }

  function counted(count, noun) {
    return `${count.toLocaleString("fr-FR")}\u00a0${noun}${count < 2 ? "" : "s"}`;
  }

  function show(found) {
    texts = found.map((one) => one.text);
    list.replaceChildren(...found.map((one, place) => {
      const option = make("li", { id: `suggestion-${place}`, role: "option", "aria-selected": "false" });
      option.append(make("span", {}, one.text), " ",
        make("small", {}, `${one.kind} · ${counted(one.count, "document")}`));
      return option;
    }));
    list.hidden = !texts.length;
    box.setAttribute("aria-expanded", String(!list.hidden));
    said.textContent = texts.length ? counted(texts.length, "suggestion") : "";
    activate(-1);
  }

  function activate(place) {
    list.children[active]?.setAttribute("aria-selected", "false");
    active = place;
    const option = list.children[active];
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) box.setAttribute("aria-activedescendant", option.id);
    else box.removeAttribute("aria-activedescendant");
  }

  // No answer may come any more: neither one on its way nor one that waits.
  function stop() {
    clearTimeout(timer);
    request.abort();
  }

  function close() {
    stop();
    if (!list.hidden) show([]);
  }

  function ask(wait) {
    stop();
    timer = setTimeout(async () => {
      request = new AbortController();
      try {
        const url = `/suggestions.json?q=${encodeURIComponent(box.value)}`;
        const answer = await fetch(url, { signal: request.signal });
        show(answer.ok ? (await answer.json()).suggestions : []);
      } catch {
        // Aborted, or no network: what was typed can be searched all the same.
      }
    }, wait);
  }

  function choose(place) {
    box.value = texts[place];
    close();
    box.form.requestSubmit();
  }

  function move(step) {
    const stops = texts.length + 1; // the box itself is one
    activate(((active + 1 + step + stops) % stops) - 1);
  }

  box.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && list.hidden) ask(0);
    else if (step) move(step);
    else if (event.key === "Enter" && active >= 0) choose(active);
    else if (event.key === "Escape" && !list.hidden) close();
    else {
      if (event.key === "Escape") stop();
      if (event.key === "Tab" && active >= 0) box.value = texts[active];
      return;
    }
    event.preventDefault();
  });
  box.addEventListener("input", () => ask(WAIT_MS));
  box.addEventListener("blur", close);
  box.form.addEventListener("submit", close);
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the focus stays in the box
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) choose([...list.children].indexOf(option));
  });

  list.hidden = true;
  box.form.append(list, said);
  box.type = "text"; // a search box may not be a combobox, and Escape would empty it
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"],
    ["aria-controls", list.id]]) box.setAttribute(name, value);
})();
