/** Texts that are remembered; after so many they may come again, rather than fill the memory of a process that never ends. */
const MAX_SAID = 1_000;

/** Says a text the first time only: a loop that looks every second must not complain every second. */
export function sayOnce(say: (text: string) => void): (text: string) => void {
  const said = new Set<string>();
  return (text) => {
    if (said.has(text)) return;
    if (said.size >= MAX_SAID) said.clear();
    said.add(text);
    say(text);
  };
}
