// Sends forms without leaving the page, tells what is new, keeps drafts, obeys keys. Every page works without it.

const policy = window.trustedTypes?.createPolicy("desk", { createHTML: (text) => text });
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const byId = (id) => (id ? document.getElementById(id) : null);
const words = byId("words")?.dataset ?? {};
const LINKS = "a[href], summary, button";
const FIELDS = "select, textarea, input:not([type=hidden]), button";
const fill = (text, n) => (text ?? "").replace("{n}", n);

// A parsed document is inert: no script runs, nothing is fetched before it is put into the page.
function parse(html) {
  return new DOMParser().parseFromString(policy ? policy.createHTML(html) : html, "text/html");
}

function say(text) {
  const said = $("#said");
  if (said) said.textContent = text;
}

// ---- sending a form, putting the answer into the page

const PATIENCE = 20_000;
const QUIET = 300;
let waits = 0;

async function ask(address, options = {}) {
  const stop = new AbortController();
  const late = setTimeout(() => stop.abort(), PATIENCE);
  const slow = setTimeout(() => {
    document.documentElement.dataset.waiting = "";
    say(words.waiting);
  }, QUIET);
  waits += 1;
  try {
    const answer = await fetch(address, { ...options, signal: stop.signal });
    return { answer, page: parse(await answer.text()) };
  } finally {
    clearTimeout(late);
    clearTimeout(slow);
    waits -= 1;
    if (!waits) delete document.documentElement.dataset.waiting;
  }
}

// What somebody has typed stays when the page around it is replaced.
function typed(except) {
  const fields = $$("main textarea, main input[type=text]").filter((one) => one.id && one.form !== except);
  return new Map(fields.filter((one) => one.value !== one.defaultValue).map((one) => [one.id, one.value]));
}

// Where somebody goes on after an act: where form or page says, at his menu, where he was, in his row or
// part, in the row after one that has gone, at what the act has told.
function landing(sent, aim) {
  const focused = document.activeElement;
  const same = focused?.id;
  const fold = $$("main details[id]").find((one) => one.contains(sent))?.id;
  const part = (focused?.closest("main") ? focused : sent)?.closest("[id]:is(tr, article, section)")?.id;
  const at = rows().findIndex((row) => row === current() || row.contains(focused));
  return () => {
    const inside = (place, what) => place && $(what, place);
    const aims = [
      byId(aim),
      $("main [autofocus]"),
      inside(byId(fold), "summary"),
      byId(same),
      inside(byId(part), LINKS),
      inside(rows()[Math.min(at, rows().length - 1)], LINKS),
      $("#toast"),
      $("main tbody a[href]"),
      $("#main"),
    ];
    aims.find((one) => one?.checkVisibility()).focus();
  };
}

function swap(page, sent, aim) {
  const main = $("#main");
  const fresh = $("#main", page);
  if (!main || !fresh || !$(".bar", page)) return false;
  const here = current()?.id;
  const kept = typed(sent);
  const land = landing(sent, aim);
  const open = $$("main details[open][id]").filter((one) => !one.contains(sent)).map((one) => one.id);
  main.replaceWith(document.adoptNode(fresh));
  $("#toast")?.remove();
  const toast = $("#toast", page);
  if (toast) $("#main").before(document.adoptNode(toast));
  for (const id of ["notices", "counts"]) {
    const [old, now] = [byId(id), page.getElementById(id)];
    if (old && now) old.replaceWith(document.adoptNode(now));
  }
  document.title = page.title;
  Object.assign(document.body.dataset, page.body.dataset);
  for (const [id, text] of kept) {
    const field = byId(id);
    // a piece just added stands after it
    if (field && !field.defaultValue.startsWith(text)) field.value = text;
  }
  for (const id of open) byId(id)?.setAttribute("open", "");
  byId(here)?.classList.add("here");
  land();
  say(toast?.textContent.trim() ?? "");
  arrive();
  return true;
}

function complain(form, text, again) {
  $(".unsent", form)?.remove();
  const box = document.createElement("p");
  box.className = "error unsent";
  box.setAttribute("role", "alert");
  box.append(text);
  if (again) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = words.again;
    button.addEventListener("click", again);
    box.append(" ", button);
  }
  form.prepend(box);
}

// The page of an answer has no address of its own: a link to the page behind it loads that one anew.
let posted = false;
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!posted || link?.pathname !== location.pathname || link.origin !== location.origin) return;
  event.preventDefault();
  history.replaceState(null, "", link.href);
  show(link.href);
});

