// Draws the charts of a page with uPlot (vendor/, MIT) out of the cells of the table that stands beside each. A line joins figures of
// neighbouring years and of one form and scope, and nothing else: each such run is a series of its own. Every figure is also a link
// over the canvas, with its sign, its words and its address, which the Tab and arrow keys reach. Without scripts there is the table.
(() => {
  const charts = [...document.querySelectorAll("figure.chart")];
  const tip = Object.assign(document.createElement("div"), { className: "tip", hidden: true });
  tip.setAttribute("role", "tooltip");
  document.body.append(tip);
  const page = getComputedStyle(document.documentElement);
  const colour = (name, otherwise) => page.getPropertyValue(`--${name}`).trim() || page.getPropertyValue(`--${otherwise}`).trim();
  const number = new Intl.NumberFormat(document.documentElement.lang);
  const DASHES = [[], [7, 4], [2, 3], [9, 3, 2, 3], [4, 2]];
  const LABEL = 44; // pixels that a year takes under the axis
  const STEPS = [...Array(12).keys()].flatMap((power) => [1, 2, 5].map((step) => step * 10 ** power));

  const read = (figure) => {
    const cells = [...document.querySelectorAll(`td[data-chart="${figure.dataset.chart}"]`)];
    const table = cells[0].closest("table");
    const points = cells.map((cell) => {
      const link = cell.querySelector("a");
      const { year, value, group, mark, line } = cell.dataset;
      const name = line ? cell.parentElement.cells[0].textContent.trim() : "";
      const text = link.textContent.replace(/\s+/g, " ").trim();
      return { year: +year, value: +value, group: group || "", mark, line: line || "", name, href: link.href, text };
    });
    const holes = [...table.querySelectorAll("tr.hole[data-year]")].map((row) => +row.dataset.year);
    const lines = [...new Set(points.map((point) => point.line))]; // in the order of the table
    return { points: points.sort((a, b) => a.year - b.year), lines, holes };
  };

  const runsOf = (points) => {
    const runs = [], breaks = [];
    for (const line of new Set(points.map((point) => point.line))) {
      let before = null;
      for (const point of points.filter((one) => one.line === line)) {
        const same = before && before.group === point.group;
        if (before && !same) breaks.push(point.year);
        if (same && point.year === before.year + 1) runs.at(-1).push(point);
        else runs.push([point]);
        before = point;
      }
    }
    return { runs, breaks };
  };

  // What the tip says and over which box: asked again when the page scrolls under it. Without it the tip is away.
  let told = null;
  const show = () => {
    const [lines, box] = told ? told() : [[]];
    tip.hidden = !lines.length;
    if (tip.hidden) return;
    tip.replaceChildren(...lines.map((line) => Object.assign(document.createElement("div"), { textContent: line })));
    const left = Math.max(4, Math.min(box.left, document.documentElement.clientWidth - tip.offsetWidth - 4));
    tip.style.left = `${left}px`;
    tip.style.top = `${box.top > tip.offsetHeight + 8 ? box.top - tip.offsetHeight - 6 : box.bottom + 6}px`;
  };
  const tell = (about) => show((told = about));
  const said = (point) => `${point.year}${point.name && ` ${point.name}`}: ${point.text}`;

  const draw = (figure) => {
    const { points, lines, holes } = read(figure);
    const { runs, breaks } = runsOf(points);
    const all = [...points.map((point) => point.year), ...holes];
    const [first, last] = [Math.min(...all), Math.max(...all)];
    const years = Array.from({ length: last - first + 1 }, (_, n) => first + n);
    const series = runs.map((run) => ({
      stroke: colour(`line-${run[0].line}`, "accent"),
      width: 2,
      dash: DASHES[lines.indexOf(run[0].line) % DASHES.length],
      points: { show: false }, // the links are the points
    }));
    const values = runs.map((run) => years.map((year) => run.find((point) => point.year === year)?.value ?? null));
    const axis = { stroke: colour("quiet"), font: "12px sans-serif", grid: { stroke: colour("line"), width: 1 }, ticks: { show: false } };
    const host = figure.querySelector(".plot");
    const wide = () => Math.max(200, host.clientWidth);
    const high = figure.dataset.most ? +figure.dataset.most : Math.max(1, ...points.map((point) => point.value));
    const low = Math.min(0, ...points.map((point) => point.value));
    const placed = []; // what lies over and under the canvas, each with how it is placed

    const lay = (u, layer, element, place) => {
      layer.append(element);
      placed.push(() => place(element.style, (x) => u.valToPos(x, "x"), (y) => u.valToPos(y, "y")));
    };
    const ready = (u) => {
      u.ctx.canvas.setAttribute("aria-hidden", "true");
      for (const year of holes) {
        const hole = Object.assign(document.createElement("div"), { className: "hole", title: `${year}: ${figure.dataset.hole}` });
        lay(u, u.under, hole, (style, x) => {
          style.left = `${x(year - 0.5)}px`;
          style.width = `${x(year + 0.5) - x(year - 0.5)}px`;
        });
      }
      for (const year of breaks) {
        const title = figure.dataset.break.replace("0000", year);
        lay(u, u.over, Object.assign(document.createElement("div"), { className: "break", title }), (style, x) => (style.left = `${x(year - 0.5)}px`));
      }
      const links = points.map((point, index) => {
        const link = Object.assign(document.createElement("a"), { className: `dot ${point.mark}`, href: point.href, tabIndex: index ? -1 : 0 });
        link.setAttribute("aria-label", said(point));
        link.addEventListener("focus", () => tell(() => [[said(point)], link.getBoundingClientRect()]));
        link.addEventListener("blur", () => tell(null));
        lay(u, u.over, link, (style, x, y) => {
          style.left = `${x(point.year)}px`;
          style.top = `${y(point.value)}px`;
        });
        return link;
      });
      u.over.addEventListener("keydown", (event) => {
        const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
        const next = step && links[links.indexOf(event.target) + step];
        if (!next) return;
        event.target.tabIndex = -1;
        next.tabIndex = 0;
        next.focus({ preventScroll: true });
        event.preventDefault();
      });
      for (const place of placed) place();
    };
    const pointed = (u) => {
      if (u.cursor.idx == null || u.cursor.left < 0) return tell(null);
      const year = years[u.cursor.idx];
      const lines = points.filter((point) => point.year === year).map(said);
      if (holes.includes(year)) lines.push(`${year}: ${figure.dataset.hole}`);
      tell(() => {
        const { left, top, bottom } = u.over.getBoundingClientRect();
        return [lines, { left: left + u.valToPos(year, "x"), top, bottom }];
      });
    };

    figure.plot = new uPlot(
      {
        width: wide(),
        height: figure.classList.contains("large") ? 260 : 170,
        padding: [10, 8, 0, 0],
        legend: { show: false },
        cursor: {
          y: false,
          points: { show: false },
          drag: { x: false, y: false },
          bind: { mousemove: (u, over, handle) => handle }, // over the links, too
        },
        scales: { x: { time: false, range: [first - 0.5, last + 0.5] }, y: { range: [low - (high - low) * 0.05, high + (high - low) * 0.06] } },
        axes: [
          {
            ...axis,
            size: 26,
            grid: { show: false },
            splits: (u) => years.filter((_, n) => n % Math.ceil((years.length * LABEL) / wide()) === 0),
            values: (u, shown) => shown.map(String),
          },
          {
            ...axis,
            incrs: STEPS,
            space: 28,
            size: (u, shown) => 14 + 7 * Math.max(1, ...(shown || []).map((text) => text.length)),
            values: (u, shown) => shown.map((value) => number.format(value) + (figure.dataset.suffix || "")),
          },
        ],
        series: [{}, ...series],
        hooks: { ready: [ready], draw: [() => placed.forEach((place) => place())], setCursor: [pointed] },
      },
      [years, ...values],
      host,
    );
    new ResizeObserver(() => {
      if (figure.plot.width !== wide()) figure.plot.setSize({ width: wide(), height: figure.plot.height });
    }).observe(host);

    const legend = figure.querySelector(".lines");
    if (!legend) return;
    for (const line of lines) {
      const item = document.createElement("li");
      const sample = Object.assign(document.createElement("span"), { className: `dot ${points.find((point) => point.line === line).mark}` });
      item.append(sample, points.find((point) => point.line === line).name);
      legend.append(item);
    }
  };

  document.addEventListener("keydown", (event) => event.key === "Escape" && tell(null));
  document.addEventListener("scroll", show, true);
  for (const part of document.querySelectorAll(".drawn")) part.hidden = false;
  charts.forEach(draw);
})();
