"use strict";
(() => {
  const reports = JSON.parse(document.getElementById("chart-data").textContent);
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const narrow = window.matchMedia("(max-width: 600px)");
  const light_colours = ["#1f5fa8", "#c25e00", "#1b7f4d", "#b3261e", "#6f45b8", "#7a5320", "#b4337f", "#59626e", "#00808c"];
  const dark_colours = ["#6cb0f5", "#ffa94d", "#5fce90", "#ff8a80", "#b79bf2", "#d3a566", "#f083bf", "#aeb7c4", "#4dd0dc"];
  const dashes = [[], [8, 4], [2, 3], [10, 3, 2, 3], [5, 5], [14, 4], [3, 6], [8, 3, 2, 3, 2, 3]];
  const colour = (at) => { const all = dark.matches ? dark_colours : light_colours; return all[at % all.length]; };
  const charts = [];

  function axis(title) {
    return { title: { display: true, text: title }, grid: { color: dark.matches ? "#343b46" : "#d8dce2" } };
  }

  function throughput(canvas, data) {
    // One bar needs about 14 pixels, or names and bars run into each other.
    canvas.parentElement.style.height = (110 + data.designs.length * (data.series.length * 16 + 14)) + "px";
    return new Chart(canvas, {
      type: "bar",
      data: {
        labels: data.designs,
        datasets: data.series.map((series, at) => ({
          label: "in " + series.mode, data: series.values, backgroundColor: colour(at), borderWidth: 0, maxBarThickness: 22,
        })),
      },
      options: {
        indexAxis: "y", animation: false, maintainAspectRatio: false,
        scales: {
          x: { ...axis("acknowledged writes a second"), beginAtZero: true },
          y: { grid: { display: false }, ticks: { autoSkip: false } },
        },
        plugins: { legend: { position: "top", align: "start" } },
      },
    });
  }

  function milliseconds(value) {
    const tenth = Math.log10(value);
    if (Math.abs(tenth - Math.round(tenth)) > 1e-9) return "";
    return value < 1 ? String(Number(value.toPrecision(1))) : String(value);
  }

  function latency(canvas, data) {
    const line = (series, at) => ({
      label: series.design, data: series.points, borderColor: colour(at), backgroundColor: colour(at),
      borderDash: dashes[at % dashes.length], borderWidth: 2, pointRadius: series.points.length < 3 ? 3 : 0, pointHitRadius: 6,
    });
    return new Chart(canvas, {
      type: "line",
      data: { datasets: data.series.map(line) },
      options: {
        animation: false, maintainAspectRatio: false, parsing: false, normalized: true,
        interaction: { mode: "nearest", intersect: false },
        scales: {
          x: { ...axis("time to acknowledge in ms, logarithmic"), type: "logarithmic", ticks: { callback: milliseconds, maxRotation: 0 } },
          y: { ...axis("share of writes in %"), min: 0, max: 100 },
        },
        plugins: {
          legend: { position: narrow.matches ? "bottom" : "right", align: "start", labels: { usePointStyle: true, pointStyle: "line", boxWidth: 44 } },
          tooltip: { callbacks: { label: (point) => point.dataset.label + ": " + point.parsed.y.toFixed(1) + " % within " + point.parsed.x + " ms" } },
        },
      },
    });
  }

  function draw() {
    while (charts.length > 0) charts.pop().destroy();
    Chart.defaults.color = dark.matches ? "#c3cad4" : "#3a424d";
    Chart.defaults.font.family = "system-ui, sans-serif";
    reports.forEach((report, number) => {
      charts.push(throughput(document.getElementById("throughput-" + number), report.throughput));
      report.distributions.forEach((data, at) => {
        charts.push(latency(document.getElementById("latency-" + number + "-" + at), data));
      });
    });
  }

  draw();
  dark.addEventListener("change", draw);
  narrow.addEventListener("change", draw);
})();
