"use strict";
(function () {
  const STEP = 100;
  const tools = document.getElementById("tools");
  const query = document.getElementById("q");
  const found = document.getElementById("found");
  const picks = Array.from(tools.querySelectorAll("select"));
  const fold = (text) => text.normalize("NFKC").toLowerCase();
  const lists = Array.from(document.querySelectorAll("main section")).map((section) => ({
    id: section.id,
    rows: Array.from(section.querySelectorAll("tbody tr")),
    counts: document.querySelectorAll('[data-count="' + section.id + '"]'),
    table: section.querySelector("table"),
    none: section.querySelector("[data-none]"),
    more: section.querySelector("[data-more]"),
    shown: STEP,
  }));
  let texts = null;
  const textOf = (row) => {
    texts = texts || new Map();
    if (!texts.has(row)) texts.set(row, fold(row.textContent));
    return texts.get(row);
  };
  const matches = (row, words, wanted) =>
    wanted.every(([key, value]) => row.dataset[key] === value) && words.every((word) => textOf(row).includes(word));
  function draw() {
    const words = fold(query.value).split(/\s+/).filter(Boolean);
    const wanted = picks.filter((pick) => pick.value).map((pick) => [pick.dataset.filter, pick.value]);
    const narrowed = words.length + wanted.length > 0;
    let all = 0;
    for (const list of lists) {
      let hits = 0;
      for (const row of list.rows) {
        const hit = matches(row, words, wanted);
        row.hidden = !hit;
        if (hit) hits += 1;
        row.classList.toggle("later", hit && hits > list.shown);
      }
      all += hits;
      list.counts.forEach((count) => { count.textContent = hits; });
      if (list.table) list.table.hidden = hits === 0;
      if (list.none) list.none.hidden = hits > 0;
      if (list.more) list.more.hidden = hits <= list.shown;
    }
    const said = wanted.map((pair) => pair[1]).concat(words.length ? [query.value.trim()] : []);
    found.textContent = narrowed ? found.dataset.text.replace("{n}", all).replace("{by}", said.join(" + ")) : "";
  }
  const restart = () => { lists.forEach((list) => { list.shown = STEP; }); draw(); };
  lists.forEach((list) => {
    if (list.more) list.more.querySelector("button").addEventListener("click", () => { list.shown += STEP; draw(); });
  });
  tools.addEventListener("input", restart);
  tools.addEventListener("submit", (event) => event.preventDefault());
  tools.addEventListener("reset", () => setTimeout(restart, 0));
  tools.hidden = false;
  draw();
})();
