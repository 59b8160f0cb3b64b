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
  const most = Number(table.dataset.most ?? Infinity);
  keyed.forEach(([row], place) => row.classList.toggle("later", place >= most));
  for (const other of table.querySelectorAll("th[aria-sort]")) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", descending ? "descending" : "ascending");
}

for (const form of document.querySelectorAll("form[data-for]")) {
  const table = document.getElementById(form.dataset.for);
  const search = form.querySelector("[data-search]");
  const picks = form.querySelectorAll("[data-pick]");
  const shownText = form.querySelector("[data-shown]");
  const empty = table.closest("section").querySelector("[data-empty]");
  const total = table.tBodies[0].rows.length;
  const tell = (shown) => {
    shownText.textContent = shownText.dataset.text.replace("{shown}", shown).replace("{total}", total);
    empty.hidden = shown > 0;
  };
  const laidOut = () => ("opened" in table.dataset ? total : Math.min(total, Number(table.dataset.most ?? total)));
  document.querySelector(`[data-more="${table.id}"]`)?.addEventListener("click", (event) => {
    table.dataset.opened = "";
    table.classList.add("all");
    event.target.closest("p").remove();
    tell(total);
  });
  let rows; // read when somebody searches: with thousands of rows it would keep the page from opening
  const apply = () => {
    rows ??= Array.from(table.tBodies[0].rows, (row) => [row, row.textContent.toLowerCase()]);
    const wanted = search.value.trim().toLowerCase();
    let shown = 0;
    for (const [row, text] of rows) {
      const fits =
        text.includes(wanted) &&
        Array.from(picks).every((pick) => pick.value === "" || row.dataset[pick.dataset.pick] === pick.value);
      if (row.hidden === fits) row.hidden = !fits;
      shown += fits;
    }
    table.classList.toggle("all", "opened" in table.dataset || shown < total);
    tell(shown < total ? shown : laidOut());
  };
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", apply);
  if (search.value || Array.from(picks).some((pick) => pick.value)) apply();
  else tell(laidOut());
}

// Like calls only: the difference within each kind that both have, weighted by how well it is known, with one variance
// for all kinds (a two-way layout without interaction). Null below FEW_FREEDOM degrees of freedom.
const FEW_FREEDOM = 4;
function compareAlike(high, low) {
  const shared = Object.keys(high.kinds).filter((kind) => kind in low.kinds);
  let weights = 0, weighted = 0, squares = 0, calls = 0, left = 0, right = 0;
  for (const kind of shared) {
    const [n, mean, ss] = high.kinds[kind], [m, other, rest] = low.kinds[kind];
    const weight = (n * m) / (n + m);
    weights += weight;
    weighted += weight * (mean - other);
    squares += ss + rest;
    calls += n + m;
    left += n;
    right += m;
  }
  const freedom = calls - 2 * shared.length;
  if (freedom < FEW_FREEDOM) return null;
  const half = studentQuantile(freedom) * Math.sqrt(squares / freedom / weights);
  return { difference: weighted / weights, half, left, right };
}

// Two agents ticked: Welch's interval of the difference of their means.
const versus = document.querySelector("[data-versus]");
function studentQuantile(freedom) {
  // The 97.5 % quantile by the expansion in powers of 1/freedom (Abramowitz and Stegun 26.7.5), 4 terms.
  const z = 1.959964, z3 = z ** 3, z5 = z ** 5, z7 = z ** 7, z9 = z ** 9, v = freedom;
  return z + (z3 + z) / (4 * v) + (5 * z5 + 16 * z3 + 3 * z) / (96 * v ** 2) + (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * v ** 3) + (79 * z9 + 776 * z7 + 1482 * z5 - 1920 * z3 - 945 * z) / (92160 * v ** 4);
}
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
function agentOf(row) {
  const link = row.querySelector("th a");
  return { name: link.textContent.trim(), href: link.href, n: Number(row.dataset.n), mean: Number(row.cells[4].dataset.v), deviation: row.dataset.s === "" ? NaN : Number(row.dataset.s), scored: row.cells[4].dataset.v !== "", kinds: JSON.parse(row.dataset.k || "{}") };
}
function compareTicked() {
  const told = versus.querySelector("output");
  const say = (strong, rest = "") => {
    const bold = document.createElement("b");
    bold.textContent = strong;
    told.replaceChildren(bold, ` ${rest}`);
  };
  const ticked = [...document.querySelectorAll("[data-against]:checked")];
  if (ticked.length < 2) {
    told.textContent = versus.dataset.pickTwo;
    return;
  }
  const two = ticked.map((box) => agentOf(box.closest("tr"))).sort((a, b) => b.mean - a.mean);
  const short = two.find((one) => one.n < Number(versus.dataset.few) || !one.scored || Number.isNaN(one.deviation));
  if (short) {
    say(fill(versus.dataset.tooFew, { name: short.name }));
    return;
  }
  const [high, low] = two;
  const parts = two.map((one) => one.deviation ** 2 / one.n);
  const spread = parts[0] + parts[1];
  const freedom = spread ? spread ** 2 / (parts[0] ** 2 / (high.n - 1) + parts[1] ** 2 / (low.n - 1)) : 1e9;
  const half = studentQuantile(Math.max(freedom, 1)) * Math.sqrt(spread);
  const difference = high.mean - low.mean;
  const signed = (number) => number.toFixed(1).replace("-", "−");
  const values = { high: high.name, low: low.name, difference: signed(difference), from: signed(difference - half), to: signed(difference + half) };
  const alike = compareAlike(high, low);
  const alikeText = alike
    ? fill(versus.dataset.alike, {
        ...values, left: alike.left, right: alike.right, difference: signed(alike.difference), from: signed(alike.difference - alike.half), to: signed(alike.difference + alike.half),
        verdict: alike.difference - alike.half > 0 ? versus.dataset.alikeReal : alike.difference >= difference ? versus.dataset.alikeChanceOnly : versus.dataset.alikeChance,
      })
    : versus.dataset.alikeFew;
  say(fill(difference - half > 0 ? versus.dataset.better : versus.dataset.same, values), `${fill(versus.dataset.how, values)} ${alikeText}`);
}
if (versus) {
  document.getElementById("agents-table").addEventListener("change", (event) => {
    if (!event.target.matches("[data-against]")) return;
    const ticked = [...document.querySelectorAll("[data-against]:checked")].filter((box) => box !== event.target);
    if (event.target.checked && ticked.length > 1) ticked[0].checked = false; // two at a time
    compareTicked();
  });
}

