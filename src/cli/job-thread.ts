import { createTaskDoer } from '../app/do-task.js';
import { TASKS } from './tasks.js';

/** A thread of `openThreadJobs`. */
export const doJob = createTaskDoer(TASKS);
