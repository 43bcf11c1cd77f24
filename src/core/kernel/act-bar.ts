/**
 * One bar of a lane in which something happens: fills at the open, funding, protection, mark and decision, by the same
 * formulas in the same order as the general session (DESIGN section 5; simulation/ and risk/ say why). It knows the
 * plain case only. Whatever a venue or a limit would refuse, and an exit that has to wait for a bar, ends it with
 * `false`: then the caller takes the state back and the general session plays the bar.
 */
import { FILL_REASONS } from '../domain/ledger.js';
import { decide } from './lane-decision.js';
import { BY_STRATEGY, enter, leave, payFunding } from './lane-fills.js';
import type { Ground } from './ground.js';
import type { Lane } from './lane.js';
import {
  CASH,
  DOUBLES_HEAD,
  DOUBLES_PER_SYMBOL,
  DUE_DECISIONS,
  ENTRY_PRICE,
  INTS_HEAD,
  INTS_PER_SYMBOL,
  MADE_DECISIONS,
  MARGIN,
  OPENED,
  OPEN_NAMES,
  ORDER_EXIT,
  ORDER_LONG,
  ORDER_SHIFT,
  ORDER_SHORT,
  QUANTITY,
  STANCE_MASK,
  STATE,
} from './lane-layout.js';

const BY_STOP = FILL_REASONS.indexOf('stop');
const BY_TARGET = FILL_REASONS.indexOf('target');
const BY_MAX_HOLD = FILL_REASONS.indexOf('max-hold');
const BY_LIQUIDATION = FILL_REASONS.indexOf('liquidation');

/** Plays row `b`. After `true`, `work.ints[WHY]` says whether it acted, and the orders of the decision are in its state. */
export function actBar(lane: Lane, ground: Ground, b: number): boolean {
  const { work, rows, market } = ground;
  const { doubles, ints } = work;
  const t = rows.slots[b] ?? 0;
  if ((ints[OPEN_NAMES] ?? 0) > 0 && (rows.openMs[b] ?? NaN) >= work.dueMs) leaveWhatIsDue(lane, ground, t);
  if (!fillOrders(lane, ground, b, t)) return false;
  if ((ints[OPEN_NAMES] ?? 0) > 0) {
    if (rows.nextFunded[b] === b) payFunding(lane, ground, b, t);
    checkProtection(lane, ground, b, t);
  }
  let equity = doubles[CASH] ?? NaN;
  let gross = 0;
  if ((ints[OPEN_NAMES] ?? 0) > 0) {
    const { index } = lane.venue;
    const row = b * market.symbols.length;
    for (let s = 0, d = DOUBLES_HEAD; s < index.length; s++, d += DOUBLES_PER_SYMBOL) {
      const quantity = doubles[d + QUANTITY] ?? 0;
      if (quantity === 0) continue;
      const mark = rows.close[row + (index[s] ?? 0)] ?? NaN;
      equity += (doubles[d + MARGIN] ?? NaN) + quantity * (mark - (doubles[d + ENTRY_PRICE] ?? NaN));
      gross += Math.abs(quantity * mark);
    }
  }
  ground.equity[b] = equity;
  ground.exposure[b] = gross === 0 ? 0 : equity > 0 ? gross / equity : 0;
  ints[DUE_DECISIONS] = (ints[DUE_DECISIONS] ?? 0) + 1;
  ints[MADE_DECISIONS] = (ints[MADE_DECISIONS] ?? 0) + 1;
  return decide(lane, ground, b, equity);
}

function leaveWhatIsDue(lane: Lane, ground: Ground, t: number): void {
  const { doubles, ints } = ground.work;
  const { openTimesMs } = ground.market;
  const openMs = openTimesMs[t] ?? NaN;
  const { candles } = lane.venue;
  for (let s = 0; s < candles.length; s++) {
    if (doubles[DOUBLES_HEAD + s * DOUBLES_PER_SYMBOL + QUANTITY] === 0) continue;
    const openedMs = openTimesMs[ints[INTS_HEAD + s * INTS_PER_SYMBOL + OPENED] ?? 0] ?? NaN;
    if (!(openedMs + lane.maxHoldMs <= openMs)) continue;
    const open = candles[s]?.open[t] ?? NaN;
    if (open === open) leave(lane, ground, t, s, open, BY_MAX_HOLD);
  }
}

/** False where an order would not fill as it stands. */
function fillOrders(lane: Lane, ground: Ground, b: number, t: number): boolean {
  const { doubles, ints } = ground.work;
  const { candles } = lane.venue;
  let entries = 0;
  for (let s = 0, i = INTS_HEAD + STATE; s < candles.length; s++, i += INTS_PER_SYMBOL) {
    const order = (ints[i] ?? 0) >> ORDER_SHIFT;
    if (order === 0) continue;
    entries |= order & (ORDER_LONG | ORDER_SHORT);
    // A protective exit may have been first.
    if ((order & ORDER_EXIT) === 0 || doubles[DOUBLES_HEAD + s * DOUBLES_PER_SYMBOL + QUANTITY] === 0)
      continue;
    const open = candles[s]?.open[t] ?? NaN;
    if (open !== open) return false;
    leave(lane, ground, t, s, open, BY_STRATEGY);
  }
  for (let s = 0, i = INTS_HEAD + STATE; s < candles.length; s++, i += INTS_PER_SYMBOL) {
    const state = ints[i] ?? 0;
    const order = state >> ORDER_SHIFT;
    if (order === 0) continue;
    ints[i] = state & STANCE_MASK;
    if ((entries & order) === 0) continue;
    if (!enter(lane, ground, b, t, s, (order & ORDER_LONG) !== 0 ? 1 : -1)) return false;
  }
  return true;
}

/** As `checkProtection` does; best prices are caught up with at the end of a block. */
function checkProtection(lane: Lane, ground: Ground, b: number, t: number): void {
  const { work, rows, market } = ground;
  const { doubles, below, above } = work;
  const { index, candles } = lane.venue;
  const row = b * market.symbols.length;
  for (let s = 0; s < index.length; s++) {
    const low = rows.low[row + (index[s] ?? 0)] ?? NaN;
    const high = rows.high[row + (index[s] ?? 0)] ?? NaN;
    if (!(low <= (below[s] ?? NaN)) && !(high >= (above[s] ?? NaN))) continue;
    const quantity = doubles[DOUBLES_HEAD + s * DOUBLES_PER_SYMBOL + QUANTITY] ?? 0;
    if (quantity === 0) continue;
    const open = candles[s]?.open[t] ?? NaN;
    const stop = work.stop[s] ?? NaN;
    const target = work.target[s] ?? NaN;
    const liquidation = work.liquidation[s] ?? NaN;
    if (quantity > 0) {
      if (open <= liquidation) leave(lane, ground, t, s, open, BY_LIQUIDATION);
      else if (low <= stop && !(stop <= liquidation))
        leave(lane, ground, t, s, open < stop ? open : stop, BY_STOP);
      else if (low <= liquidation) leave(lane, ground, t, s, liquidation, BY_LIQUIDATION);
      else if (high >= target) leave(lane, ground, t, s, open > target ? open : target, BY_TARGET);
    } else if (open >= liquidation) leave(lane, ground, t, s, open, BY_LIQUIDATION);
    else if (high >= stop && !(stop >= liquidation))
      leave(lane, ground, t, s, open > stop ? open : stop, BY_STOP);
    else if (high >= liquidation) leave(lane, ground, t, s, liquidation, BY_LIQUIDATION);
    else if (low <= target) leave(lane, ground, t, s, open < target ? open : target, BY_TARGET);
  }
}
