/**
 * Volatility as the exponential of a sum of Ornstein-Uhlenbeck processes with lifetimes from minutes to
 * months. One such process forgets exponentially; several together forget roughly as a power of time, which
 * is the long memory that real markets show (Corsi 2009, "A simple approximate long-memory model of realized
 * volatility"; Calvet and Fisher 2004 for the cascade). The shortest one is what makes tails fat.
 */
import { exponential } from './portable-math.js';
import type { RandomStream } from './random-stream.js';

/** One process: after `lifetimeHours` its memory has faded to 1/e. `variance` is that of log volatility. */
export interface VolatilityComponent {
  readonly lifetimeHours: number;
  readonly variance: number;
}

export interface VolatilityCascade {
  /** Variance of what `next` returns; its mean is 0. */
  readonly variance: number;
  /** Log volatility of the next bar, relative to the usual. */
  next(): number;
}

/** Starts in the stationary state, so that the first bars are like all others. */
export function createVolatilityCascade(
  components: readonly VolatilityComponent[],
  barHours: number,
  random: RandomStream,
): VolatilityCascade {
  const processes = components.map(({ lifetimeHours, variance }) => {
    const averaged = variance * averagedShare(barHours / lifetimeHours);
    const keep = exponential(-Math.min(barHours / lifetimeHours, 40));
    return {
      keep,
      shock: Math.sqrt(averaged * (1 - keep * keep)),
      value: Math.sqrt(averaged) * random.normal(),
      averaged,
    };
  });
  return {
    variance: processes.reduce((sum, process) => sum + process.averaged, 0),
    next() {
      let logVolatility = 0;
      for (const process of processes) {
        process.value = process.keep * process.value + process.shock * random.normal();
        logVolatility += process.value;
      }
      return logVolatility;
    },
  };
}

/**
 * Share of an Ornstein-Uhlenbeck process's variance that is left in its mean over a bar of x lifetimes:
 * 2 (x - 1 + e^-x) / x^2. So a daily bar has thinner tails than an hourly one, as in real markets.
 */
function averagedShare(x: number): number {
  if (x < 0.01) return 1 - x / 3;
  return (2 * (x - 1 + exponential(-Math.min(x, 40)))) / (x * x);
}
