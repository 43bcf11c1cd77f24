/** What a study says about itself beside its numbers. */
export interface StudyAbout {
  /** One line on the prices, e.g. the folder and the dates. */
  readonly market: string;
  /** Prices are made up. */
  readonly generated: boolean;
}
