// Keys: / for the search box, j and k from hit to hit (Enter opens it) or from document to document, n and p from match
// to match. They can be switched off (WCAG 2.1.4), and never act while something is typed or with Ctrl, Alt or Meta.
"use strict";

(() => {
  const OFF = "sans-raccourcis";
  const FIELD = "input, textarea, select, [contenteditable], [role=listbox]";
  const box = document.getElementById("q");
  const hits = [...document.querySelectorAll(".hit h2 a")];
  const beside = ["prev", "next"].map((rel) => document.querySelector(`.among [rel=${rel}]`));
  const marks = document.querySelectorAll("mark[id]").length;
  const list = hits.length || beside.some(Boolean);

  function stored(write) {
    try {
      if (write !== undefined) localStorage.setItem(OFF, write);
      return localStorage.getItem(OFF) === "1";
    } catch {
      return write === "1"; // no storage: it holds for this page
    }
  }

  function toHit(step) {
    if (!hits.length) beside[step > 0 ? 1 : 0]?.click();
    const current = hits.findIndex((link) => link.closest(".hit").contains(document.activeElement));
    const next = current < 0 ? (step > 0 ? 0 : hits.length - 1) : current + step;
    hits[Math.max(0, Math.min(next, hits.length - 1))]?.focus();
  }

  function toMark(step) {
    const current = Number(/^#m(\d+)$/.exec(location.hash)?.[1] ?? (step > 0 ? 0 : 1));
    if (marks) location.hash = `m${(current - 1 + step + marks) % marks + 1}`;
  }

  const actions = {
    "/": () => { box.focus(); box.select(); },
    j: () => toHit(1),
    k: () => toHit(-1),
    n: () => toMark(1),
    p: () => toMark(-1),
  };
  let off = stored();

  document.addEventListener("keydown", (event) => {
    const action = actions[event.key];
    if (off || !action || event.defaultPrevented || event.isComposing) return;
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest?.(FIELD)) return;
    if (!(event.key === "/" ? box : /[jk]/.test(event.key) ? list : marks)) return;
    event.preventDefault();
    action();
  });

  const told = [["/", "chercher", box], ["j", "k", "d’un résultat à l’autre", list],
    ["n", "p", "d’une occurrence à l’autre", marks]].filter((one) => one.at(-1));
  const foot = document.querySelector(".foot");
  if (!foot || !told.length) return;
  const line = document.createElement("p");
  line.className = "keys";
  for (const [place, one] of told.entries()) {
    const keys = one.slice(0, -2).flatMap((key) => {
      const shown = document.createElement("kbd");
      shown.textContent = key;
      return [shown, " "];
    });
    const item = document.createElement("span");
    item.append(...keys, one.at(-2));
    line.append(place ? " " : "", item);
  }
  const button = document.createElement("button");
  function say() {
    button.textContent = off ? "Activer les raccourcis" : "Désactiver les raccourcis";
    line.classList.toggle("off", off);
  }
  button.type = "button";
  button.addEventListener("click", () => {
    off = stored(off ? "0" : "1");
    say();
  });
  say();
  line.append(" ", button);
  foot.append(line);
})();
