// Sorting, filtering and jumping between evidence and reason. Without it the pages still read and link.
"use strict";

for (const head of document.querySelectorAll("th[data-sort]")) {
  head.querySelector("button").addEventListener("click", () => sortBy(head));
}

function sortBy(head) {
  const table = head.closest("table");
  const body = table.tBodies[0];
  const at = head.cellIndex;
  const byNumber = head.dataset.sort === "number";
  const turned = head.getAttribute("aria-sort") === (byNumber ? "descending" : "ascending");
  const descending = byNumber !== turned;
  const keyed = Array.from(body.rows, (row) => {
    const cell = row.cells[at];
    const text = cell.dataset.v ?? cell.textContent.trim();
    return [row, byNumber ? (text === "" ? NaN : Number(text)) : text];
  });
  const compareText = new Intl.Collator(document.documentElement.lang, { numeric: true }).compare;
  keyed.sort(([, a], [, b]) => {
    if (!byNumber) return descending ? compareText(b, a) : compareText(a, b);
    if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) - Number.isNaN(b); // the unknown always last
    return descending ? b - a : a - b;
  });
  body.append(...keyed.map(([row]) => row));
  for (const other of table.querySelectorAll("th[aria-sort]")) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", descending ? "descending" : "ascending");
}

for (const form of document.querySelectorAll("form[data-for]")) {
  const table = document.getElementById(form.dataset.for);
  const rows = Array.from(table.tBodies[0].rows, (row) => [row, row.textContent.toLowerCase()]);
  const search = form.querySelector("[data-search]");
  const picks = form.querySelectorAll("[data-pick]");
  const shownText = form.querySelector("[data-shown]");
  const empty = table.closest("section").querySelector("[data-empty]");
  const apply = () => {
    const wanted = search.value.trim().toLowerCase();
    let shown = 0;
    for (const [row, text] of rows) {
      const fits =
        text.includes(wanted) &&
        Array.from(picks).every((pick) => pick.value === "" || row.dataset[pick.dataset.pick] === pick.value);
      row.hidden = !fits;
      shown += fits;
    }
    shownText.textContent = shownText.dataset.text.replace("{shown}", shown).replace("{total}", rows.length);
    empty.hidden = shown > 0;
  };
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", apply);
  apply();
}

function light(numbers) {
  for (const lit of document.querySelectorAll(".lit")) lit.classList.remove("lit");
  for (const number of numbers) {
    for (const mark of document.querySelectorAll(`mark[data-f~="${number}"]`)) mark.classList.add("lit");
    for (const id of [`f${number}`, `e${number}`]) document.getElementById(id)?.classList.add("lit");
  }
}

// A link to a card or to evidence opens what hides it and lights both ends.
function arrive() {
  const target = document.getElementById(location.hash.slice(1));
  if (!target) return;
  for (let box = target.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
  const pair = /^#[ef](\d+)$/.exec(location.hash);
  light(pair ? [pair[1]] : []);
  target.scrollIntoView({ block: "nearest" });
  if (target.matches(".card, .badge")) target.focus({ preventScroll: true });
}
addEventListener("hashchange", arrive);
arrive();

for (const mark of document.querySelectorAll("mark[data-f]")) {
  const numbers = mark.dataset.f.split(" ");
  mark.addEventListener("click", () => {
    // Under several findings, each click goes to the next.
    const next = (numbers.indexOf(/^#f(\d+)$/.exec(location.hash)?.[1]) + 1) % numbers.length;
    if (location.hash === `#f${numbers[next]}`) arrive();
    else location.hash = `f${numbers[next]}`;
  });
}

// j and k walk through the findings of a call, or through the calls and agents of a list; Enter goes to the other end.
const stops = () => {
  const cards = [...document.querySelectorAll(".card.fail, .card.undetermined")];
  const links = document.querySelectorAll(".hear strong a, .habits a, tbody th a");
  return cards.length ? cards : [...links].filter((link) => link.offsetParent !== null);
};
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select, textarea")) return;
  const step = { j: 1, k: -1 }[event.key];
  if (step) {
    const all = stops();
    if (!all.length) return;
    const lit = document.querySelector(".card.lit");
    const at = all.indexOf(all.includes(document.activeElement) ? document.activeElement : lit);
    const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1)];
    event.preventDefault();
    for (let box = next.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
    if (next.matches(".card")) light([next.id.slice(1)]);
  } else if (event.key === "Enter" && event.target.matches(".card")) {
    const evidence = document.getElementById(`e${event.target.id.slice(1)}`);
    const link = evidence ? null : event.target.querySelector(".place a");
    if (evidence) location.hash = evidence.id;
    else link?.click();
  } else if (event.key === "/") {
    const search = document.querySelector("[data-search]");
    if (!search) return;
    event.preventDefault();
    search.focus();
  }
});

addEventListener("beforeprint", () => {
  for (const box of document.querySelectorAll("details")) box.open = true;
});