async function send(form, submitter) {
  if (form.ariaBusy === "true") return;
  const action = submitter?.hasAttribute("formaction") ? submitter.formAction : form.getAttribute("action");
  const body = new URLSearchParams(new FormData(form, submitter));
  form.ariaBusy = "true";
  saving.forget(form);
  try {
    const { answer, page } = await ask(action, { method: "POST", body });
    const there = new URL(answer.url);
    const moved = there.pathname !== location.pathname || page.documentElement.lang !== document.documentElement.lang;
    if (answer.redirected && moved) {
      location.assign(there);
    } else if (swap(page, form, submitter?.dataset.lands ?? form.dataset.lands)) {
      posted = !answer.redirected;
      there.searchParams.delete("act");
      if (answer.redirected) history.replaceState(null, "", there);
    } else {
      const told = $("main .error, main p", page);
      complain(form, told?.textContent.trim() || words.unsent, answer.status >= 500 && (() => send(form, submitter)));
    }
  } catch {
    complain(form, form.dataset.draft ? words.kept : words.unsent, () => send(form, submitter));
  } finally {
    form.ariaBusy = null;
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const button = event.submitter;
  if (form.method !== "post" || !form.closest("main, #toast") || form.enctype.startsWith("multipart")) return;
  if (form.hasAttribute("data-plain") || button?.hasAttribute("data-plain") || event.defaultPrevented) return;
  event.preventDefault();
  send(form, button);
});

async function show(address) {
  try {
    const { answer, page } = await ask(address);
    posted = false;
    if (!swap(page, null, new URL(address).hash.slice(1))) location.assign(address);
    else if (new URL(answer.url).pathname !== location.pathname) location.assign(answer.url);
  } catch {
    say(words.unsent);
  }
}

// ---- news: one stream a browser, whose leader tells the other pages

const fresh = new Set();
const changed = new Set();

function news(one) {
  if (one.mine) return;
  const ticket = $("[data-ticket]")?.dataset.ticket;
  const list = $("[data-live]");
  if (ticket && (one.code === ticket || !one.code)) {
    notice(words.changed, $("main > *"));
  } else if (list) {
    const queue = list.dataset.queue;
    if (queue && one.queue && queue !== one.queue) return;
    (one.what === "opened" && !$(`[data-code="${CSS.escape(one.code)}"]`) ? fresh : changed).add(one.code);
    const told = [];
    if (fresh.size) told.push(fill(words.fresh, fresh.size));
    if (changed.size) told.push(fill(words.altered, changed.size));
    notice(told.join(", "), list);
  }
}

// Nothing moves under somebody's hand: a line says that there is more, and shows it when asked.
function notice(text, place) {
  let line = $(".news");
  if (!line) {
    line = document.createElement("p");
    line.className = "news";
    place.before(line);
  }
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = words.show;
  button.addEventListener("click", () => show(location.href));
  line.replaceChildren(text, " ", button);
  line.hidden = false;
  say(text);
}

function listen() {
  if (!window.EventSource || !navigator.locks || !window.BroadcastChannel || !$("#words")) return;
  const channel = new BroadcastChannel("desk");
  channel.addEventListener("message", (event) => news(event.data));
  navigator.locks.request("desk-events", () => new Promise(() => lead(channel)));
}

function lead(channel) {
  const source = new EventSource("/events");
  for (const kind of ["ticket", "reload"]) {
    source.addEventListener(kind, (event) => {
      const one = JSON.parse(event.data);
      news(one);
      channel.postMessage(one);
    });
  }
  source.addEventListener("error", () => {
    if (source.readyState !== EventSource.CLOSED) return;
    setTimeout(() => lead(channel), 60_000);
  });
}

// ---- drafts, kept on the server

const saving = {
  timers: new WeakMap(),
  forget(form) {
    clearTimeout(this.timers.get(form));
    this.timers.delete(form);
  },
  soon(form) {
    this.forget(form);
    this.timers.set(form, setTimeout(() => this.now(form), 1500));
  },
  async now(form, leaving = false) {
    if (!this.timers.has(form)) return;
    this.forget(form);
    const state = $("[data-draft-state]", form);
    try {
      const answer = await fetch(form.dataset.draft, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        keepalive: leaving,
        redirect: "manual",
      });
      const well = answer.ok || answer.type === "opaqueredirect";
      if (state) state.textContent = well ? words.saved : words.unsaved;
    } catch {
      if (state) state.textContent = words.unsaved;
    }
  },
};

let typedAt = 0;
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form?.dataset.draft) return;
  typedAt = Date.now();
  saving.soon(form);
});
addEventListener("pagehide", () => $$("form[data-draft]").forEach((form) => saving.now(form, true)));

