/**
 * The eight colours that people of every colour vision can tell apart (Okabe & Ito 2008, "Color Universal Design"), the
 * dark ones lightened on a dark page. Lines differ by dashes as well, for whoever prints without colour.
 */
export type Colour = 'blue' | 'orange' | 'green' | 'red' | 'sky' | 'purple' | 'grey';

const LIGHT: Readonly<Record<string, string>> = {
  blue: '#0072b2',
  orange: '#b87a00',
  green: '#00805c',
  red: '#d55e00',
  sky: '#3d97c9',
  purple: '#b0568a',
  grey: '#767c85',
  ink: '#1b1f24',
  muted: '#59616b',
  rule: '#dde1e6',
  paper: '#ffffff',
};
const DARK: Readonly<Record<string, string>> = {
  blue: '#4ba6e6',
  orange: '#e69f00',
  green: '#22b98c',
  red: '#f27d2c',
  sky: '#7cc7f2',
  purple: '#d98fb8',
  grey: '#8d949e',
  ink: '#e6e9ed',
  muted: '#a3abb5',
  rule: '#343b44',
  paper: '#15191e',
};

function variables(colours: Readonly<Record<string, string>>): string {
  return Object.entries(colours)
    .map(([name, value]) => `--${name}:${value}`)
    .join(';');
}

/** For the page and for a picture that stands alone. A printed page is a light one. */
export const CHART_STYLE = `
:root,svg{${variables(LIGHT)}}
@media screen and (prefers-color-scheme:dark){:root,svg{${variables(DARK)}}}
.chart{font:12px ui-sans-serif,system-ui,"Segoe UI",Helvetica,Arial,sans-serif}
.chart text{fill:var(--ink)}
.chart text.muted{fill:var(--muted)}
.chart text.strong{font-weight:600;paint-order:stroke;stroke:var(--paper);stroke-width:4px;stroke-linejoin:round}
.chart text.over{paint-order:stroke;stroke:var(--paper);stroke-width:3px;stroke-linejoin:round}
.chart .grid{stroke:var(--rule);stroke-width:1;fill:none}
.chart .axis{stroke:var(--muted);stroke-width:1;fill:none}
.chart .zero{stroke:var(--muted);stroke-width:1;stroke-dasharray:1 3;fill:none}
.chart .empty{fill:none;stroke:var(--rule)}
.chart .line{fill:none;stroke:currentColor;stroke-width:1.8;stroke-linejoin:round}
.chart .thin{stroke-width:1}
.chart .fill{fill:currentColor;stroke:none}
.chart .soft{fill:currentColor;stroke:none;fill-opacity:.22}
.chart .halo{stroke:var(--paper);stroke-width:1.5}
.chart .hollow{fill:var(--paper);stroke:currentColor;stroke-width:1.2}
${['blue', 'orange', 'green', 'red', 'sky', 'purple', 'grey'].map((name) => `.${name}{color:var(--${name})}`).join('')}
`.trim();

/** A picture that stands alone in a file. */
export function standalonePicture(svg: string): string {
  const at = svg.indexOf('>') + 1;
  const paper = '<rect width="100%" height="100%" style="fill:var(--paper)"/>';
  return `<?xml version="1.0" encoding="UTF-8"?>\n${svg.slice(0, at)}<style>${CHART_STYLE}</style>${paper}${svg.slice(at)}\n`;
}
