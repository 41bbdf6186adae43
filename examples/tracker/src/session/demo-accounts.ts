/** The accounts that the shop seeds outside production; its start page names them too. */
export const demoAccounts = [
  { name: 'Ada', role: 'buys', email: 'ada@example.com' },
  { name: 'Sam', role: 'sells', email: 'sam@example.com' },
  { name: 'Sue', role: 'works here', email: 'sue@example.com' },
  { name: 'Adam', role: 'administers', email: 'adam@example.com' },
] as const;

export const demoPassword = 'correct horse battery';

/** Who ships in the demonstration. */
export const demoStaff = demoAccounts[2];
