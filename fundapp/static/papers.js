/* Papers of a proposal: several at once, each sent as a request of its own with its progress, tried again when the line breaks.
   The same bytes sent twice are one paper on the server. The page does its work without this file, one paper after the other. */
"use strict";
(() => {
  const MOST = 15 * 1024 * 1024;              // the server's limit for one file
  const PAUSES = [1000, 2000, 4000, 8000, 16000];
  const STALLED = 60000;                      // ms without a sign of progress
  const words = () => document.getElementById("form-words")?.dataset ?? {};
  const waiting = [];
  let now = null;                             // the paper on its way

  class Paper {
    constructor(form, file, kind) {
      Object.assign(this, { form, file, kind, tries: 0 });
      const model = document.getElementById("form-paper").content.firstElementChild;
      this.place = model.cloneNode(true);
      this.part("name").textContent = file.name;
      this.part("cancel").setAttribute("aria-label", `${this.part("cancel").textContent}: ${file.name}`);
      this.part("again").setAttribute("aria-label", `${this.part("again").textContent}: ${file.name}`);
      this.part("cancel").addEventListener("click", () => this.cancel());
      this.part("again").addEventListener("click", () => { this.tries = 0; this.wait(); });
      list(form).append(this.place);
    }
    part(name) { return this.place.querySelector(`[data-${name}]`); }
    say(text, { running = false, failed = false } = {}) {
      this.part("state").textContent = text;
      this.part("state").classList.toggle("late", failed);
      this.part("progress").hidden = !running;
      this.part("again").hidden = !failed || this.unfit;
    }
    /* Why it cannot be taken, before anything is sent; '' if it can. */
    why() {
      const accept = this.form.querySelector("input[type=file][accept*='.']")?.accept.split(",").map((each) => each.trim()) ?? [];
      const name = this.file.name.toLowerCase();
      if (this.file.size > MOST) return words().tooLarge;
      if (!this.file.size) return words().emptyFile;
      return accept.length && !accept.some((end) => name.endsWith(end)) ? words().wrongKind : "";
    }
    wait() {
      const why = this.why();
      if (why) { this.unfit = true; this.say(why, { failed: true }); return; }
      this.say(words().queued);
      waiting.push(this);
      next();
    }
    send() {
      this.say(words().sendingPaper, { running: true });
      const request = this.request = new XMLHttpRequest(), data = new FormData();
      let watch = 0;
      const alive = () => { clearTimeout(watch); watch = setTimeout(() => request.abort(), STALLED); };
      data.append("kind", this.kind);
      data.append("file", this.file);
      request.open("POST", this.form.action);
      request.setRequestHeader("HX-Request", "true");
      request.upload.addEventListener("progress", (event) => {
        alive();
        if (event.lengthComputable) this.part("progress").value = event.loaded / event.total;
      });
      request.addEventListener("loadend", () => { clearTimeout(watch); this.answered(request); });
      alive();
      request.send(data);
    }
    answered(request) {
      if (this.cancelled) { done(); return; }
      if (!request.status || request.status >= 500 || request.status === 429) { this.broken(); return; }
      const answer = new DOMParser().parseFromString(request.responseText, "text/html");
      if (request.status === 200) {
        for (const id of ["papers", "missing", "steps"]) {
          const fresh = answer.getElementById(id), old = document.getElementById(id);
          if (fresh && old && !old.contains(document.activeElement)) old.replaceWith(document.adoptNode(fresh));
        }
        this.say(words().sent);
        this.part("cancel").remove();
      } else if (request.status === 401) this.say(words().signedOutPaper, { failed: true });
      else {
        const told = [...answer.querySelectorAll("#file-error, #kind-error, .reasons li")].map((each) => each.textContent.trim());
        this.say(told.filter(Boolean).join(" ") || words().failed, { failed: true });
      }
      done();
    }
    broken() {
      if (this.tries >= PAUSES.length) { this.say(words().failed, { failed: true }); done(); return; }
      this.say(words().line);
      const again = () => { clearTimeout(this.timer); window.removeEventListener("online", again); if (!this.cancelled) this.send(); };
      this.timer = setTimeout(again, PAUSES[this.tries]);
      window.addEventListener("online", again);
      this.tries += 1;
    }
    cancel() {
      this.cancelled = true;
      clearTimeout(this.timer);
      if (waiting.includes(this)) waiting.splice(waiting.indexOf(this), 1);
      this.place.remove();
      this.form.querySelector("input[type=file]")?.focus();
      if (now !== this) return;
      if (this.request.readyState === XMLHttpRequest.DONE || !this.request.readyState) done(); else this.request.abort();
    }
  }
  function next() {
    if (now || !waiting.length) return;
    now = waiting.shift();
    now.send();
  }
  function done() {
    now = null;
    next();
  }
  function list(form) {
    const there = document.getElementById("sending");
    if (there) return there;
    const made = document.createElement("ul");
    made.id = "sending";
    made.className = "files";
    made.setAttribute("aria-label", words().papers);
    form.append(made);
    return made;
  }

  document.addEventListener("change", (event) => {
    const input = event.target, form = input.form;
    if (input.type !== "file" || !form?.matches("[data-papers]") || !input.files.length) return;
    const place = document.getElementById(`${input.id}-error`), files = [...input.files];
    const kind = form.elements.namedItem("kind"), several = form.dataset.several?.split(" ") ?? [];
    input.value = "";                         // sent by itself: not once more with the form
    input.removeAttribute("aria-invalid");
    if (place) place.textContent = "";
    if (!kind.value) { if (place) place.textContent = words().sayKind; kind.focus(); return; }
    if (files.length > 1 && form.dataset.several !== undefined && !several.includes(kind.value)) {
      if (place) place.textContent = words().onlyOne;
      return;
    }
    for (const file of files) new Paper(form, file, kind.value).wait();
  });
  window.addEventListener("beforeunload", (event) => { if (now || waiting.length) event.preventDefault(); });
})();
