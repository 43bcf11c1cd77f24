/** Deeper JSON is no trial; a recursion over it (printing it, for one) could end the process. */
const MAX_DEPTH = 100;

/** Parses JSON that is not nested without end. Throws an Error in words. */
export function parseJson(text: string): unknown {
  if (depthOf(text) > MAX_DEPTH) throw new Error(`nested deeper than ${String(MAX_DEPTH)} levels`);
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('not JSON');
  }
}

/**
 * Parses what Python's json module writes: NaN and Infinity as bare words. NaN becomes null: for every reader here a
 * number that is none is the same as one that is missing.
 */
export function parsePythonJson(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    const plain = text.replace(PYTHON_NUMBER, (word) =>
      word.startsWith('"') ? word : word === 'NaN' ? 'null' : word.replace('Infinity', '1e999'),
    );
    if (plain === text) throw error;
    return parseJson(plain);
  }
}

/** A text, which is left alone, or one of the words. */
const PYTHON_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\bInfinity\b|\bNaN\b/g;

function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inText = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (inText) {
      if (code === BACKSLASH) i++;
      else if (code === QUOTE) inText = false;
    } else if (code === QUOTE) inText = true;
    else if (code === BRACKET || code === BRACE) deepest = Math.max(deepest, ++depth);
    else if (code === BRACKET + 2 || code === BRACE + 2) depth--;
  }
  return deepest;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** The closing ones stand two places after them. */
const BRACKET = 0x5b;
const BRACE = 0x7b;
