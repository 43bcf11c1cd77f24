import type { VenueUsage } from '../../ports/venue.js';
import type { MetricFamily, MetricSample } from '../../reporting/metrics-text.js';
import type { LiveFeedState } from '../live/live-feed.js';

/** An exchange that is asked, and how much of it. */
export interface AskedVenue {
  readonly name: string;
  usage(): VenueUsage;
}

/** What a live market shows of itself and of the exchanges behind it. */
export function liveMetrics(feed: LiveFeedState, venues: readonly AskedVenue[]): MetricFamily[] {
  const usages = venues.map((venue) => ({ venue: venue.name, usage: venue.usage() }));
  const each = (of: (usage: VenueUsage) => number | undefined): MetricSample[] =>
    usages.map(({ venue, usage }) => ({ labels: { venue }, value: of(usage) }));
  return [
    {
      type: 'gauge',
      name: 'arena_round_lag_seconds',
      help: 'From the close of the newest bar until it was settled.',
      samples: [{ value: feed.lagMs === undefined ? undefined : feed.lagMs / 1000 }],
    },
    {
      type: 'counter',
      name: 'arena_missed_bars_total',
      help: 'Bars that rounds were played without.',
      samples: feed.missedBars.map(({ symbol, reason, count }) => ({
        labels: { symbol, reason },
        value: count,
      })),
    },
    {
      type: 'counter',
      name: 'arena_corrections_total',
      help: 'Bars that came or changed after their round.',
      samples: [{ value: feed.corrections }],
    },
    {
      type: 'gauge',
      name: 'venue_clock_skew_seconds',
      help: "The exchange's clock minus this machine's.",
      samples: [{ labels: { venue: venues[0]?.name ?? '' }, value: feed.skewMs / 1000 }],
    },
    {
      type: 'counter',
      name: 'venue_requests_total',
      help: 'Requests to an exchange since this start.',
      samples: each(({ requests }) => requests),
    },
    {
      type: 'counter',
      name: 'venue_request_weight_total',
      help: "The weight of these requests by the exchange's own rules.",
      samples: each(({ weight }) => weight),
    },
    {
      type: 'gauge',
      name: 'venue_load_ratio',
      help: 'Weight of the last minute over what is allowed.',
      samples: each(({ loadFraction }) => loadFraction),
    },
    {
      type: 'counter',
      name: 'venue_faults_total',
      help: 'Requests without an answer that could be used, by what went wrong.',
      samples: usages.flatMap(({ venue, usage }) =>
        Object.entries(usage.faults).map(([kind, value]) => ({ labels: { venue, kind }, value })),
      ),
    },
    {
      type: 'gauge',
      name: 'venue_circuit_open',
      help: '1 while an exchange is not asked because of failures, else 0.',
      samples: each(({ circuit }) => (circuit === 'closed' ? 0 : 1)),
    },
    {
      type: 'counter',
      name: 'venue_reconnects_total',
      help: 'Streams that were opened again.',
      samples: each(({ reconnects }) => reconnects),
    },
  ];
}
