const ARGS = {
  buy: '"quantity": 0.25, "profit_target": 118500.5, "stop_loss": 104200, "invalidation_condition": "4h close below 104,000", "leverage": 10, "confidence": 0.72, "risk_usd": 412.5',
  hold: '"quantity": 12, "profit_target": 4350.75, "stop_loss": 3700, "invalidation_condition": "If RSI \\"cools\\" below 40 {again}", "leverage": 5, "confidence": 0.6, "risk_usd": 150',
  close:
    '"quantity": 0, "profit_target": null, "stop_loss": null, "invalidation_condition": "none", "leverage": 1, "confidence": 0.9, "risk_usd": 0, "close_reason": "target met, it\'s done"',
};

const TABLE = `{
  "BTC": { "trade_signal_args": { "coin": "BTC", "signal": "buy", ${ARGS.buy} } },
  "ETH": { "trade_signal_args": { "coin": "ETH", "signal": "hold", ${ARGS.hold} } },
  "SOL": { "trade_signal_args": { "coin": "SOL", "signal": "close_position", ${ARGS.close} } }
}`;

/** Replies in every form that the parser reads, whole and damaged: what mutations start from. */
export const MADE_REPLIES: readonly string[] = [
  `# CHAIN OF THOUGHT\n\nBTC at 109160.00 holds EMA20 (111104.55); RSI 37.4. I'll buy.\n\n# TRADING DECISIONS\n\n\`\`\`json\n${TABLE}\n\`\`\``,
  `Everything is falling, volume 3548 vs 7856. **WAIT**.\n\n# TRADING DECISIONS\n\n{}`,
  `{"BTC": {"coin": "btc", "signal": "BUY", ${ARGS.buy}}, "ETH": {"coin": "eth", "signal": "Hold", ${ARGS.hold}}}`,
  `My only trade:\n{"coin": "DOGE", "signal": "sell", "quantity": "1,150.5", "leverage": "10x", "profit_target": "$0.15", "stop_loss": 0.21, "invalidation_condition": "x", "confidence": "0.5", "risk_usd": 90}`,
  `\`\`\`json\n[{"coin": "XRP", "signal": "buy", ${ARGS.buy}},\n {"coin": "BNB", "signal": "close", "quantity": 3}]\n\`\`\`\nThat is all.`,
  `# TRADING DECISIONS\n{\n  // no position in BTC\n  'BNB': {'trade_signal_args': {coin: 'BNB', signal: 'buy', quantity: 9, /* half */ leverage: 12, profit_target: 1150.00, stop_loss: 1000.0, confidence: .72, risk_usd: 800, invalidation_condition: 'price doesn\\'t hold 1000',},},\n}`,
  `思考：上涨。\n｛“BTC”：｛“coin”：“BTC”，“signal”：“buy”，“quantity”：０．５，“leverage”：１０，“profit_target”：118000，“stop_loss”：104000，“confidence”：0.7，“risk_usd”：300，“invalidation_condition”：“跌破104000”｝｝`,
  `A draft } first: {"BTC": {"coin": "BTC", "signal": "hold", ${ARGS.hold}}}\n\nNo, the final decision is:\n\n${TABLE}`,
  `# TRADING DECISIONS\n\`\`\`json\n${TABLE.slice(0, 460)}`,
  `The market state was {"rsi": 41.5, "macd": [-12.5, 3], "levels": {"support": 104000}}; nothing to do, so no JSON.`,
  `{"coin":"BTC","signal":"buy",${ARGS.buy}}\n{"coin":"ETH","signal":"hold",${ARGS.hold}}`,
  '',
];
