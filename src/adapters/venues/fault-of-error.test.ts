import ccxt from 'ccxt';
import { describe, expect, it } from 'vitest';
import { VenueFault } from '../../ports/venue.js';
import { faultOfError } from './fault-of-error.js';

describe("ccxt's errors", () => {
  it.each([
    ['BadSymbol', 'unknown-symbol'],
    ['RateLimitExceeded', 'rate-limited'],
    ['DDoSProtection', 'rate-limited'],
    ['ExchangeNotAvailable', 'unavailable'],
    ['OnMaintenance', 'unavailable'],
    ['RequestTimeout', 'timeout'],
    ['NetworkError', 'unreachable'],
    ['ChecksumError', 'bad-reply'],
    ['InvalidNonce', 'refused'],
    ['BadResponse', 'bad-reply'],
    ['NullResponse', 'bad-reply'],
    ['OperationFailed', 'unavailable'],
    ['MarketClosed', 'unavailable'],
    ['ExchangeError', 'refused'],
    ['BadRequest', 'refused'],
    ['AuthenticationError', 'refused'],
    ['PermissionDenied', 'refused'],
    ['RestrictedLocation', 'refused'],
    ['NotSupported', 'refused'],
    ['ArgumentsRequired', 'refused'],
  ] as const)('%s is %s', (name, kind) => {
    const fault = faultOfError(new ccxt[name]('binance says so'), 'binance: time');
    expect(fault.kind).toBe(kind);
    expect(fault.message).toBe('binance: time: binance says so');
  });

  it('of any other kind are replies that could not be understood, and are not quoted', () => {
    expect(faultOfError(new TypeError('x is not a function'), 'binance: time')).toMatchObject({
      kind: 'bad-reply',
      message: 'binance: time: the reply could not be understood (TypeError)',
    });
    expect(faultOfError('a text', 'binance: time').kind).toBe('bad-reply');
  });

  it('that are faults already stay what they are', () => {
    const fault = new VenueFault('banned', 'x', 5);
    expect(faultOfError(fault, 'y')).toBe(fault);
  });

  it('are told without address, key, markup and page', () => {
    const key = 'vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A';
    const page = `<html><script>x</script>${'<p>maintenance</p>'.repeat(500)}</html>`;
    const { message } = faultOfError(
      new ccxt.ExchangeError(
        `binance GET https://api.binance.com/x?signature=abc&key=${key} 400 ${key} ${page}`,
      ),
      'binance: time',
    );
    expect(message).not.toContain(key.slice(0, 40));
    expect(message).not.toMatch(/signature|<|https/);
    expect(message.length).toBeLessThan(200);
  });
});
