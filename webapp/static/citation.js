// « Citer » copies a citation at once. Without this script the page of a document shows it, to be selected.
"use strict";

(() => {
  const SHOWN_MS = 2000;
  if (!navigator.clipboard) return; // not over plain HTTP: the button then asks the server

  const said = document.createElement("p");
  said.className = "spoken";
  said.setAttribute("role", "status");
  document.body.append(said);

  for (const place of document.querySelectorAll(".frag > .leaf")) {
    const button = document.createElement("button");
    button.className = "cite";
    button.type = "button";
    button.textContent = "Citer";
    const where = document.createElement("span");
    where.className = "spoken";
    where.textContent = ` ${place.textContent}`;
    button.append(where);
    place.after(button);
  }

  // The same as citation.citation makes: what it begins with, the place, the address without the query.
  function citation(button) {
    const link = button.parentElement.querySelector(":scope > .leaf, :scope > .para");
    const place = button.querySelector(".spoken")?.textContent.trim();
    const url = new URL(link?.href ?? location.href);
    const address = url.origin + url.pathname + (place ? url.hash : "");
    return [button.closest("[data-cite]").dataset.cite, place, address].filter(Boolean).join(", ");
  }

  function tell(button, text) {
    const words = button.firstChild;
    const before = words.data;
    said.textContent = `Citation ${text}`;
    words.data = text;
    button.classList.add("told"); // not disabled: that would take the focus away
    setTimeout(() => {
      words.data = before;
      button.classList.remove("told");
      said.textContent = "";
    }, SHOWN_MS);
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button.cite");
    if (!button) return;
    event.preventDefault();
    if (button.classList.contains("told")) return;
    try {
      await navigator.clipboard.writeText(citation(button));
      tell(button, "copiée");
    } catch {
      if (button.form) button.form.requestSubmit(button); // which goes through here no more: it is no click
      else tell(button, "refusée");
    }
  });
})();
