/**
 * Imported before everything else. Schemas that write code for themselves (`new Function`, as zod does by itself) pay for that before
 * they answer once, and most of ours are asked once; and a program that makes no code out of text cannot be talked into it.
 */
import { config } from 'zod';

config({ jitless: true });
