/** What a load at one rate came to. */
export interface Probe {
  readonly perSecond: number;
  /** Everything that was promised held. */
  readonly held: boolean;
}

export interface Search {
  /** The first rate that is tried, per second. */
  readonly from: number;
  /** Times that a rate which held is raised by at most, before the first that does not. */
  readonly raises: number;
  /** Halvings of what lies between the highest that held and the lowest that did not. */
  readonly halvings: number;
}

const raise = 1.5;

/**
 * Finds the highest rate that holds: raised by half until one does not hold, then halved between. A rate that fails is tried once more before it is
 * believed: one pause of the machine is not a limit of the platform.
 *
 * @returns every probe, in the order they were made; none held: the first rate is too high already, and lower ones were tried.
 */
export async function searchHighestRate<One extends Probe>(
  search: Search,
  probe: (perSecond: number) => Promise<One>,
): Promise<readonly One[]> {
  const probes: One[] = [];
  const holds = async (perSecond: number): Promise<boolean> => {
    for (let attempts = 0; attempts < 2; attempts++) {
      const made = await probe(perSecond);
      probes.push(made);
      if (made.held) return true;
    }
    return false;
  };
  let [held, failed] = [0, Infinity];
  for (let rate = search.from, raises = 0; raises <= search.raises && failed === Infinity; raises++, rate *= raise) {
    if (await holds(rate)) held = rate;
    else failed = rate;
  }
  for (let halvings = 0; halvings < search.halvings && failed !== Infinity; halvings++) {
    const between = (held + failed) / 2;
    if (await holds(between)) held = between;
    else failed = between;
  }
  return probes;
}

/** The probe of the highest rate that held; `null`: none did. */
export const highestHeld = <One extends Probe>(probes: readonly One[]): One | null =>
  probes.filter(({ held }) => held).reduce<One | null>((best, one) => (best === null || one.perSecond > best.perSecond ? one : best), null);
