/** Looks into a running Node process that was started with `--inspect=127.0.0.1:0` and a pipe for its words. */
import type { ChildProcess } from 'node:child_process';
import { WebSocket } from 'ws';
import { z } from 'zod';

export interface Inspector {
  /** A method of the Chrome DevTools Protocol. */
  call(method: string, params?: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** The value of an expression, as JSON gives it back. */
  evaluate(expression: string): Promise<unknown>;
  close(): void;
}

const answerSchema = z.looseObject({ id: z.int(), result: z.unknown() });
const evaluatedSchema = z.looseObject({ result: z.looseObject({ value: z.unknown() }) });

export async function openInspector(child: ChildProcess, patienceMs: number): Promise<Inspector> {
  const socket = new WebSocket(await addressOf(child, patienceMs));
  const waiting = new Map<number, { resolve: (result: unknown) => void; reject: (why: Error) => void }>();
  let calls = 0;
  socket.on('message', (text: Buffer) => {
    const { success, data } = answerSchema.safeParse(JSON.parse(text.toString()));
    if (!success) return;
    waiting.get(data.id)?.resolve(data.result);
    waiting.delete(data.id);
  });
  socket.on('close', () => {
    for (const { reject } of waiting.values())
      reject(new Error('the process that was looked into has ended'));
  });
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  const call: Inspector['call'] = (method, params = {}) =>
    new Promise((resolve, reject) => {
      if (socket.readyState !== WebSocket.OPEN) {
        reject(new Error('the process that was looked into has ended'));
        return;
      }
      calls++;
      waiting.set(calls, { resolve, reject });
      socket.send(JSON.stringify({ id: calls, method, params }));
    });
  return {
    call,
    async evaluate(expression) {
      const { result } = evaluatedSchema.parse(
        await call('Runtime.evaluate', { expression, returnByValue: true }),
      );
      return result.value;
    },
    close() {
      socket.terminate();
    },
  };
}

/** The process says it itself, before anything else. */
function addressOf({ stderr }: ChildProcess, patienceMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const timer = setTimeout(() => {
      reject(new Error(`the process does not say where it can be looked into: ${said}`));
    }, patienceMs);
    stderr?.on('data', (text: Buffer) => {
      said = `${said}${text.toString()}`.slice(-10_000);
      const [address] = /ws:\/\/\S+/.exec(said) ?? [];
      if (address === undefined) return;
      clearTimeout(timer);
      resolve(address);
    });
  });
}
