/** The exams of the storage ports, taken by every adapter. What is special to one adapter is tested beside it. */
import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { fileRequest, openInbox } from '../../src/adapters/storage/folder-inbox.js';
import { createMemoryDisk, openMemoryArenaStore } from '../../src/adapters/storage/memory-arena-store.js';
import { openArenaStore } from '../../src/adapters/storage/sqlite-arena-store.js';
import { temporaryFolder } from '../support/cli.js';
import { arenaStoreContract } from './arena-store-contract.js';
import { inboxContract } from './inbox-contract.js';

const folder = temporaryFolder();
afterAll(folder.remove);
const newFolder = (): string => mkdtempSync(join(folder.path, 'state-'));

arenaStoreContract('the SQLite store', () => {
  const path = newFolder();
  return { store: openArenaStore(path), reopen: () => openArenaStore(path) };
});

arenaStoreContract('the store in memory', () => {
  const disk = createMemoryDisk();
  return { store: openMemoryArenaStore(disk), reopen: () => openMemoryArenaStore(disk) };
});

inboxContract('the folder', () => {
  const path = newFolder();
  const inbox = join(path, 'inbox');
  return {
    inbox: openInbox(path),
    file(id, body) {
      fileRequest(path, id, body);
    },
    clutter(file, text) {
      mkdirSync(inbox, { recursive: true });
      writeFileSync(join(inbox, file), text);
    },
    names: () => readdirSync(inbox).sort(),
  };
});
