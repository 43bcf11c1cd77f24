import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type CliResult, ROOT, ended, runCli, temporaryFolder } from '../support/cli.js';
import { until } from '../support/until.js';

const { path: root, remove } = temporaryFolder();
const UNITS = join(ROOT, 'scripts/systemd');
const units = readdirSync(UNITS).filter((name) => name.endsWith('.service'));

/** Of settings in a unit file, by name; one may come several times. */
function settingsOf(unit: string): Map<string, string[]> {
  const settings = new Map<string, string[]>();
  for (const line of readFileSync(join(UNITS, unit), 'utf8').split('\n')) {
    const [, name, value] = /^([A-Za-z]+)=(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) settings.set(name, [...(settings.get(name) ?? []), value]);
  }
  return settings;
}

describe('units for systemd', () => {
  it.each(units)('%s comes back, but not where another start would end the same way', (unit) => {
    const settings = settingsOf(unit);
    expect(settings.get('Type')).toEqual(['simple']);
    expect(settings.get('Restart')).toEqual(['always']);
    expect(settings.get('RestartPreventExitStatus')).toEqual(['2 3 4']);
    expect(settings.get('EnvironmentFile')).toHaveLength(1);
    expect(settings.get('NoNewPrivileges')).toEqual(['true']);
    expect(settings.get('ExecStart')?.[0]).toMatch(/main\.cjs (arena|deployer|paper|worker)\b/);
  });

  const analyze = (path: string): { status: number | null; text: string } => {
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', path], {
      encoding: 'utf8',
    });
    return { status, text: stderr };
  };

  it.skipIf(spawnSync('systemd-analyze', ['--version']).status !== 0)('are what systemd takes', () => {
    for (const unit of units) expect(analyze(join(UNITS, unit)), unit).toEqual({ status: 0, text: '' });
    const broken = join(root, 'broken.service');
    const text = readFileSync(join(UNITS, 'strategy-arena.service'), 'utf8');
    writeFileSync(broken, text.replace('Restart=always', 'Restart=sometimes'));
    expect(analyze(broken).text, 'it looks').toContain('sometimes');
  });
});

