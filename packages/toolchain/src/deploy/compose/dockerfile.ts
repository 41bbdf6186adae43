/** One instruction, continuation lines joined. */
export interface Instruction {
  readonly line: number;
  /** In capitals: `RUN`. */
  readonly name: string;
  /** `--from=built` as `from` → `built`. */
  readonly flags: Readonly<Record<string, string>>;
  readonly text: string;
}

export interface Stage {
  readonly name: string;
  /** As `FROM` says it, variables and all. */
  readonly base: string;
  readonly line: number;
  readonly instructions: readonly Instruction[];
}

export interface Dockerfile {
  /** `ARG` before the first `FROM`: the only ones that a `FROM` sees. */
  readonly args: readonly Instruction[];
  readonly stages: readonly Stage[];
}

/**
 * A Dockerfile by stages, as far as ours use the language: no here-documents, no escape directive.
 *
 * @throws {Error} names the line that is no instruction.
 */
export function parseDockerfile(text: string): Dockerfile {
  const args: Instruction[] = [];
  const stages: (Stage & { readonly instructions: Instruction[] })[] = [];
  for (const instruction of instructionsOf(text)) {
    const stage = stages.at(-1);
    if (instruction.name === 'FROM') {
      const { base = '', name = '' } = /^(?<base>\S+)(?:\s+AS\s+(?<name>\S+))?$/i.exec(instruction.text)?.groups ?? {};
      stages.push({ name, base, line: instruction.line, instructions: [] });
    } else if (stage !== undefined) stage.instructions.push(instruction);
    else if (instruction.name === 'ARG') args.push(instruction);
    else throw new Error(`Dockerfile:${String(instruction.line)}: ${instruction.name} before the first FROM`);
  }
  return { args, stages };
}

/** The words of an exec form; `null` when a shell would be started. */
export function execForm(text: string): readonly string[] | null {
  try {
    const words = JSON.parse(text) as unknown;
    return Array.isArray(words) && words.every((word) => typeof word === 'string') ? words : null;
  } catch {
    return null;
  }
}

function instructionsOf(text: string): Instruction[] {
  const instructions: Instruction[] = [];
  let open = '';
  let begun = 0;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    if (open === '') begun = index + 1;
    open += line.endsWith('\\') ? `${line.slice(0, -1).trim()} ` : line;
    if (line.endsWith('\\')) continue;
    instructions.push(instructionOf(open, begun));
    open = '';
  }
  return instructions;
}

function instructionOf(text: string, line: number): Instruction {
  const { name, flags = '', rest = '' } = /^(?<name>[A-Za-z]+)(?<flags>(?:\s+--[a-z-]+=\S+)*)\s+(?<rest>.+)$/.exec(text)?.groups ?? {};
  if (name === undefined) throw new Error(`Dockerfile:${String(line)}: no instruction`);
  const pairs = flags
    .trim()
    .split(/\s+/)
    .filter(Boolean)
    .map((flag) => flag.slice(2).split('='));
  return { line, name: name.toUpperCase(), flags: Object.fromEntries(pairs) as Record<string, string>, text: rest };
}
