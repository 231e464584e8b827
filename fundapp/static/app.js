/* Conveniences only: every page does its work without this file. Words come from the page, in its language. */
"use strict";
(() => {
  const on = (name, act) => document.addEventListener(name, act);
  const MOST = 15 * 1024 * 1024;  // the server's limit for one file
  const changed = new Set();      // forms marked data-guard with something not yet sent

  /* Say something next to a field, or take it back with an empty text. */
  function say(control, text) {
    const place = document.getElementById(control.id + "-error");
    if (place) place.textContent = text;
    if (text) control.setAttribute("aria-invalid", "true"); else control.removeAttribute("aria-invalid");
  }
  function tooLarge(input) {
    return [...input.files].find((file) => file.size > MOST);
  }
  function checkSize(input) {
    const file = tooLarge(input);
    say(input, file ? input.dataset.tooLarge.replace("{name}", file.name) : "");
    return !file;
  }
  function release(form) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("button[aria-busy]")) {
      button.removeAttribute("aria-busy");
      button.disabled = false;
    }
  }
  function hold(form, button) {
    form.dataset.sent = "yes";
    if (!button) return;
    button.setAttribute("aria-busy", "true");
    button.disabled = true;
  }
  function showFirstError(root) {
    const summary = root.querySelector(".error-summary");
    const said = [...root.querySelectorAll(".error")].find((place) => place.textContent.trim());
    const field = said && said.closest(".field, td");
    const control = field && field.querySelector("input, select, textarea");
    (summary || control)?.focus();
  }
  function count(area) {
    const place = document.getElementById(area.id + "-count")?.querySelector("[data-counted]");
    if (!place) return;
    place.textContent = place.dataset.counted.replace("{n}", area.value.length);
    place.classList.toggle("late", area.value.length > Number(area.dataset.most || Infinity));
  }

  /* What was written and could not be sent waits on this device as "fund:<person>:<address>"; form.js keeps and sends it. It goes
     before somebody signs out, and when somebody else has signed in. */
  const channel = "BroadcastChannel" in window ? new BroadcastChannel("fund") : { postMessage() {} };
  const loaded = new Set();
  function kept() {
    try { return Object.keys(localStorage).filter((key) => key.startsWith("fund:")); } catch { return []; }
  }
  function load(name) {
    const url = document.getElementById("main").dataset[name];
    if (!url || loaded.has(name)) return;
    loaded.add(name);
    const script = document.createElement("script");
    script.src = url;
    script.async = false;
    document.head.append(script);
  }
  function arrive() {
    const { person } = document.getElementById("main").dataset;
    if (!person) return;
    kept().filter((key) => !key.startsWith(`fund:${person}:`)).forEach((key) => localStorage.removeItem(key));
    channel.postMessage({ person });
    if (document.querySelector("form[data-page]")) load("jsRows");
    if (document.querySelector("form[data-page]") || kept().length) load("jsForm");
    if (document.querySelector("form[data-papers]")) load("jsPapers");
    if (document.querySelector("form[data-keys]")) load("jsSheet");
  }
  async function signOut(form) {
    await Promise.race([window.fundForm?.send(), new Promise((go) => { setTimeout(go, 4000); })]);
    const dialog = kept().length && document.getElementById("unsent")?.content.firstElementChild.cloneNode(true);
    if (dialog) {
      document.body.append(dialog);
      dialog.showModal();
      await new Promise((go) => { dialog.addEventListener("close", go, { once: true }); });
      dialog.remove();
      if (dialog.returnValue !== "go") { form.querySelector("button").focus(); return; }
    }
    wipe();
    form.submit();
  }
  function wipe() {
    document.dispatchEvent(new Event("fund:out"));
    channel.postMessage("out");
    kept().forEach((key) => localStorage.removeItem(key));
  }
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[action='/people/sign-out']")) return;
    if (!kept().length) { wipe(); return; }
    event.preventDefault();
    event.stopImmediatePropagation();
    signOut(event.target);
  }, true);

  on("input", (event) => {
    const form = event.target.form;
    if (form && "guard" in form.dataset) {
      changed.add(form);
      for (const place of document.querySelectorAll(`[data-unsaved="${form.id}"]`)) place.hidden = false;
    }
    if (event.target.tagName === "TEXTAREA") count(event.target);
  });
  on("change", (event) => {
    if (event.target.type === "file" && event.target.dataset.tooLarge) checkSize(event.target);
  });

  /* Sent once, however often the button is pressed. Forms that htmx sends have prevented the event before it comes here. */
  on("submit", (event) => {
    const form = event.target;
    const files = [...form.querySelectorAll("input[type=file][data-too-large]")];
    const first = files.filter((input) => !checkSize(input))[0];
    if (first) { event.preventDefault(); first.focus(); return; }
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    changed.delete(form);
    setTimeout(() => hold(form, event.submitter));  // after the browser has read the button's own value
    setTimeout(() => release(form), 20000);         // a download leaves the page where it is
  });
  on("htmx:beforeRequest", (event) => {
    const form = event.detail.elt;
    if (form.tagName !== "FORM") return;
    const files = [...form.querySelectorAll("input[type=file][data-too-large]")];
    if (form.dataset.sent || files.some((input) => !checkSize(input))) { event.preventDefault(); return; }
    hold(form, event.detail.requestConfig.triggeringEvent?.submitter);
  });
  on("htmx:afterRequest", (event) => {
    const form = event.detail.elt;
    if (form.tagName !== "FORM") return;
    release(form);
    if (event.detail.successful) changed.delete(form);
  });
  on("htmx:afterSettle", arrive);
  on("htmx:afterSettle", (event) => {
    if (event.detail.xhr && event.detail.xhr.status >= 400) showFirstError(event.detail.elt);
  });
  on("htmx:sendError", (event) => {
    if (event.detail.elt.dataset.live) return;  // says so itself, below
    const place = document.getElementById("messages");
    const text = document.createElement("p");
    text.className = "message refused";
    text.textContent = place.dataset.noLine;
    place.replaceChildren(text);
  });

  /* What follows a meeting asks with the mark of what it shows, so that nothing comes twice, and says when the line is lost. */
  const marks = new WeakMap();
  on("htmx:configRequest", (event) => {
    const { elt, headers } = event.detail;
    if (elt.dataset.live && marks.has(elt)) headers["If-None-Match"] = marks.get(elt);
  });
  on("htmx:beforeSwap", (event) => {
    const { elt, xhr } = event.detail;
    if (!elt.dataset?.live || xhr.status !== 200) return;
    if (elt.querySelector("button:active")) event.detail.shouldSwap = false;  // not away from under the finger; it comes again
    else marks.set(elt, xhr.getResponseHeader("ETag"));
  });
  for (const name of ["afterRequest", "sendError", "timeout"]) on(`htmx:${name}`, (event) => {
    const { elt, xhr } = event.detail;
    if (!elt.dataset.live || (name === "afterRequest" && xhr.status === 0)) return;  // given up for a vote, or told by the others
    document.getElementById(elt.dataset.live).hidden = xhr.status > 0 && xhr.status < 500;
  });

  /* A text into the clipboard; where the browser keeps it closed (plain http), the text is chosen, to be copied by hand. */
  async function copy(button) {
    const text = document.getElementById(button.dataset.copy);
    getSelection().selectAllChildren(text);
    try { await navigator.clipboard.writeText(text.textContent); }
    catch { if (!document.execCommand("copy")) return; }
    const label = button.firstElementChild, said = label.textContent;
    if (said === button.dataset.copied) return;
    label.textContent = button.dataset.copied;
    setTimeout(() => { label.textContent = said; }, 2000);
  }

  on("click", (event) => {
    const copying = event.target.closest("[data-copy]");
    if (copying) copy(copying);
    if (event.target.closest("[data-print]")) print();
    const details = event.target.closest("[data-close]")?.closest("details");
    if (!details) return;
    details.open = false;
    details.querySelector("summary").focus();
  });
  window.addEventListener("beforeunload", (event) => { if (changed.size) event.preventDefault(); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) document.querySelectorAll("form[data-sent]").forEach(release); });
  document.querySelector(".error-summary")?.focus();
  arrive();
})();
