import type { Command } from 'commander';

/** Options that the commands of paper trader and deployer share. */
export function withFolders(command: Command): Command {
  return command
    .option('--state <dir>', 'folder of the arena (default arena_state)')
    .option('--deployments <dir>', 'folder of the deployer (default deployments)')
    .option('--paper <dir>', 'folder of the paper trader (default paper_trades)')
    .option('--contestants <dir>', 'folder of contestant files')
    .option('--recordings <file>', 'recorded calls to language models (default llm_recordings/calls.sqlite)')
    .option('--config <file>', 'settings file (default arena.config.json)')
    .option('--json', 'machine output alone on stdout, words on stderr');
}

/** Options of processes that run for long: what they say, and where they can be asked. */
export function withLogOptions(command: Command): Command {
  return command
    .option('--json-logs', 'JSON lines on the terminal instead of words')
    .option('--log-level <level>', 'the least that the log takes: trace debug info warn error fatal silent')
    .option('--metrics-port <port>', '/health, /ready and /metrics on this port of this machine; 0 off');
}