// The large chart: its script is only fetched, from the report's own folder, when somebody opens it.
for (const box of document.querySelectorAll("details[data-chart]")) {
  box.addEventListener(
    "toggle",
    () => {
      const script = document.createElement("script");
      script.src = box.dataset.chart;
      script.onload = () => drawAgents(box);
      document.head.append(script);
    },
    { once: true },
  );
}
function drawAgents(box) {
  const few = Number(box.dataset.few);
  const agents = [...document.getElementById("agents-table").tBodies[0].rows].map(agentOf).filter((one) => one.scored && one.n >= few);
  const calls = agents.reduce((sum, one) => sum + one.n, 0);
  const mean = agents.reduce((sum, one) => sum + one.n * one.mean, 0) / calls;
  const within = agents.reduce((sum, one) => sum + (one.n - 1) * (one.deviation || 0) ** 2, 0) / Math.max(calls - agents.length, 1);
  const most = Math.max(...agents.map((one) => one.n));
  const steps = Array.from({ length: 60 }, (_, at) => few * (most / few) ** (at / 59));
  const band = (sign) => ({ x: steps, y: steps.map((n) => Math.min(100, Math.max(0, mean + sign * 1.96 * Math.sqrt(within / n)))), mode: "lines", line: { dash: "dash", color: "#566170", width: 1.5 }, name: box.dataset.band, hoverinfo: "skip", showlegend: sign > 0 });
  const safe = (text) => text.replace(/[<>&]/g, (sign) => ({ "<": "&lt;", ">": "&gt;", "&": "&amp;" })[sign]);
  const outside = agents.map((one) => Math.abs(one.mean - mean) > 1.96 * Math.sqrt(within / one.n));
  const points = { x: agents.map((one) => one.n), y: agents.map((one) => one.mean), text: agents.map((one) => safe(one.name.slice(0, 60))), customdata: agents.map((one) => one.href), mode: "markers", type: "scatter", name: box.dataset.agents, marker: { color: outside.map((out) => (out ? "#a3271b" : "#1b5e86")), symbol: outside.map((out) => (out ? "diamond" : "circle")), size: 8, opacity: 0.75 }, hovertemplate: "%{text}<br>%{x} · %{y:.1f}<extra></extra>" };
  const plot = box.querySelector(".plot");
  const layout = { margin: { t: 10, r: 10, b: 48, l: 52 }, xaxis: { title: { text: box.dataset.x } }, yaxis: { title: { text: box.dataset.y }, range: [0, 101] }, legend: { orientation: "h", y: 1.08 }, font: { family: getComputedStyle(document.body).fontFamily, size: 13 }, hoverlabel: { align: "left" } };
  Plotly.newPlot(plot, [band(1), band(-1), points], layout, { displaylogo: false, responsive: true, modeBarButtonsToRemove: ["toImage", "select2d", "lasso2d"] });
  plot.on("plotly_click", (event) => {
    const href = event.points[0].customdata;
    if (href) location.href = href;
  });
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

// Paper shows the evidence of a call whole; reference tables only where the reader opened them.
addEventListener("beforeprint", () => {
  for (const box of document.querySelectorAll(".cards details")) box.open = true;
});
