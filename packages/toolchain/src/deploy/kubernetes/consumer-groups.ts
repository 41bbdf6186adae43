/** A consumer group that a source file starts. */
export interface StartedGroup {
  readonly group: string;
  readonly topics: readonly string[];
}

/**
 * The groups that an `app.ts` starts by `startConsumer`: its `group`, and the topics of the literal it stands in, or of one that is spread into it.
 *
 * @throws {Error} a group without topics: the code has another form than this reads.
 */
export function consumerGroupsIn(source: string): readonly StartedGroup[] {
  return [...source.matchAll(/startConsumer\(\{(?<options>[^;]*?)\}\)/gs)].map(({ groups: { options = '' } = {} }) => {
    const group = /\bgroup: '(?<name>[^']+)'/.exec(options)?.groups?.['name'] ?? '';
    const spread = [...options.matchAll(/\.\.\.(\w+)/g)].map(([, name = '']) => definitionOf(name, source));
    const topics = [options, ...spread].flatMap((text) => topicsIn(text));
    if (group === '' || topics.length === 0) throw new Error(`no group and topics in: ${options}`);
    return { group, topics };
  });
}

const topicsIn = (text: string): readonly string[] => {
  const [, list = ''] = /\btopics: \[(.*?)\]/s.exec(text) ?? [];
  return [...list.matchAll(/topicOf\('([^']+)'\)/g)].map(([, name = '']) => name);
};

const definitionOf = (name: string, source: string): string =>
  new RegExp(`const ${name} = \\{.*?\\n?\\s*\\};`, 's').exec(source)?.[0] ?? '';
