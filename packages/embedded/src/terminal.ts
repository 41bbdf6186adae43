import type { Platform } from './app.ts';

/**
 * Says what a start is busy with: on one line that moves in a terminal, a line per step elsewhere. In a terminal the cursor waits at the beginning of
 * that line, so that a start-up problem is written over it.
 */
export function createProgress(print: (text: string) => void, isTerminal: boolean): { step: (step: string) => void; done: () => void } {
  return {
    step(step) {
      print(isTerminal ? `\u001b[2K  ${step} …\r` : `  ${step}\n`);
    },
    done() {
      if (isTerminal) print('\u001b[2K');
    },
  };
}

const sampleQuery = `{ products(query: "mug", first: 3) { edges { node { title priceRange { min { amount currency } } } } } }`;

/** Somebody who may sign in. */
export interface Account {
  readonly role: string;
  readonly email: string;
  readonly password: string;
}

/** What a newcomer needs once the platform is up. The first line is what scripts wait for. */
export function readyText(
  platform: Pick<Platform, 'url' | 'simulatorUrl' | 'metricsUrl'>,
  facts: { readonly seconds: number; readonly accounts: readonly Account[] },
): string {
  const { url, simulatorUrl, metricsUrl } = platform;
  const lines = [
    `ready  ${url}/graphql  (${facts.seconds.toFixed(1)} s)`,
    '',
    `  start page  ${url}/`,
    `  tracker     ${url}/tracker/   buy something, and watch it move`,
    `  sandbox     ${url}/graphql    in a browser, needs the internet`,
    `  explorer    ${url}/explorer/  works offline`,
    `  metrics     ${metricsUrl ?? '–'}`,
    `  provider    ${simulatorUrl}  (payment simulator)`,
    '',
    ...firstSteps(url, facts.accounts),
  ];
  return `${lines.join('\n')}\n`;
}

/** Lines for somebody who has never been here: who they may be, what to ask, how to end it. None without accounts. */
export function firstSteps(url: string, accounts: readonly Account[]): readonly string[] {
  const [first] = accounts;
  if (first === undefined) return [];
  return [
    `  accounts, all with the password "${first.password}":`,
    ...accounts.map(({ email, role }) => `    ${email.padEnd(20)} ${role.toLowerCase()}`),
    '',
    '  a first query:',
    `    curl -s ${url}/graphql -H 'content-type: application/json' \\`,
    `      -d '${JSON.stringify({ query: sampleQuery })}'`,
    '',
    '  stop with Ctrl-C; "npm run demo" plays an evening at the shop; "npm run reset" forgets everything.',
    '',
  ];
}