describe('the commands that put units and settings in their places', () => {
  const text = readFileSync(join(UNITS, 'README.md'), 'utf8');
  const lines = text.split('\n').filter((line) => /^sudo (install|cp|chown) /.test(line));
  const place = join(root, 'installed');
  /** As whoever runs the test, below a folder of its own. */
  const script = lines
    .map((line) => line.replace(/^sudo /, '').replaceAll(/ -[og] arena\b/g, ''))
    .map((line) =>
      line.replace('arena:arena', '"$(id -u):$(id -g)"').replaceAll(/ \/(etc|var)\//g, ` ${place}/$1/`),
    )
    .join('\n');

  it('work, also a second time', () => {
    const checkout = join(root, 'checkout');
    mkdirSync(checkout);
    for (const name of ['contestants', 'scripts'])
      cpSync(join(ROOT, name), join(checkout, name), { recursive: true });
    for (const name of ['.env', 'arena.config.json']) writeFileSync(join(checkout, name), '{}');
    mkdirSync(join(place, 'etc/systemd/system'), { recursive: true });
    expect(lines.length).toBeGreaterThan(3);
    for (let time = 0; time < 2; time++) {
      const { status, stderr } = spawnSync('sh', ['-ec', script], { cwd: checkout, encoding: 'utf8' });
      expect({ status, stderr }, script).toEqual({ status: 0, stderr: '' });
    }
    expect(readdirSync(join(place, 'etc/systemd/system'))).toEqual(units);
    const home = join(place, 'var/lib/strategy-arena');
    expect(readdirSync(home)).toEqual(['arena.config.json', 'contestants']);
    expect(readdirSync(join(home, 'contestants'))).toEqual(readdirSync(join(ROOT, 'contestants')));
  });
});

const composeSchema = z.object({
  services: z.record(
    z.string(),
    z.looseObject({
      command: z.array(z.string()).optional(),
      ports: z.array(z.string()).optional(),
      volumes: z.array(z.string()).optional(),
      restart: z.string().optional(),
    }),
  ),
  volumes: z.record(z.string(), z.unknown()),
});

describe('files for containers', () => {
  // A parser that came with another package of the tests; in a process of its own, as it is none of ours.
  const parse =
    "const y=require('yaml');process.stdout.write(JSON.stringify(y.parse(require('fs').readFileSync(0,'utf8'),{merge:true})))";
  const compose = composeSchema.parse(
    JSON.parse(
      execFileSync(process.execPath, ['-e', parse], {
        cwd: ROOT,
        input: readFileSync(join(ROOT, 'scripts/docker/compose.yaml')),
        encoding: 'utf8',
      }),
    ),
  );

  it('compose has all processes, each restarted, with ports of this machine alone and volumes that are there', () => {
    expect(Object.keys(compose.services).sort()).toEqual(['arena', 'deployer', 'paper', 'redis', 'worker']);
    for (const [name, { ports = [], volumes = [], restart }] of Object.entries(compose.services)) {
      expect(restart, name).toBe('always');
      for (const port of ports) expect(port, name).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
      for (const volume of volumes) {
        const source = volume.split(':')[0] ?? '';
        if (source.startsWith('.'))
          expect(existsSync(join(ROOT, 'scripts/docker', source)), volume).toBe(true);
        else expect(Object.keys(compose.volumes)).toContain(source);
      }
    }
  });

  it('the image is made of files that are there and are not left out', () => {
    const text = readFileSync(join(ROOT, 'scripts/docker/Dockerfile'), 'utf8');
    const copied = [...text.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap((match) =>
      (match[1] ?? '').split(' '),
    );
    const kept = readFileSync(join(ROOT, '.dockerignore'), 'utf8').split('\n');
    expect(copied.length).toBeGreaterThan(4);
    for (const file of copied) {
      expect(existsSync(join(ROOT, file)), file).toBe(true);
      expect(kept, file).toContain(`!${file}`);
    }
    expect(text).toMatch(/^USER node$/m);
    expect(text).toMatch(/^HEALTHCHECK /m);
  });
});

describe('start, stop and status', () => {
  const script = (name: string, ...args: string[]): CliResult => {
    const { status, stdout, stderr } = spawnSync('sh', [join(ROOT, 'scripts', `${name}.sh`), ...args], {
      cwd: root,
      encoding: 'utf8',
    });
    return { code: status, stdout, stderr };
  };

  beforeAll(() => {
    mkdirSync(join(root, 'contestants'));
    mkdirSync(join(root, 'logs'));
    writeFileSync(join(root, 'contestants', 'a.json'), JSON.stringify([{ kind: 'sma-cross' }]));
  });
  afterAll(() => {
    script('stop');
    remove();
  });

  it('start a process in the background, see it, and end it', async () => {
    expect(script('status').code).toBe(5);
    expect(script('start', 'arena', '--days', '1', '--quiet').code).toBe(0);
    await until('its day is played', () => runCli(['arena', 'status'], { cwd: root }).code === 5);
    const started = script('start', 'paper');
    expect(started.code, started.stderr).toBe(0);
    expect(started.stdout).toContain('paper runs: pid');
    expect(script('status').stdout).toMatch(/paper trader +running/);
    const stopped = script('stop');
    expect(stopped.code, stopped.stderr).toBe(0);
    expect(stopped.stdout).toContain('has stopped');
    expect(stopped.stderr, 'who was not there is no error').toBe('');
    expect(script('status').code).toBe(5);
    expect(script('stop', 'paper').code, 'nobody is there').toBe(5);
  });

  it('signal nobody who has the number of a worker that is gone', async () => {
    const other = spawn('sleep', ['60']);
    const gone = ended(other);
    writeFileSync(join(root, 'logs', 'worker.pid'), `${String(other.pid)} 12345\n`);
    const stopped = script('stop', 'worker');
    expect(stopped.code).toBe(5);
    expect(stopped.stdout).toContain('no worker');
    expect(other.exitCode ?? other.signalCode, 'it lives').toBeNull();
    other.kill('SIGKILL');
    expect((await gone).signal).toBe('SIGKILL');
  });

  it('end the worker that was started, by its number and beginning', async () => {
    const worker = spawn('sleep', ['60']);
    const gone = ended(worker);
    const stat = readFileSync(`/proc/${String(worker.pid)}/stat`, 'utf8');
    const began = stat.replace(/.*\) /, '').split(' ')[19] ?? '';
    writeFileSync(join(root, 'logs', 'worker.pid'), `${String(worker.pid)} ${began}\n`);
    expect(script('status').stdout).toContain(`worker       RUNNING (pid ${String(worker.pid)})`);
    // Beside this process, which has to take note of its child's end.
    const stop = spawn('sh', [join(ROOT, 'scripts/stop.sh'), 'worker'], { cwd: root });
    expect((await ended(stop)).code).toBe(0);
    expect((await gone).signal).toBe('SIGTERM');
    expect(existsSync(join(root, 'logs', 'worker.pid'))).toBe(false);
  });

  it('name what they do not know', () => {
    const started = script('start', 'nonsense');
    expect(started.code).toBe(2);
    expect(started.stderr).toContain('nonsense');
    expect(script('stop', 'nonsense').code).toBe(2);
  });
});
