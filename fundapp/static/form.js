/* Writing a proposal: what is typed is kept on the server while it is typed, and on this device while there is no line.
   Every page does its work without this file. Words come from the page, in its language. */
"use strict";
(() => {
  const EVERY = 3000;              // ms between two sendings while somebody types
  const LEAVING = 200;             // ms after the focus has left a row or the form
  const LONGEST = 30000;           // ms that an answer may take
  const PAUSES = [2000, 4000, 8000, 15000, 30000, 60000];
  const person = document.getElementById("main").dataset.person;
  const channel = new BroadcastChannel("fund");
  const pages = new Map();         // form -> Page
  const words = () => document.getElementById("form-words")?.dataset ?? {};
  const byId = (id) => document.getElementById(id);
  let over = false;                // signed out, or somebody else has signed in: nothing is kept or sent any more
  let signedOut = false;           // the session has ended: kept on the device, sent after signing in
  let full = false;                // the device keeps nothing (storage full or forbidden)
  let pause = 0;                   // how often in a row there was no line
  let later = 0;                   // the timer of the next try
  let parted = false;              // the page is being left

  /* What is not sent yet, on this device: "fund:<person>:<address>" -> {field: [what stood there, what stands there now, what was
     tried]}. What was tried and not answered may have arrived: it is no text of somebody else. */
  const device = {
    key: (url) => `fund:${person}:${url}`,
    read(url) {
      try {
        const found = JSON.parse(localStorage.getItem(device.key(url)) ?? "{}");
        return Object.fromEntries(Object.entries(found).filter(([, pair]) => Array.isArray(pair) && pair.length > 1));
      } catch { return {}; }
    },
    change(url, act) {
      if (over || !person) return;
      try {
        const all = device.read(url);
        act(all);
        if (Object.keys(all).length) localStorage.setItem(device.key(url), JSON.stringify(all));
        else localStorage.removeItem(device.key(url));
        full = false;
      } catch { full = true; }
    },
    /* The server has `text`: taken off the device, or what was typed since stands on top of it. */
    arrived(url, name, text) {
      device.change(url, (all) => {
        if (!all[name]) return;
        if (all[name][1] === text) delete all[name];
        else all[name] = [text, all[name][1]];
      });
    },
    addresses() {
      try {
        const start = device.key("");
        return Object.keys(localStorage).filter((key) => key.startsWith(start)).map((key) => key.slice(start.length));
      } catch { return []; }
    },
  };

  /* One request. Gives {line: false} where there was none or the server had none to give, else {status, type, text}. */
  async function send(url, fields, keepalive = false) {
    const headers = { "HX-Request": "true" };
    const how = { method: "POST", body: new URLSearchParams(fields), headers, keepalive };
    try {
      const answer = await fetch(url, keepalive ? how : { ...how, signal: AbortSignal.timeout(LONGEST) });
      if (answer.status >= 500 || answer.status === 429) return { line: false };
      return { line: true, status: answer.status, type: answer.headers.get("content-type") ?? "", text: await answer.text() };
    } catch { return { line: false }; }
  }
  const isJson = (answer) => answer.type.startsWith("application/json");
  const asDocument = (text) => new DOMParser().parseFromString(text, "text/html");
  const reasons = (answer) => {
    const told = asDocument(answer.text);
    return [...told.querySelectorAll(".reasons li, .message p")].map((each) => each.textContent.trim()).join(" ") || told.body.textContent.trim().slice(0, 200);
  };
  /* Two ways of writing the same: blanks around it, an amount with and without its groups. */
  const alike = (one, other) => one.trim() === other.trim() || (/\d/.test(one) && plain(one) === plain(other));
  const plain = (text) => text.replace(/[\s'\u2019]/g, "").replace(/[.,](?=\d{3}(\D|$))/g, "").replace(/[.,]0+$/, "");

  /* One page of the form: its fields, what stood in them on the server, and what is on its way. */
  class Page {
    constructor(form) {
      this.form = form;
      this.url = form.dataset.keep;
      this.was = JSON.parse(form.elements.namedItem("was")?.value || "{}");
      this.unsent = new Map();     // field -> [what stood there, what stands there now]
      this.tried = new Map();      // field -> texts that were sent and not answered
      this.theirs = new Map();     // field -> what somebody else wrote there meanwhile
      this.refused = new Map();    // field -> the text that was refused
      this.closed = "";            // why nothing of this page is taken any more
      this.busy = null;            // the request on its way
      this.leaving = false;        // the page is to be taken over, not only kept
      this.stale = false;          // something was kept since it was taken over
      this.quiet = false;          // fields are filled in by the script itself
      delete form.dataset.guard;
      this.restore();
    }

    controls(name) {
      const found = this.form.elements.namedItem(name);
      return !found ? [] : found instanceof RadioNodeList ? [...found] : [found];
    }
    value(name) {
      const chosen = this.controls(name).filter((each) => !["checkbox", "radio"].includes(each.type) || each.checked);
      return chosen.map((each) => each.value).join("\n");
    }
    put(name, text) {
      const lines = text.split("\n"), controls = this.controls(name);
      for (const each of controls) {
        if (each.type === "checkbox") each.checked = lines.includes(each.value);
        else if (each.type === "radio") each.checked = each.value === text;
        else each.value = text;
      }
      this.quiet = true;
      controls[0]?.dispatchEvent(new Event("input", { bubbles: true }));  // counters, sums, conditions
      this.quiet = false;
    }
    focused(name) {
      return document.hasFocus() && this.controls(name).includes(document.activeElement);
    }
    names() {
      const own = [...this.form.elements].filter((each) => each.name && !["file", "submit", "button"].includes(each.type));
      return new Set(own.map((each) => each.name).filter((name) => !["was", "then"].includes(name) && !name.startsWith("take-")));
    }

    /* What was typed and could not be sent stands in its field again, marked. */
    restore() {
      for (const [name, [was, now, tried]] of Object.entries(device.read(this.url))) {
        if (this.was[name] === now) { device.arrived(this.url, name, now); continue; }
        if (!this.controls(name).length) makeRow(this.form, name);
        this.unsent.set(name, [was, now]);
        if (tried) this.tried.set(name, new Set(tried));
        if (this.value(name) !== now) this.put(name, now);
        this.mark(name, true);
      }
      for (const box of this.form.querySelectorAll("[name^=take-]")) this.choice(box.name.slice(5));
    }
    /* The page came back with both texts of a field: the same choice as when they meet while somebody writes. */
    choice(name) {
      const text = this.was[name] ?? "";
      this.say(name, "");
      this.unsent.set(name, [text, this.value(name)]);
      device.change(this.url, (all) => { all[name] = [text, this.value(name)]; });
      this.differ(name, text);
    }
    mark(name, on) {
      const place = byId(`${name}-error`), there = byId(`${name}-unsent`);
      if (!on) there?.remove();
      if (!on || there || !place || !words().unsent) return;
      const told = document.createElement("p");
      told.id = `${name}-unsent`;
      told.className = "hint";
      told.textContent = words().unsent;
      place.before(told);
    }

    /* A field was changed: it is kept on the device until the server has it. */
    note(name) {
      const now = this.value(name), was = this.unsent.get(name)?.[0] ?? this.was[name] ?? "";
      if (now === was && !this.tried.has(name)) {
        this.unsent.delete(name);
        device.change(this.url, (all) => { delete all[name]; });
        this.mark(name, false);
      } else {
        this.unsent.set(name, [was, now]);
        const tried = this.tried.get(name);
        device.change(this.url, (all) => { all[name] = tried ? [was, now, [...tried]] : [was, now]; });
      }
      const both = byId(`${name}-conflict`);
      if (both) both.querySelector("[data-mine]").textContent = this.shown(name, now);
    }
    /* A row counts as it is seen: with its first word go the choices that stand in it already. */
    touched(control) {
      if (this.quiet || !this.names().has(control.name)) return;
      this.note(control.name);
      const row = control.closest("[data-row]");
      if (row) for (const each of row.querySelectorAll("select, input[type=radio]:checked, input[type=hidden]")) {
        if (each.name && !(each.name in this.was) && !this.unsent.has(each.name)) this.note(each.name);
      }
      this.soon(EVERY);
      tell();
    }

    soon(ms) {
      const at = Date.now() + ms;
      if (this.timer && this.at <= at) return;
      clearTimeout(this.timer);
      this.at = at;
      this.timer = setTimeout(() => { this.timer = 0; this.run(); }, ms);
    }
    takeOver(ms = LEAVING) {
      if (!this.unsent.size && !this.stale) return;
      this.leaving = true;
      this.soon(ms);
    }
    /* What can be sent. A text that was taken back after it may have arrived is sent as a change of what was tried. */
    batch() {
      const open = [...this.unsent].filter(([name, [, now]]) => !this.theirs.has(name) && this.refused.get(name) !== now);
      return open.map(([name, [was, now]]) => [name, [was === now ? [...(this.tried.get(name) ?? [was])].pop() : was, now]]);
    }
    /* Sends what has changed; at most one request of a page is on its way. */
    run(now = false) {
      if (over || signedOut || this.closed || this.busy || (pause && !now)) { tell(); return this.busy; }
      clearTimeout(this.timer);
      this.timer = 0;
      const batch = this.batch(), leaving = this.leaving && (batch.length > 0 || this.stale);
      this.leaving = false;
      if (!batch.length && !leaving) { tell(); return null; }
      this.busy = this.carry(batch, leaving).finally(() => {
        this.busy = null;
        if (!pause && this.batch().length) this.soon(this.leaving ? 0 : EVERY);
        else if (!pause && this.leaving) this.soon(0);
        tell();
      });
      tell();
      return this.busy;
    }
    body(batch, leaving) {
      const pairs = Object.fromEntries(batch);
      if (!leaving) return { fields: JSON.stringify(pairs) };
      const was = Object.fromEntries(batch.map(([name, [before]]) => [name, before]));
      return { ...Object.fromEntries(batch.map(([name, [, now]]) => [name, now])), then: "quiet", was: JSON.stringify(was) };
    }
    async carry(batch, leaving) {
      const sent = new Map(batch.map(([name, [, now]]) => [name, now]));
      const answer = await send(leaving ? this.form.action : this.url, this.body(batch, leaving));
      if (over) return;
      if (!answer.line) { this.unanswered(sent, leaving); return; }
      pause = 0;
      if (answer.status === 401) { endOfSession(); return; }
      const told = leaving && !isJson(answer) ? asDocument(answer.text) : null;
      if (isJson(answer)) this.kept(sent, JSON.parse(answer.text));
      else if (told?.getElementById("opened")) this.taken(sent, told);
      else this.closed = reasons(answer);
    }
    unanswered(sent, leaving) {
      this.leaving ||= leaving;
      for (const [name, text] of sent) {
        if (!this.tried.has(name)) this.tried.set(name, new Set());
        this.tried.get(name).add(text);
        this.note(name);
        this.mark(name, true);
      }
      noLine();
    }
    /* The answer to fields that were kept: what arrived, what somebody else has changed, what is refused and why. */
    kept(sent, answer) {
      for (const [name, text] of sent) {
        if (name in answer.theirs) this.differ(name, answer.theirs[name]);
        else if (!answer.refused) { this.arrived(name, text); this.stale = true; }
      }
      for (const [place, why] of Object.entries(answer.refused ?? {})) {
        const names = [...sent.keys()].filter((name) => name === place || name.startsWith(`${place}-`));
        for (const name of names) this.refused.set(name, sent.get(name));
        if (names.length) this.say(names[0], why);
        else this.closed = why;
      }
    }
    arrived(name, text) {
      this.was[name] = text;
      this.tried.delete(name);
      this.refused.delete(name);
      this.unsent.delete(name);
      device.arrived(this.url, name, text);
      this.mark(name, false);
      if (this.controls(name).length && this.value(name) !== text) this.note(name);
    }
    /* The page was taken over: errors, what is missing and figures take their places, and newer texts of others in fields nobody is in. */
    taken(sent, answer) {
      this.stale = false;
      const opened = answer.getElementById("opened");
      const stands = JSON.parse(opened.dataset.was), theirs = JSON.parse(opened.dataset.theirs);
      opened.remove();
      this.place(answer);
      if (Object.keys(theirs).length) {
        for (const [name, text] of Object.entries(theirs)) { this.say(name, ""); this.differ(name, text); }
        this.stale = this.leaving = true;
        return;
      }
      for (const [name, text] of sent) this.arrived(name, text);
      const gone = Object.keys(this.was).filter((name) => !(name in stands));
      for (const name of Object.keys(stands)) this.follow(name, stands[name]);
      for (const name of gone) {
        this.follow(name, "");
        if (!this.unsent.has(name)) delete this.was[name];
      }
      for (const row of new Set(gone.map((name) => this.controls(name)[0]?.closest("[data-row]")))) this.hideEmpty(row);
    }
    /* A row that somebody else has taken out. */
    hideEmpty(row) {
      if (!row?.querySelector("[data-remove]") || row.contains(document.activeElement)) return;
      const names = [...row.querySelectorAll("[name]")].map((each) => each.name);
      if (!names.some((name) => name in this.was || this.unsent.has(name))) row.hidden = true;
    }
    /* What stands on the server now, into a field that holds nothing newer. */
    follow(name, text) {
      if (this.unsent.has(name)) return;
      const before = this.was[name] ?? "";
      if (!this.controls(name).length && text) makeRow(this.form, name);
      const here = this.value(name);
      this.was[name] = text;
      if (here === before && here !== text && !this.focused(name)) this.put(name, text);
    }
    place(answer) {
      const errors = new Map();
      for (const fresh of answer.querySelectorAll("[id]")) {
        if (fresh.id.endsWith("-error")) { errors.set(fresh.id.slice(0, -6), fresh.textContent.trim()); continue; }
        if (fresh.parentElement.closest("[id]")) continue;  // comes with what it stands in
        const old = byId(fresh.id);
        if (old && fresh.id !== "save-state" && !old.contains(document.activeElement)) old.replaceWith(document.adoptNode(fresh));
      }
      for (const name of this.names()) {
        if (!this.focused(name)) this.say(name, errors.get(name) ?? "");
      }
    }
    say(name, text) {
      const place = byId(`${name}-error`);
      if (!place || (!text && !place.textContent.trim())) return;
      place.textContent = text;
      place.closest(".field")?.classList.toggle("has-error", text !== "");
      for (const each of this.controls(name)) {
        if (text) each.setAttribute("aria-invalid", "true"); else each.removeAttribute("aria-invalid");
      }
    }

    /* Somebody else has changed the field: both texts stand below it until one is chosen. */
    differ(name, text) {
      const [, now] = this.unsent.get(name) ?? ["", this.value(name)];
      const own = [...(this.tried.get(name) ?? [])].some((each) => alike(each, text)) || alike(now, text);
      if (own) { this.rebase(name, text); return; }
      this.theirs.set(name, text);
      const model = byId("form-conflict"), place = byId(`${name}-error`);
      if (!model || !place || byId(`${name}-conflict`)) return;
      const both = model.content.cloneNode(true).firstElementChild;
      both.id = `${name}-conflict`;
      both.setAttribute("aria-label", both.dataset.label.replace("{field}", this.label(name)));
      both.querySelector("[data-mine]").textContent = this.shown(name, now);
      both.querySelector("[data-theirs]").textContent = this.shown(name, text);
      both.addEventListener("click", (event) => {
        const choice = event.target.closest("[data-take]")?.dataset.take;
        if (choice) this.choose(name, choice);
      });
      place.after(both);
    }
    choose(name, choice) {
      const text = this.theirs.get(name), control = this.controls(name).find((each) => each.checked) ?? this.controls(name)[0];
      this.theirs.delete(name);
      byId(`${name}-conflict`)?.remove();
      this.rebase(name, text);
      if (choice === "theirs") { this.put(name, text); this.note(name); }
      control?.focus();
      this.soon(0);
      tell();
    }
    /* From here on what is typed stands on this text of the server. */
    rebase(name, text) {
      this.was[name] = text;
      this.tried.delete(name);
      const now = this.unsent.get(name)?.[1] ?? this.value(name);
      this.unsent.set(name, [text, now]);
      this.note(name);
    }
    label(name) {
      const control = this.controls(name)[0];
      const many = control?.type === "radio" && control.closest("fieldset")?.querySelector("legend");
      return (many || control?.labels?.[0])?.textContent.trim() ?? control?.getAttribute("aria-label") ?? name;
    }
    /* A text as a reader of the page sees it: the words of a choice, a tick, or that it is empty. */
    shown(name, text) {
      const [control] = this.controls(name), lines = text.split("\n").filter(Boolean);
      if (control?.type === "checkbox" && this.controls(name).length === 1) return text ? words().ticked : words().notTicked;
      const said = (code) => {
        if (control?.tagName === "SELECT") return [...control.options].find((each) => each.value === code)?.textContent.trim();
        return this.controls(name).find((each) => ["radio", "checkbox"].includes(each.type) && each.value === code)?.closest("label")?.textContent.trim();
      };
      return lines.map((code) => said(code) ?? code).join("\n") || byId("save-state")?.dataset.empty;
    }

    /* The same page in another tab of this device has changed or sent a field. */
    mirror(before, after) {
      for (const [name, [was, now, tried]] of Object.entries(after)) {
        if (before[name]?.[0] === was && before[name]?.[1] === now) continue;
        if (!this.controls(name).length) makeRow(this.form, name);
        const mine = this.focused(name) ? this.value(name) : now;
        this.unsent.set(name, [was, mine]);
        if (tried) this.tried.set(name, new Set(tried));
        if (this.value(name) !== mine) this.put(name, mine);
      }
      for (const name of Object.keys(before)) {
        if (!(name in after) && this.unsent.get(name)?.[1] === before[name][1]) {
          this.was[name] = before[name][1];
          this.unsent.delete(name);
          this.tried.delete(name);
          this.mark(name, false);
        }
      }
    }
  }

  /* Rows are made by rows.js; a field of a row that is not there yet asks for it. */
  function makeRow(form, name) {
    const [, prefix, slot] = name.match(/^([a-z_]+)-(\d{1,9})-/) ?? [];
    if (prefix) form.dispatchEvent(new CustomEvent("fund:row", { bubbles: true, detail: { prefix, slot } }));
  }
  function noLine() {
    if (!later) {
      later = setTimeout(retry, PAUSES[Math.min(pause, PAUSES.length - 1)]);
      pause += 1;
    }
    tell();
  }
  function retry() {
    clearTimeout(later);
    later = 0;
    if (over || signedOut) return;
    for (const page of pages.values()) page.run(true);
    if (device.addresses().length) sendOthers();
  }
  function endOfSession() {
    signedOut = true;
    tell();
  }

  /* What was written on pages that are not open here: kept, then taken over. What meets another text or a refusal waits for its page. */
  let carrying = null;
  function sendOthers() {
    carrying ??= carryOthers().finally(() => { carrying = null; });
    return carrying;
  }
  async function carryOthers() {
    if (!person || over || signedOut) return;
    const open = new Set([...pages.values()].map((page) => page.url));
    for (const url of device.addresses().filter((each) => !open.has(each))) {
      const fields = device.read(url);
      const pairs = Object.fromEntries(Object.entries(fields).map(([name, [was, now]]) => [name, [was, now]]));
      const answer = await send(url, { fields: JSON.stringify(pairs) });
      if (over) return;
      if (!answer.line) { noLine(); return; }
      pause = 0;
      if (answer.status === 401) { endOfSession(); return; }
      if (!isJson(answer)) continue;
      const { theirs, refused } = JSON.parse(answer.text);
      if (refused) continue;
      for (const [name, [, now]] of Object.entries(pairs)) if (!(name in theirs)) device.arrived(url, name, now);
      await send(url.replace(/\/keep$/, ""), { then: "quiet", was: "{}" });
    }
    tellOthers();
  }
  /* A line above every page while something waits that belongs to another one, with the way there. */
  function tellOthers() {
    const open = new Set([...pages.values()].map((page) => page.url));
    const left = device.addresses().filter((url) => !open.has(url)), there = byId("unsent-elsewhere");
    const place = byId("messages");
    if (!left.length || !place?.dataset.unsent) { there?.remove(); return; }
    const told = document.createElement("p");
    told.id = "unsent-elsewhere";
    told.className = "message refused";
    told.append(`${place.dataset.unsent} `);
    left.forEach((url, n) => {
      const link = document.createElement("a");
      link.href = url.replace(/\/keep$/, "");
      link.textContent = left.length > 1 ? `${place.dataset.lookAtIt} (${n + 1})` : place.dataset.lookAtIt;
      told.append(link, " ");
    });
    if (there) there.replaceWith(told); else place.append(told);
  }

  /* One line for all pages on the screen. Saving and saved are seen, not read out; what needs somebody is. */
  let said = "";
  function tell() {
    const place = byId("save-state");
    if (!place) return;
    const all = [...pages.values()], w = { ...words(), ...place.dataset };
    const conflicts = all.flatMap((page) => [...page.theirs.keys()].map((name) => page.label(name)));
    const closed = all.map((page) => page.closed).find(Boolean);
    const unsent = all.some((page) => page.unsent.size);
    let state = "", text = "", link = null;
    if (over) { state = "offline"; text = w.over; link = w.signIn; }
    else if (signedOut) { state = "offline"; text = full ? w.full : w.signedOut; link = w.signIn; }
    else if (full && unsent) { state = "offline"; text = w.full; }
    else if (closed) { state = "offline"; text = `${w.closed} ${closed}`; }
    else if (pause && unsent) { state = "offline"; text = w.waiting; }
    else if (conflicts.length) { state = "offline"; text = w.refused.replace("{field}", conflicts[0]); }
    else if (all.some((page) => page.refused.size)) { state = "offline"; text = w.notSaved; }
    else if (all.some((page) => page.busy)) { state = "saving"; text = w.saving; }
    else if (unsent) { state = "saving"; text = w.saving; }
    else if (said) { state = "saved"; text = w.saved.replace("{time}", new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" })); }
    if (!state || (said === state + text)) return;
    const calm = state !== "offline" && !said.startsWith("offline");
    said = state + text;
    place.setAttribute("aria-live", calm ? "off" : "polite");
    place.className = `save-state ${state}`;
    place.textContent = text;
    if (link) {
      const way = document.createElement("a");
      way.href = `/people/sign-in?next=${encodeURIComponent(location.pathname)}`;
      way.textContent = link;
      place.append(" ", way);
    }
    if (full) all.forEach((page) => { page.form.dataset.guard = ""; });
  }

  function start() {
    for (const form of [...pages.keys()]) if (!form.isConnected) pages.delete(form);
    for (const form of document.querySelectorAll("form[data-page][data-keep]")) {
      if (pages.has(form)) continue;
      pages.set(form, new Page(form));
    }
    for (const page of pages.values()) if (page.unsent.size) page.takeOver(0);
    tell();
    if (device.addresses().length) sendOthers(); else tellOthers();
  }
  const of = (control) => pages.get(control?.form);
  const on = (name, act, how) => document.addEventListener(name, act, how);

  on("input", (event) => of(event.target)?.touched(event.target));
  on("change", (event) => {
    const page = of(event.target);
    if (!page || page.quiet) return;
    page.touched(event.target);
    page.soon(0);
  });
  on("focusout", (event) => {
    const page = of(event.target), to = event.relatedTarget;
    if (!page) return;
    const row = event.target.closest("[data-row]");
    if (!page.form.contains(to) || (row && !row.contains(to))) page.takeOver();
    else if (page.batch().length) page.soon(LEAVING);
  });
  on("fund:changed", (event) => {  // rows.js has emptied or brought back fields
    const page = pages.get(event.target.closest("form"));
    if (!page) return;
    for (const each of event.target.querySelectorAll("[name]")) page.note(each.name);
    page.takeOver();
  });

  /* The whole page goes the ordinary way; what is on its way arrives first, and without a line everything stays where it is. */
  let passing = null;
  on("submit", (event) => {
    const form = event.target, page = pages.get(form);
    if (form === passing || event.defaultPrevented) return;
    const whole = (form.getAttribute("action") ?? "").match(/^(\/measures\/\d+\/)submit/)?.[1];
    const first = page ? [page].filter((each) => each.busy || (pause && each.batch().length)) : whole ? [...pages.values()] : [];
    const waits = () => device.addresses().some((url) => whole && url.startsWith(whole));
    if (!first.length && !waits()) {
      if (page) leave(page);
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    const button = event.submitter;
    (async () => {
      for (const each of first) {
        await each.busy;
        if (pause || !page) await each.run(true);
      }
      if (waits()) await sendOthers();
      if (over || signedOut || waits() || first.some((each) => pause && each.batch().length)) { tell(); tellOthers(); return; }
      if (page) leave(page);
      passing = form;
      form.requestSubmit(button);
      passing = null;
    })();
  }, true);
  function leave(page) {
    clearTimeout(page.timer);
    page.timer = 0;
    page.leaving = page.stale = false;
    page.handed = page.batch();
    const was = page.form.elements.namedItem("was");
    if (was) was.value = JSON.stringify(page.was);
  }

  function parting() {
    if (over || signedOut || pause) return;
    for (const page of pages.values()) {
      const batch = page.batch();
      if (page.form.isConnected && !page.closed && !page.handed && (batch.length || page.stale)) {
        send(page.form.action, page.body(batch, true), true);
        page.stale = false;
        for (const [name, [, now]] of batch) page.tried.set(name, (page.tried.get(name) ?? new Set()).add(now));
        for (const [name] of batch) page.note(name);
      }
    }
  }
  /* The ordinary way has led on: what went with it has arrived. */
  on("htmx:beforeOnLoad", (event) => {
    const page = pages.get(event.detail.elt), { handed } = page ?? {};
    if (!handed) return;
    page.handed = null;
    if (event.detail.xhr.status === 200) for (const [name, [, now]] of handed) device.arrived(page.url, name, now);
  });
  on("htmx:sendError", (event) => {
    const page = pages.get(event.detail.elt);
    if (page) { page.handed = null; noLine(); }
  });
  window.addEventListener("pagehide", () => { parting(); parted = true; });
  window.addEventListener("pageshow", () => { parted = false; for (const page of pages.values()) page.handed = null; });
  on("visibilitychange", () => {
    if (parted) return;
    if (document.hidden) for (const page of pages.values()) page.run();
    else if (pause || device.addresses().length) retry();
  });
  window.addEventListener("online", () => { pause = 0; retry(); });
  window.addEventListener("offline", () => { if (pages.size) noLine(); });
  window.addEventListener("storage", (event) => {
    const page = [...pages.values()].find((each) => device.key(each.url) === event.key);
    if (!page || over) return;
    const read = (text) => { try { return JSON.parse(text ?? "{}"); } catch { return {}; } };
    page.mirror(read(event.oldValue), read(event.newValue));
    page.soon(3 * EVERY);          // the other tab sends it, unless it has been closed
    tell();
  });
  function end() {
    over = true;
    for (const page of pages.values()) { clearTimeout(page.timer); page.unsent.clear(); delete page.form.dataset.guard; }
    clearTimeout(later);
    tell();
  }
  on("fund:out", end);
  channel.onmessage = (event) => {
    if (event.data === "out" || (event.data.person && event.data.person !== person)) end();
    else if (event.data.person === person && signedOut) { signedOut = false; retry(); }
  };
  on("htmx:afterSettle", start);
  window.fundForm = { send: () => Promise.all([...[...pages.values()].map((page) => page.run(true)), sendOthers()]) };
  start();
})();
