import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SYMBOLS = ['BTC', 'ETH', 'SOL', 'BNB', 'XRP', 'DOGE'].map((coin) => `${coin}-USDT`);

/**
 * The market of the recorded runs as a folder of links: spot candles that stand as perpetuals, with the funding of the
 * perpetuals where there is some. `crypto` is a folder of venues' candles.
 */
export function makeRecordedMarket(folder: string, crypto: string): string {
  for (const symbol of SYMBOLS) {
    mkdirSync(join(folder, symbol), { recursive: true });
    symlinkSync(join(crypto, 'binance', symbol, '1h.csv.gz'), join(folder, symbol, '1h.csv.gz'));
    symlinkSync(join(crypto, 'binance', symbol, '4h.csv.gz'), join(folder, symbol, '4h.csv.gz'));
    const funding = join(crypto, 'binance-perp', symbol, 'funding.csv.gz');
    if (existsSync(funding)) symlinkSync(funding, join(folder, symbol, 'funding.csv.gz'));
  }
  writeFileSync(join(folder, 'market.json'), JSON.stringify({ instrument: 'perpetual' }));
  return folder;
}
