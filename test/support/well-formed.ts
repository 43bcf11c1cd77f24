/** Complains about markup that a strict XML parser would refuse, and about numbers that are none. */
export function markupProblems(markup: string): string[] {
  const problems: string[] = [];
  const open: string[] = [];
  const token =
    /<(\/?)([a-zA-Z][\w-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|<[^>]*>?|&(?!(?:amp|lt|gt|quot|#39);)/g;
  for (const [whole, closing, name, attributes, alone] of markup.matchAll(token)) {
    if (name === undefined) problems.push(`not well formed: ${whole.slice(0, 60)}`);
    else if (closing === '/') {
      const last = open.pop();
      if (last !== name) problems.push(`</${name}> closes <${last ?? 'nothing'}>`);
    } else {
      if (/NaN|undefined|Infinity|null/.test(attributes ?? ''))
        problems.push(`no number: ${whole.slice(0, 120)}`);
      const names = [...(attributes ?? '').matchAll(/\s([\w:-]+)=/g)].map((match) => match[1]);
      if (new Set(names).size !== names.length) problems.push(`an attribute twice: ${whole.slice(0, 60)}`);
      if (alone !== '/') open.push(name);
    }
  }
  if (open.length > 0) problems.push(`not closed: ${open.join(', ')}`);
  return problems;
}

/** The pictures of a page, one by one. */
export function picturesOf(html: string): string[] {
  return html.match(/<svg[\s\S]*?<\/svg>/g) ?? [];
}
