/** What anybody may put into the inbox of arena, deployer or paper trader: the owner goes on and does what is right. */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileRequestIn, journalOf } from '../../src/cli/wire.js';
import { type CliResult, runCli, temporaryFolder } from '../support/cli.js';

const { path: root, remove } = temporaryFolder();
afterAll(remove);
const contestants = join(root, 'contestants');
const state = join(root, 'arena');
const deployments = join(root, 'deployments');
const paper = join(root, 'paper');
const outside = join(root, 'outside');
const FOLDERS = [
  '--state',
  state,
  '--contestants',
  contestants,
  '--deployments',
  deployments,
  '--paper',
  paper,
];
/** Little enough memory that reading an inbox whole would end the process. */
const SMALL = { NODE_OPTIONS: '--max-old-space-size=96' };

const play = (days: string): CliResult =>
  runCli(['arena', '--state', state, '--contestants', contestants, '--days', days, '--quiet'], {
    env: SMALL,
  });

beforeAll(() => {
  mkdirSync(contestants);
  mkdirSync(outside);
  writeFileSync(join(outside, 'precious.json'), '{"id": "precious"}');
  writeFileSync(
    join(contestants, 'a.json'),
    JSON.stringify([
      { title: 'first', kind: 'sma-cross', params: { fast: 4, slow: 12 } },
      { title: 'second', kind: 'rsi-bands', params: { period: 5, low: 40, high: 60 } },
    ]),
  );
  expect(play('1').code).toBe(0);
  expect(runCli(['paper', '--once', ...FOLDERS]).code).toBe(0);
  expect(runCli(['deployer', '--once', ...FOLDERS]).code).toBe(0);
});

const base = (id: string): { id: string; who: string; whenMs: number } => ({
  id,
  who: 'somebody',
  whenMs: 1,
});

interface Owner {
  readonly name: string;
  readonly folder: string;
  /** A request that the owner takes. */
  readonly good: (id: string) => Record<string, unknown>;
  /** One that belongs to another. */
  readonly foreign: (id: string) => Record<string, unknown>;
  readonly run: () => CliResult;
  /** How the journal shows that the good one was done. */
  readonly done: string;
}
const kill = (id: string): Record<string, unknown> => ({
  ...base(id),
  kind: 'kill',
  reason: 'smoke',
  flatten: false,
});
const rollback = (id: string): Record<string, unknown> => ({ ...base(id), kind: 'rollback', reason: 'odd' });
const OWNERS: readonly Owner[] = [
  {
    name: 'the arena',
    folder: state,
    good: (id) => ({ ...base(id), kind: 'retire', contestant: 'second', reason: 'enough' }),
    foreign: kill,
    run: () => play('1'),
    done: '"event":"retired"',
  },
  {
    name: 'the deployer',
    folder: deployments,
    good: rollback,
    foreign: kill,
    run: () => runCli(['deployer', '--once', ...FOLDERS], { env: SMALL }),
    done: '"what":"rollback"',
  },
  {
    name: 'the paper trader',
    folder: paper,
    good: kill,
    foreign: rollback,
    run: () => runCli(['paper', '--once', ...FOLDERS], { env: SMALL }),
    done: '"event":"killed"',
  },
];

const eventsOf = (folder: string): string[] => {
  const store = journalOf(folder, true);
  try {
    return [...store.rounds(1)].flatMap((round) => round.events);
  } finally {
    store.close();
  }
};

/** Everything at once, sorted before the true request. Returns what is to be refused in the journal. */
function attack({ folder, good, foreign }: Owner): string[] {
  const inbox = join(folder, 'inbox');
  const put = (name: string, content: string | object): void => {
    writeFileSync(join(inbox, name), typeof content === 'string' ? content : JSON.stringify(content));
  };
  mkdirSync(inbox, { recursive: true });
  for (let i = 0; i < 10_000; i++) put(`r${String(i).padStart(5, '0')}.json`, '{"half": ');
  // Not due for years: they must hide nothing that is due.
  for (let i = 0; i < 600; i++) {
    const id = `later-${String(i).padStart(4, '0')}`;
    put(`${id}.json`, { ...good(id), dueBarMs: Date.UTC(2030, 0, 1) });
  }
  put('deep.json', '['.repeat(100_000) + ']'.repeat(100_000));
  put('deep-object.json', '{"a":'.repeat(100_000));
  put('large.json', `"${'x'.repeat(50_000_000)}"`);
  put('.half.json.tmp', '{"half": ');
  put('line\nbreak.json', good('line'));
  put('\u001b[31mred.json', good('red'));
  put('..\\up.json', good('up'));
  put('\u202enosj.json', good('turned'));
  put('gr\u00f6\u00dfe.json', good('x'));
  writeFileSync(Buffer.concat([Buffer.from(`${inbox}/a-no-text-`), Buffer.of(0xff, 0xfe)]), '{}');
  mkdirSync(join(inbox, 'folder.json'));
  put('folder.json/inside', 'kept');
  symlinkSync(join(outside, 'precious.json'), join(inbox, 'link.json'));
  symlinkSync(join(outside, 'nothing.json'), join(inbox, 'dangling.json'));
  symlinkSync(join(inbox, 'loop.json'), join(inbox, 'loop.json'));
  symlinkSync(outside, join(inbox, 'link-to-folder.json'));
  // Set aside one after the other, the reason of the second would be written through the first.
  symlinkSync(join(outside, 'precious.json'), join(inbox, 'trap.why.txt'));
  put('trap', 'x');
  expect(spawnSync('sh', ['-c', 'mkfifo "$1"', 'sh', join(inbox, 'pipe.json')]).status).toBe(0);
  const refused: [string, unknown][] = [
    ['foreign', foreign('foreign')],
    ['copy', good('true')],
    ['12345', good('54321')],
    ['path', good('../../outside/precious')],
    ['long-id', good('i'.repeat(10_000))],
    ['no-object', [1]],
    ['null', null],
    ['escape', { ...good('escape'), contestant: '\u001b[31mred\nnext line' }],
    ['proto', JSON.parse(`{"__proto__": {"kind": "kill"}}`)],
    ['extra', { ...good('extra'), more: 1 }],
    ['far', { ...good('far'), dueBarMs: 1e300 }],
    ...Object.keys(good('x')).flatMap((field): [string, unknown][] =>
      [null, 7.5, 'x'.repeat(20_000), true, [], {}].flatMap((value, i): [string, unknown][] => {
        const id = `wrong-${field.toLowerCase()}-${String(i)}`;
        const sameType = typeof value === typeof good(id)[field] && i !== 2;
        return sameType || (field === 'whenMs' && i === 1) ? [] : [[id, { ...good(id), [field]: value }]];
      }),
    ),
    ...[null, '2030', [], true].map((value, i): [string, unknown] => [
      `due-${String(i)}`,
      { ...good(`due-${String(i)}`), dueBarMs: value },
    ]),
  ];
  for (const [id, body] of refused) put(`${id}.json`, body as object);
  put('due-inf.json', JSON.stringify({ ...good('due-inf'), dueBarMs: 1 }).replace(/1}$/, '1e999}'));
  return [...refused.map(([id]) => id), 'due-inf'];
}

