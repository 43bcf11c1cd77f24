/**
 * A report is one HTML file that needs nothing else: no network, no scripts, pictures as SVG in the page. It opens from
 * disk, prints, and follows the reader's choice of light or dark.
 */
import { CHART_STYLE } from '../charts/chart-style.js';
import { escapeHtml } from '../escape-html.js';

export interface Section {
  readonly id: string;
  readonly title: string;
  /** Markup, escaped where it holds words from outside. */
  readonly body: string;
}

export interface Page {
  readonly title: string;
  /** Lines below the title. */
  readonly about: readonly string[];
  /** The prices were made up by a program: impossible to overlook. */
  readonly generated: boolean;
  /** Markup right below the head, e.g. the verdict. */
  readonly lead: string;
  readonly sections: readonly Section[];
}

export const DISCLAIMER =
  'Simulated results. Past results promise nothing. Returns are net of fee, spread, slippage and funding. n/a: not measurable.';

const STYLE = `
*{box-sizing:border-box}
html{color-scheme:light dark;-webkit-text-size-adjust:100%}
body{margin:0 auto;padding:24px 20px 60px;max-width:1000px;background:var(--paper);color:var(--ink);font:15px/1.5 ui-sans-serif,system-ui,"Segoe UI",Helvetica,Arial,sans-serif}
h1{font-size:26px;line-height:1.2;margin:0 0 6px;overflow-wrap:anywhere}
h2{font-size:19px;margin:40px 0 8px;padding-top:10px;border-top:1px solid var(--rule)}
h3{font-size:15px;margin:20px 0 6px}
p{margin:6px 0;max-width:85ch}
.about,.muted,figcaption{color:var(--muted)}
p.muted{font-size:13px}
.about{margin:0}
figure{margin:12px 0;overflow-x:auto;overflow-y:hidden}
figcaption{font-size:13px;margin-top:2px;max-width:90ch}
svg.chart{width:100%;height:auto;display:block}
.banner{border:2px solid var(--red);color:var(--red);padding:6px 12px;margin:14px 0;font-weight:600}
.verdict{border-left:5px solid var(--blue);padding:6px 14px;margin:16px 0}
.verdict p{margin:3px 0}
.verdict strong{font-size:17px}
nav{font-size:13px;margin:14px 0;line-height:1.9}
nav a{margin-right:14px;color:var(--blue);white-space:nowrap}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-size:13px;margin:8px 0;font-variant-numeric:tabular-nums}
th,td{padding:3px 9px 3px 0;text-align:right;border-bottom:1px solid var(--rule);white-space:nowrap}
th{color:var(--muted);font-weight:600;vertical-align:bottom}
td.left,th.left,th.words{text-align:left}
td.words{white-space:normal;text-align:left;min-width:16ch}
.loss{color:var(--red)}
.gain{color:var(--blue)}
.met{color:var(--green);font-weight:600}
.unmet{color:var(--red);font-weight:600}
.tiles{display:flex;flex-wrap:wrap;gap:10px;margin:14px 0}
.tile{border:1px solid var(--rule);border-radius:6px;padding:7px 14px;min-width:118px}
.tile b{display:block;font-size:18px;font-variant-numeric:tabular-nums}
.tile span{font-size:12px;color:var(--muted)}
@media screen and (max-width:700px){svg.chart{min-width:640px}}
footer{margin-top:44px;padding-top:10px;border-top:1px solid var(--rule);color:var(--muted);font-size:13px}
@media print{body{max-width:none;padding:0;font-size:10.5pt}table{font-size:7.5pt}th,td{padding:1.5px 5px 1.5px 0}td.words{min-width:10ch}svg.chart{min-width:0}figure{overflow:visible}nav{display:none}figure,tr,.tile{break-inside:avoid}h2,h3{break-after:avoid}.scroll{overflow:visible}@page{margin:14mm}}
`;

/** Nothing is fetched, whatever the page may hold: the browser is told so too. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

export function reportPage(page: Page): string {
  const title = escapeHtml(page.title);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${CHART_STYLE}${STYLE}</style>
</head>
<body>
<h1>${title}</h1>
${page.about.map((line) => `<p class="about">${escapeHtml(line)}</p>`).join('\n')}
${page.generated ? '<div class="banner">These prices are GENERATED: made up by a program. Nothing here says anything about a real market.</div>' : ''}
${page.lead}
<nav>${page.sections.map(({ id, title: name }) => `<a href="#${escapeHtml(id)}">${escapeHtml(name)}</a>`).join(' ')}</nav>
${page.sections.map(sectionOf).join('\n')}
<footer>${escapeHtml(DISCLAIMER)}</footer>
</body>
</html>
`;
}

function sectionOf({ id, title, body }: Section): string {
  return `<section id="${escapeHtml(id)}"><h2>${escapeHtml(title)}</h2>${body}</section>`;
}

/** A chart with what it shows in words. */
export function figure(chart: string, caption = ''): string {
  return `<figure>${chart}${caption === '' ? '' : `<figcaption>${escapeHtml(caption)}</figcaption>`}</figure>`;
}

export function paragraph(words: string): string {
  return `<p>${escapeHtml(words)}</p>`;
}

export function heading(words: string): string {
  return `<h3>${escapeHtml(words)}</h3>`;
}

/** A few figures to begin with. */
export function tiles(entries: readonly (readonly [name: string, value: string])[]): string {
  const one = ([name, value]: readonly [string, string]): string =>
    `<div class="tile"><b>${escapeHtml(value)}</b><span>${escapeHtml(name)}</span></div>`;
  return `<div class="tiles">${entries.map(one).join('')}</div>`;
}
