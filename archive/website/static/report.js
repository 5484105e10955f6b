// A figure's details, from what the page already holds. Without this script every figure is still a link to itself.
"use strict";
(() => {
  const panel = document.getElementById("detail");
  const words = JSON.parse(document.getElementById("words").textContent);
  const part = (name) => panel.querySelector(`[data-part="${name}"]`);
  let chosen = null;

  const show = (name, text) => {
    const dd = part(name);
    dd.textContent = text;
    dd.hidden = dd.previousElementSibling.hidden = !text;
  };

  const place = (json) => {
    if (!json) return "";
    const where = JSON.parse(json);
    const fill = (text) => text.replace(/\{(\w+)\}/g, (_, key) => where[key]);
    return (where.page ? fill(words.page) + " · " : "") + fill(words.where);
  };

  const rules = (figure) => {
    const dd = part("rules");
    dd.replaceChildren();
    const numbers = (figure.dataset.checks || "").split(" ").filter(Boolean);
    for (const number of numbers) {
      const row = document.getElementById(`check-${number}`);
      const [, , , left, right] = [...row.cells].map((cell) => cell.textContent);
      const line = document.createElement("p");
      const link = document.createElement("a");
      link.href = `#check-${number}`;
      link.textContent = row.dataset.rule;
      link.addEventListener("click", () => {
        const folded = row.closest("details");
        if (folded) folded.open = true;
      });
      line.append(link, ` ${row.dataset.status} (${left} : ${right})`, document.createElement("br"), row.dataset.about);
      if (document.getElementById(`said-${number}`)) {
        const said = document.createElement("a");
        said.href = `#said-${number}`;
        said.textContent = ` → ${words.said}`;
        line.append(said);
      }
      dd.append(line);
    }
    if (!numbers.length) dd.textContent = words.none;
  };

  const open = (figure) => {
    if (chosen) chosen.classList.remove("chosen");
    chosen = figure;
    figure.classList.add("chosen");
    const { label, state, trust, raw, where, unit } = figure.dataset;
    document.getElementById("detail-title").textContent = label;
    panel.querySelector(".value").textContent = figure.querySelector(".text").textContent || words.state[state][0];
    show("state", words.state[state].filter(Boolean).join(" — "));
    show("trust", trust ? words.trust[trust].join(" — ") : "");
    show("raw", raw === undefined ? "" : raw || words.empty);
    show("unit", unit || "");
    show("where", place(where));
    show("key", figure.id);
    panel.querySelector(".to-source").href = `${panel.dataset.source}?cell=${encodeURIComponent(figure.id)}`;
    tip.hidden = true;
    rules(figure);
    panel.hidden = false;
    const [under, over] = [figure.getBoundingClientRect(), panel.getBoundingClientRect()];
    if (under.right > over.left && under.bottom > over.top) scrollBy(0, under.bottom - over.top + 24);
  };

  const close = () => {
    panel.hidden = true;
    if (!chosen) return;
    chosen.classList.remove("chosen");
    chosen.focus({ preventScroll: true });
    chosen = null;
  };

  // What is printed, where, and the rules over a figure, shortly, while it is pointed at or focused.
  const tip = document.getElementById("tip");
  let told = null;
  const hint = (event) => {
    const figure = event.target.closest && event.target.closest("#tables .figure");
    if (!figure || !panel.hidden) return void (tip.hidden = true);
    const { label, state, trust, checks, raw, where } = figure.dataset;
    const lines = [label, trust ? words.trust[trust][0] : words.state[state][0]];
    for (const [name, text] of [["raw", raw], ["where", place(where)]]) {
      if (text) lines.push(`${part(name).previousElementSibling.textContent}: ${text}`);
    }
    for (const number of (checks || "").split(" ").filter(Boolean)) {
      const row = document.getElementById(`check-${number}`);
      lines.push(`${row.dataset.rule} ${row.dataset.status} (${row.cells[3].textContent} : ${row.cells[4].textContent})`);
    }
    tip.replaceChildren(...lines.map((line) => Object.assign(document.createElement("div"), { textContent: line })));
    tip.hidden = false;
    told = figure;
    beside();
  };
  const beside = () => {
    const box = told.getBoundingClientRect();
    const left = Math.max(4, Math.min(box.left, document.documentElement.clientWidth - tip.offsetWidth - 4));
    const top = box.top > tip.offsetHeight + 8 ? box.top - tip.offsetHeight - 6 : box.bottom + 6;
    tip.style.left = `${left}px`;
    tip.style.top = `${top}px`;
  };
  const unhint = () => (tip.hidden = true);
  document.addEventListener("mouseover", hint);
  document.addEventListener("focusin", hint);
  document.addEventListener("focusout", unhint);
  document.addEventListener("scroll", () => told && (told.matches(":hover, :focus") ? beside() : unhint()), true);

  // One stop for the Tab key in each table; the arrow keys walk inside it.
  for (const table of document.querySelectorAll("table.form")) {
    const rows = [...table.rows].map((row) => [...row.querySelectorAll(".figure")]).filter((row) => row.length);
    const all = rows.flat();
    all.forEach((figure, index) => (figure.tabIndex = index ? -1 : 0));
    table.addEventListener("keydown", (event) => {
      const figure = event.target.closest(".figure");
      if (!figure) return;
      const y = rows.findIndex((row) => row.includes(figure));
      const x = rows[y].indexOf(figure);
      const [dy, dx] = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key] || [0, 0];
      const row = rows[y + dy];
      const next = row && row[Math.min(x + dx, dy ? row.length - 1 : x + dx)];
      if (event.key === " ") open(figure);
      else if ((dx || dy) && next) {
        all.forEach((other) => (other.tabIndex = -1));
        next.tabIndex = 0;
        next.focus();
        if (!panel.hidden) open(next);
      } else return;
      event.preventDefault();
    });
  }

  document.addEventListener("click", (event) => {
    const figure = event.target.closest("#tables .figure");
    if (!figure) return;
    event.preventDefault();
    history.replaceState(null, "", `#${figure.id}`);
    open(figure);
  });
  panel.querySelector(".close").addEventListener("click", close);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (!panel.hidden) close();
    else unhint();
  });

  document.addEventListener("click", (event) => {
    const tie = event.target.closest("a.tie");
    const figure = tie && document.getElementById(tie.getAttribute("href").slice(1));
    if (!figure || !figure.classList.contains("figure")) return;
    event.preventDefault();
    figure.scrollIntoView({ block: "center" });
    open(figure);
  });

  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (named && named.classList.contains("figure")) open(named);
})();
