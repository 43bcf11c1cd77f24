/** Lets things happen side by side, or one of them alone: then nothing else goes on until it is over. */
export interface LoneGate {
  together<T>(work: () => Promise<T>): Promise<T>;
  alone<T>(work: () => Promise<T>): Promise<T>;
}

export function createLoneGate(): LoneGate {
  let inside = 0;
  let lone = 0;
  let isAlone = false;
  let waiting: (() => void)[] = [];
  const changed = (): void => {
    const all = waiting;
    waiting = [];
    for (const wake of all) wake();
  };
  const change = (): Promise<void> => new Promise((wake) => waiting.push(wake));
  return {
    async together(work) {
      // Whoever waits to be alone goes first, or would wait for ever. Looked at and taken in one step.
      while (isAlone || lone > 0) await change();
      inside++;
      try {
        return await work();
      } finally {
        inside--;
        changed();
      }
    },
    async alone(work) {
      lone++;
      while (isAlone || inside > 0) await change();
      isAlone = true;
      try {
        return await work();
      } finally {
        isAlone = false;
        lone--;
        changed();
      }
    },
  };
}
