import { nameOf, ofKind, textsIn } from '../objects.ts';
import { complaints, type Policy } from '../policy.ts';

export const namespace = 'tally';

const uniqueNames: Policy = {
  rule: 'no two objects have one name',
  find: (objects) =>
    [...Map.groupBy(objects, (object) => `${object.apiVersion} ${nameOf(object)}`).values()].flatMap(([first, ...others]) =>
      others.length === 0 || first === undefined ? [] : [{ object: nameOf(first), says: `${others.length + 1} objects` }],
    ),
};

const oneNamespace: Policy = {
  rule: `everything lives in the namespace ${namespace}, nothing in the default one`,
  find: (objects) =>
    objects
      .filter(({ kind, metadata }) => kind !== 'Namespace' && metadata.namespace !== namespace)
      .map((object) => ({ object: nameOf(object), says: `lives in ${object.metadata.namespace ?? 'the default one'}` })),
};

const restricted: Policy = {
  rule: 'the namespace admits restricted pods alone',
  find: (objects) => {
    const found = ofKind(objects, 'Namespace');
    if (!found.some(({ metadata }) => metadata.name === namespace)) return [{ object: `Namespace/${namespace}`, says: 'is missing' }];
    return found.flatMap((object) =>
      complaints(nameOf(object), {
        'is not labelled so': object.metadata.labels?.['pod-security.kubernetes.io/enforce'] === 'restricted',
      }),
    );
  },
};

const noVariables: Policy = {
  rule: 'no variable is left to be set',
  find: (objects) =>
    objects.flatMap((object) =>
      textsIn(object)
        .filter(({ text }) => /\$\(|\$\{|\{\{|\bTODO\b|\bREPLACE/.test(text))
        .map(({ path, text }) => ({ object: nameOf(object), says: `${path} is ${JSON.stringify(text)}` })),
    ),
};

export const naming = [uniqueNames, oneNamespace, restricted, noVariables];
