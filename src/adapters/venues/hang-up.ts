import type { CcxtConnection, CcxtExchange } from './ccxt-exchange.js';

/** Ends the connections of an exchange object and leaves no socket behind. */
export async function hangUp(exchange: CcxtExchange): Promise<void> {
  const clients = Object.values(exchange.clients);
  exchange.clients = {};
  await Promise.all(clients.map(endConnection));
}

/** A closing handshake would wait for a venue that is silent. */
async function endConnection({ connection }: CcxtConnection): Promise<void> {
  if (connection === undefined || connection.readyState === 3) return;
  const closed = new Promise<void>((resolve) => {
    connection.once('close', resolve);
  });
  connection.terminate();
  await closed;
}
