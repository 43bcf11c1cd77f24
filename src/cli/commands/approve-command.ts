import { resolve } from 'node:path';
import pc from 'picocolors';
import type { DeployerRequest } from '../../app/run-deployer.js';
import type { CandidateEntry, CandidateFile } from '../../core/deployment/candidate-file.js';
import { offersOf } from '../../core/deployment/candidate-file.js';
import { Problem } from '../../core/domain/problem.js';
import { formatForPeople } from '../../core/domain/time.js';
import { candidateText } from '../../reporting/candidate-text.js';
import { configFor } from '../arena-config.js';
import { confirmed } from '../ask.js';
import { EXIT } from '../exit-codes.js';
import { createOutput } from '../output.js';
import type { PaperFlags } from '../paper-flags.js';
import { readCandidates } from '../read-arena-files.js';
import { requestEnvelope } from '../request-envelope.js';
import { fileRequestIn, folderProjections, probeLock, sha256 } from '../wire.js';

type ApproveFlags = PaperFlags & { readonly override?: string; readonly reject?: string };

const OTHERS_SHOWN = 5;

/** `approve`: shows what there is to decide on, asks, and files the decision with the deployer. */
export async function approveCommand(text: string | undefined, flags: ApproveFlags): Promise<number> {
  const output = createOutput(flags.json === true);
  const { values } = configFor(flags);
  const arenaFolder = resolve(values.state.folder);
  const folder = resolve(values.deployments.folder);
  if (flags.override !== undefined && flags.reject !== undefined)
    throw new Problem('usage', '--override and --reject say the opposite', { hint: 'give one of them' });
  const file = readCandidates(arenaFolder);
  if (file === undefined) throw noCandidate(arenaFolder);
  const entry = findEntry(file, text);
  const newest = entry.valid.at(-1);
  const offered = offersOf(file, sha256).find(({ freeze }) => freeze.hash === entry.hash);
  if (newest === undefined || offered?.intact !== true)
    throw new Problem(
      'damaged',
      `${arenaFolder}/promotion_candidate.json: the evidence does not give its hash`,
      {
        hint: 'the file was changed; the arena writes it anew at its next bar',
      },
    );
  for (const line of candidateText(entry)) output.say(line);
  const others = [file, ...file.others].filter((one) => one.id !== entry.id);
  for (const other of others.slice(0, OTHERS_SHOWN))
    output.say(`also at the gate: ${other.name}, npm run approve -- ${other.id}`);
  if (others.length > OTHERS_SHOWN)
    output.say(`... and ${String(others.length - OTHERS_SHOWN)} more in promotion_candidate.json`);
  const request: DeployerRequest =
    flags.reject !== undefined
      ? { ...requestEnvelope('reject', flags.due), kind: 'reject', hash: entry.hash, reason: flags.reject }
      : {
          ...requestEnvelope('approve', flags.due),
          kind: 'approve',
          hash: entry.hash,
          planCostUsd: entry.handover_plan?.cost_usd ?? null,
          ...(flags.override === undefined ? {} : { override: flags.override }),
        };
  if (request.kind === 'approve' && entry.verdict !== 'promotable' && (flags.override ?? '').trim() === '') {
    output.say(
      pc.yellow('It leads but is not proven. To promote it all the same, say why: --override "reason".'),
    );
    output.answer({ filed: false, id: entry.id, verdict: entry.verdict, needsOverride: true });
    return EXIT.degraded;
  }
  const question = request.kind === 'reject' ? `reject ${entry.name}?` : `promote ${entry.name} to champion?`;
  if (flags.yes !== true && !(await confirmed(question))) {
    output.say('nothing was filed');
    output.answer({ filed: false, id: entry.id });
    return EXIT.fine;
  }
  fileRequestIn(folder, request.id, request);
  const running = probeLock(folder).locked;
  output.say(
    `filed ${request.id}; ${running ? 'the deployer acts on it at its next look' : 'the deployer is not running and acts on it when it starts'}, ` +
      `if the evidence still holds (until ${formatForPeople(newest.expires_at_ms)} of the market's clock)`,
  );
  output.answer({
    filed: true,
    id: request.id,
    kind: request.kind,
    hash: entry.hash,
    deployerRunning: running,
  });
  return EXIT.fine;
}

function findEntry(file: CandidateFile, text: string | undefined): CandidateEntry {
  const all: CandidateEntry[] = [file, ...file.others];
  if (text === undefined) return file;
  const found = all.filter(
    (one) =>
      one.name === text ||
      (text.length >= 4 && (one.hash.startsWith(text) || one.contestant.id.startsWith(text))) ||
      one.valid.some(({ hash }) => hash === text),
  );
  const [entry] = found;
  if (entry === undefined || found.length > 1)
    throw new Problem('input', `"${text}" names ${String(found.length)} candidates`, {
      hint: `at the gate: ${all.map((one) => `${one.id} (${one.name})`).join(', ')}`,
    });
  return entry;
}

function noCandidate(arenaFolder: string): Problem {
  if (folderProjections(arenaFolder).read('promotion_candidate.json') !== undefined)
    return new Problem('damaged', `${arenaFolder}/promotion_candidate.json has the wrong shape`, {
      hint: 'the arena writes it anew at its next bar',
    });
  return new Problem(
    'input',
    `nobody stands at the gate: there is no promotion_candidate.json in ${arenaFolder}`,
    {
      hint: 'a candidate needs a cohort of 168 h, 2 points over the champion, and a Sharpe above 0; see leaderboard.txt',
    },
  );
}
