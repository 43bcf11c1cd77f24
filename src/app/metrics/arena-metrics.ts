import type { Arena } from '../../core/arena/arena.js';
import type { Board } from '../../core/arena/board.js';
import type { MetricFamily, MetricSample } from '../../reporting/metrics-text.js';

/** What an arena shows of itself. Whoever leads and who is champion are two series, however many contestants there are. */
export function arenaMetrics(arena: Arena, board: Board | undefined): MetricFamily[] {
  const active = arena.seats.filter(({ contestant }) => contestant.retired === undefined);
  const sum = (of: (figures: (typeof active)[number]['figures']) => number): number =>
    active.reduce((total, { figures }) => total + of(figures), 0);
  const due = sum(({ dueDecisions }) => dueDecisions);
  return [
    {
      type: 'counter',
      name: 'arena_rounds_total',
      help: 'Rounds of this arena since it began.',
      samples: [{ value: arena.seq }],
    },
    {
      type: 'gauge',
      name: 'arena_contestants',
      help: 'Contestants, benchmarks and placebos that take part.',
      samples: [{ value: active.length }],
    },
    {
      type: 'gauge',
      name: 'arena_contestants_at_fault',
      help: 'Those whose last decision could not be made.',
      samples: [{ value: active.filter(({ figures }) => figures.fault !== '').length }],
    },
    {
      type: 'gauge',
      name: 'arena_decision_coverage_ratio',
      help: 'Decisions that were made of those that were due, of all that take part.',
      samples: [{ value: due === 0 ? undefined : sum(({ madeDecisions }) => madeDecisions) / due }],
    },
    {
      type: 'counter',
      name: 'model_spend_usd_total',
      help: 'What language models cost all contestants since the arena began.',
      samples: [
        { value: arena.seats.reduce((total, { session }) => total + (session.models?.costUsd ?? 0), 0) },
      ],
    },
    {
      type: 'gauge',
      name: 'arena_equity_usd',
      help: 'Equity of the leader and of the champion.',
      samples: equities(arena, board),
    },
  ];
}

function equities(arena: Arena, board: Board | undefined): MetricSample[] {
  const leaderId = board?.standings.find(({ rank }) => rank === 1)?.id;
  const leader = arena.seats.find(({ contestant }) => contestant.id === leaderId)?.contestant.position;
  const { champion } = arena.reign;
  return [
    { role: 'leader', position: leader },
    { role: 'champion', position: champion },
  ].flatMap(({ role, position }) => {
    const seat = position === undefined || position === null ? undefined : arena.seats[position];
    if (seat === undefined) return [];
    return [{ labels: { role, contestant: seat.contestant.name }, value: seat.figures.equityUsd }];
  });
}
