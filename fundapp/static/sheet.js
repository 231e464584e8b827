/* A rating sheet by keys, and how its saving stands. The sheet does its work without this file. Words come from the page. */
"use strict";
(() => {
  const OFF = "keys-off", QUICK = 800;  // milliseconds between the two digits of one number
  const sheet = () => document.querySelector("form[data-keys]");
  const criteria = () => [...sheet().querySelectorAll("[data-criterion]")];
  const here = () => document.activeElement?.closest("[data-criterion]");
  const writes = (element) => element.matches("textarea, select, input:not([type=radio], [type=checkbox])");
  const unsaved = new Set();  // criteria that could not be sent
  let typed = "", since = 0;

  function say(words, kind) {
    const place = document.getElementById("save-state");
    if (!place) return;
    place.textContent = words;
    place.className = `save-state ${kind}`;
  }
  function off() {
    try { return localStorage.getItem(OFF) === "yes"; } catch { return false; }
  }
  function goTo(criterion) {
    if (!criterion) return;
    criterion.focus({ preventScroll: true });
    criterion.scrollIntoView({ block: "nearest" });
  }
  function step(by) {
    const all = criteria(), at = all.indexOf(here());
    goTo(all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)]);
  }
  function choose(criterion, value) {
    const radio = criterion.querySelector(`input[type=radio][value="${value}"]`);
    if (!radio || radio.checked) return;
    radio.checked = true;
    radio.dispatchEvent(new Event("change", { bubbles: true }));
  }
  function digit(criterion, key, now) {
    const highest = Number(criterion.dataset.highest), both = typed + key;
    typed = now - since < QUICK && Number(both) <= highest ? both : key;
    since = now;
    if (Number(typed) <= highest) choose(criterion, Number(typed));
  }
  function follow(what) {
    document.querySelector(what)?.click();
  }
  function press(event) {
    if (!sheet() || event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
    const target = event.target, at = here();
    if (target.matches?.("textarea") && event.key === "Escape") { goTo(at); return; }
    if (writes(target) || off()) return;
    const first = at ?? criteria()[0];
    if (/^\d$/.test(event.key)) { if (first) { if (!at) goTo(first); digit(first, event.key, event.timeStamp); } }
    else if (event.key === "x" && at) choose(at, "unjudged");
    else if (event.key === "r" && at) at.querySelector("textarea").focus();
    else if (event.key === "j" || event.key === "ArrowDown" && at) step(1);
    else if (event.key === "k" || event.key === "ArrowUp" && at) step(-1);
    else if (event.key === "n") follow("a[rel=next]");
    else if (event.key === "p") follow("a[rel=prev]");
    else if (event.key === "u") follow("a[data-unrated]");
    else if (event.key === "?") open();
    else return;
    event.preventDefault();
  }
  function open() {
    const dialog = document.getElementById("keys");
    dialog.querySelector("[data-keys-off]").checked = off();
    dialog.showModal();
  }
  function prepare() {
    for (const button of document.querySelectorAll("[data-keys-open]")) button.hidden = false;
    for (const button of document.querySelectorAll("form[data-keys] [data-without-script]")) button.hidden = true;
  }
  /* What could not be sent is sent again every few seconds; who leaves before that is asked. */
  function again() {
    for (const criterion of [...unsaved]) {
      unsaved.delete(criterion);
      if (criterion.isConnected) criterion.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }
  const ofSheet = (event) => sheet() && event.detail.elt.matches?.("[data-criterion]");
  document.addEventListener("keydown", press);
  document.addEventListener("click", (event) => { if (event.target.closest("[data-keys-open]")) open(); });
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-keys-off]")) return;
    try { localStorage.setItem(OFF, event.target.checked ? "yes" : "no"); } catch { event.target.checked = false; }
  });
  document.addEventListener("htmx:beforeRequest", (event) => { if (ofSheet(event)) say(sheet().dataset.saving, "saving"); });
  document.addEventListener("htmx:sendError", (event) => {
    if (!ofSheet(event)) return;
    if (!unsaved.size) setTimeout(again, 5000);
    unsaved.add(event.detail.elt);
    say(sheet().dataset.unsaved, "offline");
  });
  document.addEventListener("htmx:responseError", (event) => { if (ofSheet(event)) say(sheet().dataset.refused, "offline"); });
  document.addEventListener("htmx:afterSettle", prepare);
  window.addEventListener("beforeunload", (event) => { if (unsaved.size) event.preventDefault(); });
  prepare();
})();
