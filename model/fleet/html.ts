import type { Section } from "../preview/sections";
import type { FleetPreview } from "./preview";
import { fleetSections } from "./sections";

/**
 * A fleet's preview as one page that needs nothing else: no script, and nothing from anywhere. Tables have captions and headings of columns and
 * rows, long ones scroll by keyboard, and colours follow the reader's light or dark, with words beside each.
 */
export function fleetHtml(preview: FleetPreview): string {
  const { sections, summary } = fleetSections(preview);
  const title = escapeHtml(`Preview of the fleet ${preview.fleet}`);
  const links = sections.map((section, index) => `<li><a href="#part-${index}">${escapeHtml(section.title)}</a></li>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the preview</a>
<header>
<h1>${title}</h1>
<p>${escapeHtml(summary)}</p>
</header>
<nav aria-label="Parts"><ul>${links.join("")}</ul></nav>
<main id="main" tabindex="-1">
${sections.map(partOf).join("\n")}
</main>
</body>
</html>
`;
}

function partOf(section: Section, index: number): string {
  const id = `part-${index}`;
  const title = `<h2 id="${id}-title">${escapeHtml(section.title)}</h2>`;
  const body =
    section.kind === "lines" ? `<pre tabindex="0">${escapeHtml(section.lines.join("\n"))}</pre>` : tableOf(section, `${id}-title`);
  // A table's region has the name already: two landmarks of one name cannot be told apart.
  const named = section.kind === "lines" ? ` aria-labelledby="${id}-title"` : "";
  return `<section id="${id}"${named}>\n${title}\n${body}\n</section>`;
}

function tableOf({ title, about, columns, rows }: Section & { kind: "table" }, label: string): string {
  const head = columns.map((name) => `<th scope="col">${escapeHtml(name)}</th>`).join("");
  const body = rows.map(([first = "", ...cells]) => {
    const rest = cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join("");
    return `<tr><th scope="row"${EFFECTS.has(first) ? ` class="${first}"` : ""}>${escapeHtml(first)}</th>${rest}</tr>`;
  });
  return [
    ...(about === undefined ? [] : [`<p>${escapeHtml(about)}.</p>`]),
    // What is wider than the window is scrolled to by keyboard too.
    `<div class="wide" role="region" tabindex="0" aria-labelledby="${label}">`,
    `<table><caption class="unseen">${escapeHtml(title)}</caption>`,
    `<thead><tr>${head}</tr></thead>`,
    `<tbody>${body.join("\n")}</tbody></table></div>`,
  ].join("\n");
}

/** Words that have a colour too. */
const EFFECTS: ReadonlySet<string> = new Set(["created", "changed", "rebuilt", "deleted", "lost", "moved", "restarted"]);

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`);
}

/** Contrasts are 4.5 to 1 at least, in both. */
const STYLE = `
:root { color-scheme: light dark; --ink: #1b1b1b; --paper: #fff; --line: #767676; --soft: #f0f0f0; --link: #0b57d0; --bad: #a50e0e; --warn: #7a4a00; --good: #0b6b2e; }
@media (prefers-color-scheme: dark) { :root { --ink: #ececec; --paper: #161616; --line: #8c8c8c; --soft: #262626; --link: #8ab4f8; --bad: #ff8a80; --warn: #ffc46b; --good: #7fd99a; } }
body { margin: 0 auto; max-width: 90rem; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: -999rem; } .skip:focus { position: static; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; list-style: none; padding: 0; }
.wide, pre { overflow-x: auto; }
pre { background: var(--soft); padding: .75rem; white-space: pre-wrap; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .35rem .6rem; text-align: left; vertical-align: top; overflow-wrap: break-word; }
thead th { background: var(--soft); white-space: nowrap; }
.deleted, .lost { color: var(--bad); } .rebuilt, .moved, .restarted { color: var(--warn); } .created { color: var(--good); }
@media print { nav, .skip { display: none; } }
`;
