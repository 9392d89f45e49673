// Sorts, filters and groups the table of experiments, chooses its columns, and copies commands. Without it all can be read.
const $ = id => document.getElementById(id);
const say = (text, loud = false) => { $("said").textContent = text; $("said").className = loud ? "alert" : "sr"; };
const sheet = new CSSStyleSheet();
document.adoptedStyleSheets = [sheet];

// The table. Its state is in the address after #, so that it can be sent to somebody and survives a reload.

const state = new URLSearchParams(location.hash.includes("=") ? location.hash.slice(1) : "");
const chosen = new Set();
const STEP = 200;  // rows that are shown at once: to lay out a thousand takes a second
let limit = STEP;
const table = () => $("experiments");
const heads = () => [...table().tHead.rows[0].cells];
const rows = () => [...table().querySelectorAll("tbody tr:not(.group)")];
const shown = () => rows().filter(row => !row.hidden);
const valueOf = cell => cell.dataset.v ?? cell.textContent.trim();

function keep(name, value) {
  if (value) state.set(name, value); else state.delete(name);
  history.replaceState(null, "", `#${state}`);
}

const CONDITION = /^([^\s<>=!]+?)(<=|>=|!=|==?|<|>)(.*)$/;
const COMPARED = {
  "=": (a, b) => a === b, "==": (a, b) => a === b, "!=": (a, b) => a !== b, "<": (a, b) => a < b, ">": (a, b) => a > b,
  "<=": (a, b) => a <= b, ">=": (a, b) => a >= b,
};

function column(name) {
  if (!name) return -1;
  const keys = heads().map(head => head.dataset.key ?? "");
  const exact = keys.indexOf(name);
  return exact >= 0 ? exact : keys.findIndex(key => key.endsWith(`.${name}`));
}

function test(word) {
  const condition = word.match(CONDITION);
  const place = condition ? column(condition[1]) : -1;
  if (place < 0) return row => row.textContent.toLowerCase().includes(word.toLowerCase());
  const [, , sign, asked] = condition;
  return row => {
    const found = valueOf(row.cells[place]);
    const numeric = asked !== "" && found !== "" && !isNaN(asked) && !isNaN(found);
    if (numeric) return COMPARED[sign](+found, +asked);
    return sign[0] === "=" ? found === asked : sign === "!=" && found !== asked;
  };
}

function filter() {
  const words = ($("filter").value.match(/\S+/g) ?? []).map(test);
  let number = 0;
  for (const row of rows()) {
    const meets = words.every(word => word(row));
    row.hidden = !meets || ++number > limit;
  }
  const all = rows().length, seen = Math.min(number, limit);
  $("count").textContent = number === all && seen === all ? `${all} in all` : `${seen} shown, ${number} of ${all} meet the filter`;
  $("more").hidden = seen === number;
  keep("q", $("filter").value);
}

function compared(place, down) {
  return (one, other) => {
    const [a, b] = [valueOf(one.cells[place]), valueOf(other.cells[place])];
    if (a === "" || b === "") return (a === "") - (b === "");
    const found = isNaN(a) || isNaN(b) ? a.localeCompare(b, "en", {numeric: true}) : a - b;
    return down ? -found : found;
  };
}

function arrange() {
  const [key, way] = (state.get("sort") ?? "").split(":");
  const place = column(key), all = rows(), body = table().tBodies[0];
  for (const head of heads()) if (head.dataset.key) head.setAttribute("aria-sort", "none");
  if (place >= 0) {
    all.sort(compared(place, way === "down"));
    heads()[place].setAttribute("aria-sort", way === "down" ? "descending" : "ascending");
  } else all.sort((one, other) => one.dataset.n - other.dataset.n);
  for (const head of body.querySelectorAll(".group")) head.remove();
  const groups = $("group").checked ? grouped(all) : new Map([["", all]]);
  for (const [base, members] of groups) body.append(...$("group").checked ? [groupHead(base, members.length)] : [], ...members);
  filter();
}

function groupHead(base, number) {
  const head = document.createElement("tr"), cell = document.createElement("th");
  head.className = "group"; cell.colSpan = heads().length; cell.scope = "rowgroup";
  cell.textContent = `On ${base} (${number})`;
  head.append(cell);
  return head;
}

function grouped(all) {
  const groups = new Map();
  for (const row of all) groups.set(row.dataset.base, [...groups.get(row.dataset.base) ?? [], row]);
  return groups;
}

function hideColumns() {
  const boxes = [...document.querySelectorAll("#columns input")];
  const off = boxes.filter(box => !box.checked).map(box => column(box.value) + 1);
  const rule = off.map(n => `#experiments tr:not(.group) > :nth-child(${n})`).join();
  sheet.replaceSync(rule && `${rule} { display: none; }`);
  const changed = boxes.filter(box => box.checked !== box.defaultChecked).map(box => box.value);
  keep("columns", changed.join());
}

function choose(row, on) {
  const box = row.querySelector("input[type=checkbox]");
  if (!box) return;
  box.checked = on;
  row.classList.toggle("chosen", on);
  if (on) chosen.add(box.value); else chosen.delete(box.value);
  if ($("compare")) {
    $("compare").disabled = chosen.size < 2;
    const most = +$("compare").dataset.most, number = chosen.size > most ? `the first ${most} of ${chosen.size}` : chosen.size;
    $("compare").textContent = chosen.size ? `Compare ${number} chosen` : "Compare";
  }
}

function compareChosen() {
  if (chosen.size < 2 || !$("compare")) { say("Choose two or more rows first", true); return; }
  location.href = `${$("compare").dataset.to}?${new URLSearchParams([...chosen].map(one => ["rev", one]))}`;
}

