// node packages/toolchain/src/kafka-topics.ts [--check]
// Writes k8s/components/topics/topics.yaml from the catalogue of packages/events; with --check it only says whether the committed one is the same.
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { kafkaTopicsFile } from './deploy/kubernetes/kafka-topics.ts';
import { inRoot } from './repository.ts';

const { check } = parseArgs({ options: { check: { type: 'boolean', default: false } } }).values;
const path = 'k8s/components/topics/topics.yaml';
const text = kafkaTopicsFile();

if (readFileSync(inRoot(path), 'utf8') === text) {
  console.log(`${path} is what packages/events says`);
} else if (check) {
  console.error(`${path} is not what packages/events says: node packages/toolchain/src/kafka-topics.ts`);
  process.exitCode = 1;
} else {
  writeFileSync(inRoot(path), text);
  console.log(`wrote ${path}`);
}
