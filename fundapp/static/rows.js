/* Rows of a form (one more, one less, back again), sums while they are typed, and questions that hang on an answer.
   What the server reckons takes the place of what stands here. Every page does its work without this file. */
"use strict";
(() => {
  const words = () => document.getElementById("form-words")?.dataset ?? {};
  const on = (name, act) => document.addEventListener(name, act);
  const each = (root, what, act) => root.querySelectorAll(what).forEach(act);
  const rowsOf = (list) => [...list.querySelectorAll("[data-row]:not(template)")];
  const seen = (list) => rowsOf(list).filter((row) => !row.hidden);
  const fieldsOf = (row) => [...row.querySelectorAll("[name]")];
  const blank = (row) => fieldsOf(row).every((field) => field.tagName === "SELECT" || (["checkbox", "radio"].includes(field.type) ? !field.checked : !field.value.trim()));

  /* Rows. A row's number is its own for ever: after the last one, and so far beyond that two who add at once do not meet. */
  function freeSlot(list) {
    const taken = rowsOf(list).map((row) => Number(row.dataset.row));
    const next = Math.max(99, ...taken) + 1 + Math.floor(Math.random() * 100000);
    return next < 1e9 ? next : Math.floor(Math.random() * 1e9);
  }
  function add(list, slot) {
    const model = list.querySelector("template[data-row]") ?? list.parentElement.querySelector(`template[data-row="${list.dataset.rows}"]`);
    if (!model) return null;
    const row = document.importNode(model.content, true).firstElementChild;
    for (const one of [row, ...row.querySelectorAll("*")]) {
      for (const attribute of [...one.attributes]) {
        if (attribute.value.includes("__slot__")) attribute.value = attribute.value.replaceAll("__slot__", slot);
      }
    }
    if (list.contains(model)) model.before(row); else (list.tBodies?.[0] ?? list).append(row);
    prepare(row);
    count(list);
    return row;
  }
  function count(list) {
    const full = seen(list).length >= Number(list.dataset.most || Infinity);
    each(document, `[data-add="${list.dataset.rows}"]`, (button) => { button.disabled = full; });
  }
  function remove(row) {
    const list = row.closest("[data-rows]"), before = fieldsOf(row).map((field) => [field, field.value, field.checked]);
    for (const field of fieldsOf(row)) {
      if (["checkbox", "radio"].includes(field.type)) field.checked = false;
      else if (field.tagName === "SELECT") field.selectedIndex = [...field.options].findIndex((option) => option.value === "");
      else field.value = "";
    }
    row.hidden = true;
    const line = document.createElement("p"), back = document.createElement("button");
    line.className = "soft";
    line.append(`${words().removed} `, back);
    const told = row.tagName === "TR" ? document.createElement("tr") : line;
    if (told !== line) told.insertCell().append(line);
    if (told !== line) Object.assign(told.cells[0], { colSpan: row.cells.length, className: "full" });
    back.type = "button";
    back.className = "button plain";
    back.textContent = words().putBack;
    back.addEventListener("click", () => {
      for (const [field, value, checked] of before) { field.value = value; field.checked = checked; }
      row.hidden = false;
      told.remove();
      row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
      settle(row, list);
    });
    row.before(told);
    back.focus();
    settle(row, list);
  }
  function settle(row, list) {
    count(list);
    reckon(row.closest("form"));
    row.dispatchEvent(new CustomEvent("fund:changed", { bubbles: true }));
  }
  function prepare(root) {
    each(root, "[data-remove], [data-add]", (button) => { button.hidden = false; });
    each(root, "[data-without-script]", (place) => { place.hidden = true; });
  }

  /* Numbers as the reader writes them: the page shows how it writes 1234567.89 of its currency. */
  function writing() {
    const sample = words().sample || "1,234,567.89", marks = sample.replace(/\d/g, "");
    const decimal = marks.at(-1) !== marks[0] ? marks.at(-1) : "";
    return { group: marks[0] ?? ",", decimal, digits: decimal ? sample.split(decimal)[1].length : 0 };
  }
  const DECIMALS = 3;  // of a quantity
  function money(text) {
    const { group, decimal, digits } = writing(), typed = text.trim();
    if (!typed) return 0n;
    const [whole, fraction = "", ...more] = decimal ? typed.split(decimal) : [typed];
    const marks = [group, " \u00a0\u202f\u2009", "'\u2019"].find((one) => new RegExp(`^[1-9]\\d{0,2}([${one}]\\d{3})+$`).test(whole));
    const plain = marks ? whole.replace(new RegExp(`[${marks}]`, "g"), "") : whole;
    if (more.length || !/^\d{1,13}$/.test(plain) || !/^\d*$/.test(fraction) || fraction.length > digits) return null;
    return BigInt(plain + fraction.padEnd(digits, "0"));
  }
  function quantity(text) {
    const found = text.trim().match(/^(\d{1,9})(?:[.,](\d{1,3}))?$/);
    return found ? BigInt(found[1] + (found[2] ?? "").padEnd(DECIMALS, "0")) : text.trim() ? null : 0n;
  }
  function shown(amount) {
    const { group, decimal, digits } = writing(), text = String(amount < 0n ? -amount : amount).padStart(digits + 1, "0");
    const whole = text.slice(0, text.length - digits).replace(/\B(?=(\d{3})+$)/g, group === " " ? "\u00a0" : group);
    const bare = words().bare && /^0*$/.test(text.slice(-digits));
    return (amount < 0n ? "-" : "") + whole + (digits && !bare ? decimal + text.slice(-digits) : "");
  }
  /* Quantity times price, half up: as kit.money.times reckons it. */
  const times = (many, price) => (many * price * 2n + 1000n) / 2000n;
  const field = (row, name) => row.querySelector(`[name$="-${name}"], [name="${name}"]`);
  const amount = (row, names) => {
    const [many, price] = names.split(" ").map((name) => field(row, name)?.value ?? "");
    const one = quantity(many), other = money(price);
    return one === null || other === null ? null : times(one, other);
  };
  function put(id, value) {
    const place = document.getElementById(id), text = value === null ? "–" : shown(value);
    if (place && place.textContent !== text) place.textContent = text;
  }
  const total = (found) => (found.includes(null) ? null : found.reduce((sum, one) => sum + one, 0n));
  const less = (whole, part) => (whole === null || part === null ? null : whole - part);
  function reckon(form) {
    if (!form) return;
    const lines = form.querySelector("[data-rows=lines]"), sources = [...form.querySelectorAll("[name^=sources-]")];
    if (lines) {
      const found = seen(lines).map((row) => [row, amount(row, "quantity unit_price")]);
      for (const [row, value] of found) put(`lines-${row.dataset.row}-amount`, blank(row) ? 0n : value);
      put("lines-sum", total(found.map(([, value]) => value)));
    }
    if (sources.length) {
      const rests = [], columns = new Map();
      for (const row of new Set(sources.map((one) => one.closest("[data-row]")))) {
        const given = [...row.querySelectorAll("[name^=sources-]")].map((one) => [one.name.split("-")[2], money(one.value)]);
        for (const [name, value] of given) columns.set(name, [...(columns.get(name) ?? []), value]);
        const whole = money(document.getElementById(`sources-${row.dataset.row}-amount`)?.textContent ?? "");
        rests.push(less(whole, total(given.map(([, value]) => value))));
        put(`sources-${row.dataset.row}-rest`, rests.at(-1));
      }
      for (const [name, values] of columns) put(`sources-sum-${name}`, total(values));
      put("sources-sum-rest", total(rests));
    }
    each(form, "[data-sum]", (place) => {
      const row = place.closest("[data-row]"), number = (name) => Number(field(row, name)?.value.trim() || 0);
      if (!row || !place.dataset.of || !field(row, place.dataset.of)?.value.trim()) { place.textContent = ""; return; }
      const sum = place.dataset.sum.split(" ").reduce((so_far, name) => so_far + number(name), 0), all = number(place.dataset.of);
      const text = Number.isInteger(sum) && Number.isInteger(all) ? place.dataset[sum === all ? "agrees" : sum < all ? "less" : "more"] : "";
      place.textContent = text.replace("{sum}", sum).replace("{missing}", Math.abs(all - sum));
      place.classList.toggle("late", text !== "" && sum !== all);
    });
  }

  /* A question that hangs on an earlier answer; hidden, it keeps what was written. */
  function conditions(root) {
    each(root, "[data-if]", (part) => {
      const form = part.closest("form"), found = form?.elements.namedItem(part.dataset.if);
      if (!found) return;
      const all = found instanceof RadioNodeList ? [...found] : [found];
      const chosen = all.filter((one) => !["radio", "checkbox"].includes(one.type) || one.checked).map((one) => one.value);
      part.hidden = !chosen.includes(part.dataset.is) || all.every((one) => one.closest("[data-if]")?.hidden);
    });
  }

  on("input", (event) => { reckon(event.target.form); if (event.target.form) conditions(event.target.form); });
  on("change", (event) => { if (event.target.form) conditions(event.target.form); });
  on("fund:row", (event) => {
    const { prefix, slot } = event.detail, list = event.target.querySelector(`[data-rows="${prefix}"]`);
    const there = list && rowsOf(list).find((row) => row.dataset.row === slot);
    if (there) there.hidden = false; else if (list) add(list, slot);
  });
  on("click", (event) => {
    const button = event.target.closest("[data-add], [data-remove]");
    if (!button) return;
    if (button.matches("[data-remove]")) { remove(button.closest("[data-row]")); return; }
    const list = (button.form ?? document).querySelector(`[data-rows="${button.dataset.add}"]`);
    event.preventDefault();
    const row = add(list, freeSlot(list));
    row?.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  });
  function start() {
    each(document, "form[data-page]", prepare);
    each(document, "[data-rows]", (list) => {
      for (const row of rowsOf(list)) if (row.matches(".spare") && blank(row)) row.remove();
      if (!seen(list).length) add(list, freeSlot(list));
      count(list);
    });
    each(document, "form[data-page]", (form) => { conditions(form); });
  }
  on("htmx:afterSettle", start);
  start();
})();
