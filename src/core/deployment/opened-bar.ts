/** The bar that an account is in before anybody knows the bar: live quotes have opened it. */
export interface OpenedBar {
  /** Its slot. */
  readonly t: number;
  /** What happened in it so far, as events of its round. */
  readonly lines: string[];
  /** What fills at its open has been dealt with, leftovers included. */
  readonly finished: boolean;
}
