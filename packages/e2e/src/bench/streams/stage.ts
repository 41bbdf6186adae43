import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accessAudience, accessIssuer, createSigner, generateSigningKey } from '@tally/identity';
import { newId, type Id } from '@tally/kernel';
import { readCpu, readOwnMs } from '../measure/cpu.ts';
import { readMachine, takenByOthers } from '../measure/machine.ts';
import { startCrowd, type Crowd } from './crowd/crowd.ts';
import type { Guest } from './crowd/gathering.ts';
import { createPast, type Past } from './past.ts';
import { startControl, type Control } from './systems/control.ts';
import { startGatewayProcess, type Gateway } from './systems/gateway.ts';
import { openOwnLog } from './systems/log.ts';
import { startOwner, type Owner } from './systems/owner.ts';
import type { System } from './systems/system.ts';
import type { Watched } from './watched.ts';

/** A server with clients of its own, and what has happened there. */
export interface Side<S extends System = System> {
  readonly system: S;
  readonly crowd: Crowd;
  readonly past: Past;
  /** CPU time of the server so far, in milliseconds. */
  cpuMs(): Promise<number>;
}

/** What all measurements stand on: log, owner of the data, keys. */
export interface Stage extends AsyncDisposable {
  readonly owner: Owner;
  /** A key about which one thing has happened, and what a client says who follows it. */
  newGuest(watched: Watched): Promise<{ readonly key: string; readonly guest: Guest }>;
  /** What a client sends to be told of everything about a key. */
  subscription(watched: Watched, key: string, after: number | null): Guest['subscribe'];
  /** The past as the gateway's owner knows it. */
  readonly past: Past;
  openGateway(stack: AsyncDisposableStack): Promise<Side<Gateway>>;
  openControl(stack: AsyncDisposableStack): Promise<Side<Control>>;
  /** The share of the machine, 0 to 1, that went to others since the stage was opened. */
  takenByOthers(): Promise<number>;
}

export async function openStage(): Promise<Stage> {
  await using stack = new AsyncDisposableStack();
  const [machineAtStart, ownAtStart] = [await readMachine(), await readOwnMs()];
  const folder = await mkdtemp(join(tmpdir(), 'tally-bench-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const [usersKey, gatewayKey] = await Promise.all([generateSigningKey(), generateSigningKey()]);
  const signingKeyFile = join(folder, 'gateway.json');
  await writeFile(signingKeyFile, JSON.stringify(gatewayKey), { mode: 0o600 });
  const signer = createSigner({ kind: 'access', issuer: accessIssuer, key: usersKey });
  const past = createPast();
  const owner = stack.use(await startOwner(past, JSON.stringify({ keys: [usersKey.publicJwk] })));
  const log = stack.use(await openOwnLog());
  const buyers = new Map<string, Id<'usr'>>();
  const living = new Set<number>();
  const cpuOf = async (pid: number): Promise<number> => (await readCpu(pid, log.postmaster)).process;

  const side = <S extends System>(within: AsyncDisposableStack, system: S, known: Past): Side<S> => {
    const crowd = within.use(startCrowd());
    for (const pid of [system.pid, crowd.pid]) {
      living.add(pid);
      within.defer(() => void living.delete(pid));
    }
    return { system, crowd, past: known, cpuMs: () => cpuOf(system.pid) };
  };
  const subscription = (watched: Watched, key: string, after: number | null): Guest['subscribe'] => ({
    query: watched.query,
    variables: watched.variables(key, after),
  });
  const owned = stack.move();
  return {
    owner,
    past,
    subscription,
    async newGuest(watched) {
      const key = watched.newKey();
      past.begin(key, 1);
      const subscribe = subscription(watched, key, null);
      if (!watched.signedIn) return { key, guest: { init: {}, subscribe } };
      const userId = newId('usr');
      buyers.set(key, userId);
      const { token } = await signer.sign({ kind: 'user', userId, sessionId: newId('ses'), scopes: [] }, accessAudience);
      return { key, guest: { init: { authorization: `Bearer ${token}` }, subscribe } };
    },
    async openGateway(within) {
      const system = within.use(
        await startGatewayProcess({
          eventLog: log.eventLog,
          logUrl: log.databaseUrl,
          ownerUrl: owner.url,
          signingKeyFile,
          buyerOf: (key) => buyers.get(key) ?? '',
        }),
      );
      return side(within, system, past);
    },
    async openControl(within) {
      return side(within, within.use(await startControl()), createPast());
    },
    async takenByOthers() {
      const spent = await Promise.all([...living].map(cpuOf));
      const postgres = (await readCpu(process.pid, log.postmaster)).postgres;
      const ours = spent.reduce((sum, ms) => sum + ms, (await readOwnMs()) - ownAtStart + postgres);
      return takenByOthers(machineAtStart, await readMachine(), ours);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
