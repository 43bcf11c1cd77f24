/** The page about one account: a contestant's in the arena, or the paper trader's. */
import type { MarketTable } from '../../core/domain/market-table.js';
import type { AccountFigures } from './account-figures.js';
import {
  attributionSection,
  calendarSection,
  costSection,
  distributionSection,
  equitySection,
  overTimeSection,
  readinessSection,
} from './account-sections.js';
import type { EvidenceFigures } from './evidence-figures.js';
import { evidenceSection } from './evidence-section.js';
import { metricsSection } from './metrics-section.js';
import { type Section, reportPage } from './page.js';
import type { ReadinessLine } from './readiness.js';
import { tradesSection } from './trades-section.js';

export interface AccountReport {
  readonly name: string;
  readonly about: readonly string[];
  readonly generated: boolean;
  /** Markup below the head: a verdict, or what the account is. */
  readonly lead: string;
  readonly figures: AccountFigures;
  /** Undefined where there is no field to compare with. */
  readonly evidence: EvidenceFigures | undefined;
  readonly readiness: readonly ReadinessLine[];
  readonly market: MarketTable;
  /** Sections of this kind of account alone, shown after the equity. */
  readonly own: readonly Section[];
}

export function accountPage(report: AccountReport): string {
  const { name, about, generated, lead, figures, evidence, market } = report;
  return reportPage({
    title: name,
    about,
    generated,
    lead,
    sections: [
      equitySection(name, figures),
      ...report.own,
      metricsSection(figures),
      ...(evidence === undefined
        ? []
        : [evidenceSection(evidence, figures.record.timesMs, figures.championUsd !== undefined)]),
      calendarSection(figures),
      distributionSection(figures),
      overTimeSection(figures),
      attributionSection(figures),
      costSection(figures),
      tradesSection(figures.closed, market),
      readinessSection(report.readiness),
    ],
  });
}
