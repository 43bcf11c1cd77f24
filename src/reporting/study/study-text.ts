import type { Study } from '../../core/metrics/judge-study.js';
import { ONE_WINDOW } from '../../core/metrics/study-trial.js';
import { DISCLAIMER } from '../report/page.js';
import { grouped } from '../text-table.js';
import type { StudyAbout } from './study-about.js';
import { studySections } from './study-sections.js';
import { counted, shown, shownLong } from './study-words.js';

/** The study for people. Configurations have numbers, by which tables call them. */
export function studyText(study: Study, about: StudyAbout): string {
  const [head = '', ...others] = studyHead(study, about);
  const lines = [`STUDY  ${head}`, `${about.generated ? 'GENERATED prices: ' : ''}${others.join('\n')}`];
  for (const { title, tables, notes } of studySections(study)) {
    lines.push('', title.toUpperCase());
    tables.forEach(({ text }, i) => lines.push(...(i === 0 ? [] : ['']), ...text));
    if (tables.length > 0 && notes.length > 0) lines.push('');
    lines.push(...notes.flatMap(paragraph));
  }
  lines.push('', DISCLAIMER);
  return `${lines.join('\n')}\n`;
}

/** Lines: how much there is, on which prices, and the windows where they have names. */
export function studyHead({ configurations, windows, excluded, seed }: Study, about: StudyAbout): string[] {
  const trials = configurations.reduce((sum, one) => sum + one.trials.length, 0);
  const named = windows.filter((name) => name !== ONE_WINDOW).map(shown);
  return [
    `${counted(configurations.length, 'configuration')}, ${counted(trials, 'trial')}, ${grouped(excluded.length)} excluded; ${counted(windows.length, 'window')}; seed ${String(seed)}`,
    shownLong(about.market),
    ...(named.length === 0 ? [] : [`Windows: ${named.join('; ')}`]),
  ];
}

const LINE_WIDTH = 116;

/** A dash and whole words, indented from the second line on. */
function paragraph(text: string): string[] {
  const lines: string[] = [];
  let line = '-';
  for (const word of shownLong(text).split(' ')) {
    if (line.length + 1 + word.length > LINE_WIDTH) {
      lines.push(line);
      line = ' ';
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}