// A letter template goes in where the cursor stands, as a paragraph of its own.
function insert(field, text) {
  field.focus();
  const { value, selectionStart: from, selectionEnd: to } = field;
  const gap = (part, edge) => (part.trim() && !edge.test(part) ? "\n\n" : "");
  text = gap(value.slice(0, from), /\n\n$/) + text + gap(value.slice(to), /^\n\n/);
  field.setRangeText(text, from, to, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-insert]");
  if (button) {
    const from = byId(button.dataset.from);
    const text = from ? from.selectedOptions[0]?.dataset.text : button.dataset.insert;
    const field = byId(button.dataset.into);
    if (text === undefined || !field) return;
    event.preventDefault();
    insert(field, text);
  }
  if (event.target.closest("[data-prints]")) print();
  const opener = event.target.closest("[data-opens]");
  if (!opener) return;
  opener.closest("[popover]")?.hidePopover();
  byId(opener.dataset.opens)?.showModal();
});

// ---- who else is here, how long a letter can be called back

async function beat() {
  const place = $("[data-presence]");
  if (!place || document.hidden) return;
  const body = new URLSearchParams({ form_token: words.token });
  if (Date.now() - typedAt < 30_000) body.set("writing", "1");
  try {
    const answer = await fetch(place.dataset.presence, { method: "POST", body });
    if (answer.ok && answer.headers.get("content-type")?.startsWith("text/html")) {
      place.replaceChildren(...document.adoptNode(parse(await answer.text()).body).childNodes);
    }
  } catch {
    // the next beat tries again
  }
}

function count() {
  for (const place of $$("main [data-recall], #toast [data-recall]")) {
    const ends = (place.ends ??= Date.now() + 1000 * Number(place.dataset.recall));
    const left = Math.ceil((ends - Date.now()) / 1000);
    if (left > 0) {
      place.textContent = fill(place.closest("#toast") ? words.left : words.recall, left);
    } else {
      place.removeAttribute("data-recall");
      place.textContent = words.gone;
      place.closest("form, #toast, p")?.querySelector("button")?.remove();
    }
  }
}

function arrive() {
  fresh.clear();
  changed.clear();
  count();
  beat();
}

// ---- keys: single ones, by their place, never where somebody writes

const SINGLE = {
  KeyJ: () => move(1),
  KeyK: () => move(-1),
  KeyO: () => current()?.querySelector("a[href]")?.click(),
  KeyX: () => current()?.querySelector("input[type=checkbox]")?.click(),
  KeyU: () => ($("[data-key=KeyU]") ?? $(".bar nav a"))?.click(),
  Slash: () => $("[data-find]")?.focus(),
};

const rows = () => $$("main .list tbody tr").filter((row) => $("a[href]", row));
const current = () => $("main .list tbody tr.here");

function move(step) {
  const all = rows();
  const next = all[Math.max(0, Math.min(all.length - 1, all.indexOf(current()) + step))];
  if (!next) return;
  current()?.classList.remove("here");
  next.classList.add("here");
  $("a[href]", next).focus();
}

function writes(element) {
  if (!(element instanceof HTMLElement)) return false;
  if (element.isContentEditable || element.matches("textarea, select")) return true;
  return element.matches("input:not([type=checkbox], [type=radio], [type=submit], [type=button])");
}

function press(button) {
  // in a list: for the row where one stands, unless others are chosen
  const form = button.form;
  const box = current()?.querySelector("input[type=checkbox]");
  if (form && box?.form === form && !$("tbody :checked", form)) box.checked = true;
  for (let fold = button.parentElement?.closest("details"); fold; fold = fold.parentElement.closest("details")) {
    fold.open ||= !fold.querySelector(":scope > summary")?.contains(button);
  }
  if (writes(button)) return button.focus();
  button.click();
  const fold = button.matches("summary") && button.parentElement;
  if (fold) (fold.open ? $(FIELDS, fold) : button).focus();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.keyCode === 229 || event.altKey) return;
  const chord = event.ctrlKey || event.metaKey;
  if (chord && event.code === "Enter" && event.target.form) {
    event.preventDefault();
    const form = event.target.form;
    form.requestSubmit($("[data-send]", form));
    return;
  }
  if (chord && event.code === "KeyK") {
    event.preventDefault();
    SINGLE.Slash();
    return;
  }
  const sheet = event.code === "Escape" && event.target.closest(".acts details[open]");
  if (sheet) {
    sheet.open = false;
    $("summary", sheet).focus();
    return;
  }
  if (chord || writes(event.target) || document.body.dataset.keys === "off") return;
  if ($("dialog[open], [popover]:popover-open")) return;
  if (event.key === "?") {
    event.preventDefault();
    $("#keys")?.showModal();
    return;
  }
  if (event.shiftKey || (event.repeat && !["KeyJ", "KeyK"].includes(event.code))) return;
  const button = $(`main [data-key="${CSS.escape(event.code)}"]`);
  if (!button && !Object.hasOwn(SINGLE, event.code)) return;
  event.preventDefault();
  if (button) press(button);
  else SINGLE[event.code]();
});

for (const one of $$("[data-scripted]")) one.hidden = false;
listen();
arrive();
setInterval(count, 1000);
setInterval(beat, 30_000);
