// Facets: a long list is sifted by typing, and a period is drawn over the bars of dates. Without this script the list
// unfolds, each bar is a link, and the form « du … au … » asks for any period.
"use strict";

(() => {
  function counted(count, noun) {
    return `${count.toLocaleString("fr-FR")}\u00a0${noun}${count < 2 ? "" : "s"}`;
  }

  // --- lists ---

  function plain(text) {
    return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replaceAll("œ", "oe").replaceAll("’", "'").trim();
  }

  function siftable(box) {
    const section = box.closest("section");
    const fold = section.querySelector(".fold");
    const rows = [...section.querySelectorAll(".checks li")];
    const names = rows.map((row) => plain(row.querySelector(".label").textContent));
    const said = document.createElement("p");
    let asked = "";
    let open = false; // before the first letter

    function left() {
      return rows.filter((row) => !row.hidden);
    }

    function sift() {
      if (!asked) open = fold.open;
      asked = plain(box.value);
      rows.forEach((row, place) => { row.hidden = !names[place].includes(asked); });
      fold.open = open || asked !== "";
      fold.firstElementChild.hidden = asked !== "";
      const count = left().length;
      said.textContent = asked && (count ? counted(count, box.dataset.noun) : `aucun ${box.dataset.noun}`);
    }

    box.addEventListener("input", sift);
    box.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        box.value = "";
        sift();
      } else if (event.key === "Enter" && left().length === 1) left()[0].querySelector("a").click();
    });
    said.className = "aside";
    said.setAttribute("aria-live", "polite");
    section.append(said);
    box.hidden = false;
  }

  // --- dates ---

  function drawable(form) {
    const section = form.closest("section");
    const hint = section.querySelector(".by-drag");
    const { du, au } = form.elements;
    let bars = []; // of the level where the drawing began
    let from = null; // where the pointer went down
    let before = null; // while a period is drawn: what fields and hint said

    // A chosen bar leads to all dates: its own is the one of the page.
    function date(bar) {
      return new URL(bar.href).searchParams.get("date") ?? new URLSearchParams(location.search).get("date");
    }

    function peers(bar) {
      const { length } = date(bar); // 2023, 2023-06, 2023-06-30 or « inconnue »
      return [...section.querySelectorAll(".timeline a")].filter((one) =>
        date(one).length === length && !one.closest("details:not([open])"));
    }

    function nearest(y) {
      const above = bars.filter((bar) => bar.getBoundingClientRect().top <= y);
      return above.at(-1) ?? bars[0];
    }

    function count(bar) {
      return Number(bar.querySelector(".n").firstChild.data.replace(/\D/g, ""));
    }

    function draw(to) {
      const ends = [from, to].map((bar) => bars.indexOf(bar)).sort((a, b) => a - b);
      const drawn = bars.slice(ends[0], ends[1] + 1);
      for (const bar of bars) bar.classList.toggle("drawn", drawn.includes(bar));
      [du.value, au.value] = [drawn[0], drawn.at(-1)].map((bar) => date(bar).split("-").reverse().join("/"));
      hint.textContent = counted(drawn.map(count).reduce((a, b) => a + b), hint.dataset.noun);
    }

    function forget() {
      if (before) [du.value, au.value, hint.textContent] = before;
      for (const bar of bars) bar.classList.remove("drawn");
      from = before = null;
    }

    section.addEventListener("pointerdown", (event) => {
      const bar = event.target.closest(".timeline a");
      const other = event.button || event.ctrlKey || event.metaKey || event.shiftKey; // opens a tab or a menu
      if (!bar || other || event.pointerType === "touch") return; // a finger on the bars scrolls the page
      bars = peers(bar);
      from = bar;
    });
    section.addEventListener("pointermove", (event) => {
      if (!event.buttons) from = null; // let go of elsewhere
      if (!from) return;
      const to = nearest(event.clientY);
      if (!before && to !== from) {
        before = [du.value, au.value, hint.textContent];
        section.setPointerCapture(event.pointerId); // not sooner: a click would miss its link
      }
      if (before) draw(to);
    });
    section.addEventListener("pointerup", () => {
      if (from && before && du.value !== au.value) form.requestSubmit();
      else forget();
      from = null;
    });
    section.addEventListener("pointercancel", forget);
    section.addEventListener("dragstart", (event) => event.preventDefault());
    section.addEventListener("selectstart", (event) => { if (from) event.preventDefault(); });
    document.addEventListener("keydown", (event) => { if (event.key === "Escape") forget(); });
    window.addEventListener("pageshow", forget); // the way back finds the page as it was
  }

  document.querySelectorAll(".sift").forEach(siftable);
  document.querySelectorAll(".range").forEach(drawable);
})();
