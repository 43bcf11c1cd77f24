import type { Study } from '../../core/metrics/judge-study.js';
import type { StudyAbout } from './study-about.js';
import { studyCsv } from './study-csv.js';
import { studyJson } from './study-json.js';
import { studyPage } from './study-page.js';
import { studyText } from './study-text.js';

/** The files of a study by name: for people, for a spreadsheet, for programs. */
export function studyFiles(study: Study, about: StudyAbout): Map<string, string> {
  return new Map([
    ['study.txt', studyText(study, about)],
    ['study.html', studyPage(study, about)],
    ['study.json', studyJson(study, about)],
    ...studyCsv(study),
  ]);
}
