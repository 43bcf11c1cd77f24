import type { ContestantManifest } from '../core/arena/contestant.js';
import type { PlanInFile } from '../core/deployment/candidate-file.js';
import { planHandover } from '../core/deployment/plan-handover.js';
import type { CostModel } from '../core/domain/costs.js';
import { costFractions } from '../core/simulation/venue.js';
import type { Kinds } from '../core/strategies/catalog.js';
import { planInFile } from '../reporting/candidate-json.js';
import { parsePositionsState } from './positions-state.js';
import { folderProjections } from './wire.js';

/** What a hand-over to this champion would do to the paper account as it reports itself; undefined while there is none. */
export function planForChampion(
  manifest: ContestantManifest,
  kinds: Kinds,
  paperFolder: string,
  costs: CostModel,
): PlanInFile | undefined {
  const text = folderProjections(paperFolder).read('positions_state.json');
  if (text === undefined) return undefined;
  let state;
  try {
    state = parsePositionsState(text, paperFolder);
  } catch {
    // Torn or edited: there is no account to plan for until the paper trader writes it anew.
    return undefined;
  }
  const kind = kinds.find(manifest.kind);
  const plan = planHandover(
    {
      positions: state.positions.map((p) => ({
        symbol: p.ticker,
        quantity: p.holdings,
        markPrice: p.current_price,
        // 0 says that there is none.
        stopPrice: p.stop_loss_price === 0 ? NaN : p.stop_loss_price,
      })),
      equityUsd: state.portfolio_value,
    },
    { symbols: manifest.symbols, takesShorts: kind?.takesShorts?.(manifest.params) ?? false },
    costFractions(costs),
  );
  return planInFile(plan, state.timestamp ?? 'the start');
}
