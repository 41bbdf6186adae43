/**
 * The partition of a key: FNV-1a over its UTF-16 code units, mixed by the finaliser of MurmurHash3, modulo the topic's count. Part of the format of
 * the stored log: another function would send the later records of a key elsewhere.
 */
export function partitionOf(key: string, partitions: number): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at += 1) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) % partitions;
}
