const MOST_LETTERS = 80;

/** Names of files for names of any kind: letters, digits, dots and dashes; two names never share a file. */
export function fileSlugs(names: readonly string[]): Map<string, string> {
  const slugs = new Map<string, string>();
  const used = new Set<string>();
  for (const name of names) {
    const plain =
      name
        .toLowerCase()
        .replace(/[^a-z0-9.]+/g, '-')
        .replace(/\.{2,}/g, '.')
        .slice(0, MOST_LETTERS)
        .replace(/^[-.]+|[-.]+$/g, '') || 'configuration';
    let slug = plain;
    for (let k = 2; used.has(slug); k++) slug = `${plain}-${String(k)}`;
    used.add(slug);
    slugs.set(name, slug);
  }
  return slugs;
}