function written(text, isNumber) {
  const safe = !isNumber && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;  // a spreadsheet would run it as a formula
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function csv() {
  const places = heads().map((head, n) => n).filter(n => heads()[n].dataset.key && getComputedStyle(heads()[n]).display !== "none");
  const names = places.flatMap(n => {
    const key = heads()[n].dataset.key;
    return heads()[n].dataset.interval ? [key, `${key}_low`, `${key}_high`] : [key];
  });
  const lines = shown().map(row => places.flatMap(n => {
    const cell = row.cells[n], value = valueOf(cell);
    const all = heads()[n].dataset.interval ? [value, cell.dataset.low ?? "", cell.dataset.high ?? ""] : [value];
    return all.map(one => written(one, one !== "" && !isNaN(one)));
  }).join());
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([[names.map(one => written(one, false)).join(), ...lines].join("\r\n") + "\r\n"], {type: "text/csv"}));
  link.download = "experiments.csv";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

function step(by) {
  const all = shown(), now = all.indexOf(document.activeElement.closest("tr"));
  const next = all[Math.max(0, Math.min(all.length - 1, now < 0 ? 0 : now + by))];
  if (!next) return;
  next.tabIndex = -1;
  next.focus();
  next.scrollIntoView({block: "nearest"});
}

const keys = {
  j: () => step(1), ArrowDown: () => step(1), k: () => step(-1), ArrowUp: () => step(-1),
  x: row => row && choose(row, !row.classList.contains("chosen")),
  Enter: row => row?.querySelector("th a")?.click(),
  c: compareChosen, g: () => $("group").click(), "/": () => $("filter").focus(), "?": () => $("help").showModal(),
};

function pressed(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || !table()) return;
  const field = event.target.closest("input[type=search]");
  if (field) { if (event.key === "Escape") field.blur(); return; }
  if ($("help").open) return;
  const row = event.target.closest("#experiments tbody tr");
  if (event.key === "Enter" && event.target !== row) return;
  const arrow = event.key.startsWith("Arrow");
  if (!keys[event.key] || (arrow && !row)) return;
  event.preventDefault();
  keys[event.key](row);
}

function sortBy(head) {
  const [key, way] = (state.get("sort") ?? "").split(":"), mine = head.dataset.key;
  keep("sort", `${mine}:${key === mine ? (way === "up" ? "down" : "up") : head.dataset.first ?? "up"}`);
  arrange();
}

function wireTable() {
  for (const head of heads()) head.querySelector("button")?.addEventListener("click", () => sortBy(head));
  $("more").addEventListener("click", () => { limit += STEP; filter(); });
  table().addEventListener("change", event => choose(event.target.closest("tr"), event.target.checked));
  const other = new Set((state.get("columns") ?? "").split(",").filter(Boolean));
  for (const box of document.querySelectorAll("#columns input")) {
    box.checked = box.defaultChecked !== other.has(box.value);
    box.addEventListener("change", hideColumns);
  }
  const before = new Set(chosen);
  chosen.clear();
  const again = rows();  // in the order in which they were chosen: the first one is the base of a comparison
  for (const one of before) for (const row of again) if (row.querySelector("input")?.value === one) choose(row, true);
  hideColumns();
  if (state.get("sort") || !$("group").checked) arrange();  // else the rows came in this order
  else if (state.get("q") || limit > STEP) filter();
}

function wireTools() {
  $("filter").value = state.get("q") ?? "";
  $("filter").addEventListener("input", filter);
  if (state.has("group")) $("group").checked = state.get("group") === "on";
  $("group").addEventListener("change", () => { keep("group", $("group").checked ? "on" : "off"); arrange(); });
  $("csv").addEventListener("click", csv);
  $("keys").addEventListener("click", () => $("help").showModal());
  $("close").addEventListener("click", () => $("help").close());
  $("compare")?.addEventListener("click", compareChosen);
}

// What a page loads after it is shown, what it copies, and what changes while somebody looks.

async function got(address) {
  const answer = await fetch(address).catch(() => { throw Error("The board does not answer: start it again with assay board"); });
  if (!answer.ok) throw Error((await answer.json()).error);
  return answer;
}

async function load(box) {
  try {
    box.innerHTML = await (await got(box.dataset.load)).text();  // a page of this server, in which every text is escaped
  } catch (error) { box.textContent = `This could not be had: ${error.message}`; }
  box.removeAttribute("aria-busy");
}

document.addEventListener("click", async event => {
  const command = event.target.closest("button[data-copy]");
  if (!command) return;
  await navigator.clipboard.writeText(command.previousElementSibling.textContent);
  say("Copied");
  command.textContent = "Copied";
  setTimeout(() => { command.textContent = "Copy"; }, 1500);
});

async function watch() {
  const {watch: address, again, seen} = document.body.dataset;
  if (document.hidden) return;
  try {
    const now = await (await got(address)).json();
    if ($("said").className === "alert") say("");
    if (now.fingerprint === seen) return;
    const page = new DOMParser().parseFromString(await (await got(again + location.search)).text(), "text/html");
    const at = document.activeElement.closest("#experiments tr")?.querySelector("input")?.value;
    const open = $("columns")?.open;
    document.body.dataset.seen = now.fingerprint;
    $("live").replaceWith(document.importNode(page.getElementById("live"), true));
    if (table()) { wireTable(); $("columns").open = open; }
    const row = at && rows().find(one => one.querySelector("input")?.value === at);
    if (row) { row.tabIndex = -1; row.focus(); }
    say("The table has changed");
  } catch (error) { say(`What is shown may be out of date. ${error.message}`, true); }
}

document.addEventListener("keydown", pressed);
if (table()) { wireTools(); wireTable(); }
for (const box of document.querySelectorAll("[data-load]")) load(box);
if (document.body.dataset.watch) setInterval(watch, 2000);
