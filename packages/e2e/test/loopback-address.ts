// All of 127.0.0.0/8 is this machine on Linux; elsewhere only its first address is.
const many = process.platform === 'linux';
let given = 1;

/** An address of this machine, another one at each call where there are many: as phones have that change networks. */
export function loopbackAddress(): string | undefined {
  if (!many) return undefined;
  given += 1;
  return `127.0.${String(given >> 8)}.${String(given & 255)}`;
}

/** The limits that a crowd can live with: those of production where it can come from many addresses. */
export const limitsFor = many ? 'default' : 'load';
