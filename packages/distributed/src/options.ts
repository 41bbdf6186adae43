import { parseArgs } from 'node:util';
import { layoutLimits, type Layout } from './system.ts';

/** What `npm run start:distributed` was asked for. */
export interface Options {
  readonly layout: Layout;
  /** Lines stay JSON, for programs that read them. */
  readonly json: boolean;
}

export type Parsed = { readonly ok: true; readonly options: Options } | { readonly ok: false; readonly problem: string };

const { gateways: mostGateways, workers: mostWorkers } = layoutLimits;

export const usage = `npm run start:distributed [-- --gateways 1..${String(mostGateways)} --split --workers 1..${String(mostWorkers)} --json]`;

/** Reads the arguments of the command; what is wrong is one line. */
export function parseOptions(args: readonly string[]): Parsed {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        gateways: { type: 'string', default: '1' },
        split: { type: 'boolean', default: false },
        workers: { type: 'string', default: '1' },
        json: { type: 'boolean', default: false },
      },
    });
    const { split, json } = values;
    const [gateways, workers] = [countOf('gateways', values.gateways), countOf('workers', values.workers)];
    return { ok: true, options: { layout: { gateways, split, workers }, json } };
  } catch (error) {
    // Of several sentences the first says what is wrong.
    return { ok: false, problem: (error instanceof Error ? error.message : String(error)).split(/\.\s/, 1)[0] ?? '' };
  }
}

function countOf(flag: keyof typeof layoutLimits, text: string): number {
  const most = layoutLimits[flag];
  const count = Number(text);
  if (!/^\d{1,3}$/.test(text) || count < 1 || count > most) throw new RangeError(`--${flag} takes 1 to ${String(most)}`);
  return count;
}