describe.each(OWNERS)('the inbox of $name', (owner) => {
  it(
    'full of rubbish: the true request is done once, the rest is set aside or refused with a reason',
    { timeout: 300_000 },
    () => {
      const { folder, good, run, done } = owner;
      const inbox = join(folder, 'inbox');
      const rejected = join(folder, 'inbox-rejected');
      const refused = attack(owner);
      fileRequestIn(folder, 'true', good('true'));
      const dones = (): number => eventsOf(folder).filter((line) => line.includes(done)).length;
      const before = dones();
      if (owner.name !== 'the arena') expect(play('1').code).toBe(0);
      const result = run();
      expect(result.stderr.slice(0, 2_000)).not.toContain('bug');
      expect(result.code).toBe(0);
      expect(dones() - before, 'done exactly once').toBe(1);

      const outcomes = new Map<string, boolean[]>();
      for (const line of eventsOf(folder)) {
        const event = JSON.parse(line) as { event: string; id: string; accepted: boolean };
        if (event.event === 'request')
          outcomes.set(event.id, [...(outcomes.get(event.id) ?? []), event.accepted]);
      }
      expect(outcomes.get('true')).toEqual([true]);
      for (const id of refused) expect([id, outcomes.get(id)]).toEqual([id, [false]]);
      expect(outcomes.size).toBe(refused.length + 1);

      const left = readdirSync(inbox).filter((name) => !name.startsWith('later-'));
      expect(readdirSync(inbox).length - left.length, 'what is not due waits').toBe(600);
      expect(left.filter((name) => !name.includes('\uFFFD'))).toEqual(
        // What begins with a dot may still be written; after an hour it is rubbish too.
        ['..\\up.json', '.half.json.tmp'],
      );
      expect(readFileSync(join(outside, 'precious.json'), 'utf8')).toBe('{"id": "precious"}');
      expect(readdirSync(outside)).toEqual(['precious.json']);

      const kept = readdirSync(rejected);
      expect(kept.length).toBeGreaterThan(500);
      expect(kept.length, 'does not grow for ever').toBeLessThanOrEqual(1_000);
      expect(
        kept.filter((name) => !name.endsWith('.why.txt') && !existsSync(join(rejected, `${name}.why.txt`))),
      ).toEqual([]);
      for (const name of kept.filter((each) => each.endsWith('.why.txt')))
        expect(lstatSync(join(rejected, name)).isFile()).toBe(true);
      expect(result.stdout + result.stderr, 'a name steers no terminal').not.toMatch(/\u001b\[31mred|\u202e/);
      expect(result.stdout.length).toBeLessThan(60_000);
    },
  );

  it('the same request again, also with another body, does nothing more', () => {
    const { folder, good, run, done } = owner;
    const before = eventsOf(folder).filter((line) => line.includes(done)).length;
    fileRequestIn(folder, 'true', good('true'));
    if (owner.name !== 'the arena') expect(play('1').code).toBe(0);
    expect(run().code).toBe(0);
    fileRequestIn(folder, 'true', { ...good('true'), reason: 'another one' });
    if (owner.name !== 'the arena') expect(play('1').code).toBe(0);
    expect(run().code).toBe(0);
    expect(eventsOf(folder).filter((line) => line.includes(done))).toHaveLength(before);
    expect(existsSync(join(folder, 'inbox', 'true.json'))).toBe(false);
  });

  it('a clock that is years off changes nothing: only the bar counts', () => {
    const { folder, good, run } = owner;
    const ids = [-8e15, 0, 8e15].map((whenMs, i) => {
      const id = `clock-${String(i)}`;
      fileRequestIn(folder, id, { ...good(id), whenMs });
      return id;
    });
    if (owner.name !== 'the arena') expect(play('1').code).toBe(0);
    expect(run().code).toBe(0);
    const handled = eventsOf(folder)
      .filter((line) => line.includes('"event":"request"'))
      .map((line) => (JSON.parse(line) as { id: string }).id);
    expect(handled.filter((id) => id.startsWith('clock-')).sort()).toEqual(ids);
  });
});
