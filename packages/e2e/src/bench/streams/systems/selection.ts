/** What an operation selects: response keys, the fields behind them, and what is selected below. */
export interface Selection {
  readonly responseKey: string;
  readonly field: string;
  readonly below: readonly Selection[];
}

const tokens = /"(?:[^"\\]|\\.)*"|\.\.\.|[_A-Za-z]\w*|-?\d[\w.+-]*|[^\s,]/g;

/**
 * Reads what a subgraph operation of a query plan selects: one operation, fields with aliases, inline fragments; arguments and directives are skipped.
 *
 * @throws {Error} it holds something else.
 */
export function readSelections(operation: string): readonly Selection[] {
  const read: readonly string[] = operation.match(tokens) ?? [];
  let at = read.indexOf('{');
  // Defaults of variables could be objects; a query plan writes its variables without.
  if (read.lastIndexOf(')', at) < read.lastIndexOf('(', at)) throw new Error(`not an operation of a query plan: ${operation}`);

  function skipArguments(): void {
    if (read[at] !== '(') return;
    for (let depth = 0; ; at++) {
      if (read[at] === '(') depth++;
      if (read[at] === ')' && --depth === 0) break;
      if (at >= read.length) throw new Error(`an argument list has no end: ${operation}`);
    }
    at++;
  }

  function skipDirectives(): void {
    while (read[at] === '@') {
      at += 2;
      skipArguments();
    }
  }

  function selections(): readonly Selection[] {
    const found: Selection[] = [];
    for (at++; read[at] !== '}';) {
      const name = read[at++];
      if (name === undefined) throw new Error(`a selection has no end: ${operation}`);
      if (name === '...') {
        if (read[at] === 'on') at += 2;
        else if (read[at] !== '{' && read[at] !== '@') throw new Error(`a named fragment: ${operation}`);
        skipDirectives();
        found.push(...selections());
        continue;
      }
      const aliased = read[at] === ':';
      const field = aliased ? (read[at + 1] ?? '') : name;
      if (aliased) at += 2;
      skipArguments();
      skipDirectives();
      found.push({ responseKey: name, field, below: read[at] === '{' ? selections() : [] });
    }
    at++;
    return found;
  }

  return selections();
}

/** A value as far as it is selected. @throws {Error} a field is selected that it does not have. */
export function selected(value: unknown, below: readonly Selection[]): unknown {
  if (below.length === 0 || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => selected(item, below));
  const fields = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    below.map(({ responseKey, field, below: deeper }) => {
      if (!(field in fields)) throw new Error(`the owner knows no ${field}`);
      return [responseKey, selected(fields[field], deeper)];
    }),
  );
}
