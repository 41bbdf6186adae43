import { edgesOf, toLine, type Edge } from '../edges.ts';
import { nameOf, ofKind, type KubernetesObject } from '../objects.ts';
import { complaints, type Policy } from '../policy.ts';

const denied: Policy = {
  rule: 'nothing talks to anything unless a policy says so',
  find: (objects) => {
    const closed = ofKind(objects, 'NetworkPolicy').filter(
      ({ spec }) => Object.keys(spec?.podSelector ?? { some: true }).length === 0 && !spec?.ingress && !spec?.egress,
    );
    return complaints('NetworkPolicy/nothing', {
      'it does not close both ways for all pods': closed.some(({ spec }) =>
        (['Ingress', 'Egress'] as const).every((way) => spec?.policyTypes?.includes(way)),
      ),
    });
  },
};

const explicit: Policy = {
  rule: 'a policy says which ways it is about',
  find: (objects) =>
    ofKind(objects, 'NetworkPolicy').flatMap((object) => {
      const { policyTypes = [], ingress, egress } = object.spec ?? {};
      return complaints(nameOf(object), {
        'it does not':
          policyTypes.length > 0 &&
          (ingress === undefined || policyTypes.includes('Ingress')) &&
          (egress === undefined || policyTypes.includes('Egress')),
      });
    }),
};

/** Who may talk to whom is exactly what is expected, seen from both sides. */
export function networkPolicies(expected: (objects: readonly KubernetesObject[]) => readonly Edge[]): readonly Policy[] {
  const edges: Policy = {
    rule: 'who may talk to whom is what k8s/README.md lists',
    find: (objects) => {
      const allowed = new Map(edgesOf(objects).map((edge) => [toLine(edge), edge]));
      const wanted = new Map(expected(objects).map((edge) => [toLine(edge), edge]));
      return [
        ...[...allowed].filter(([line]) => !wanted.has(line)).map(([line, { from }]) => ({ object: from, says: `may ${line}` })),
        ...[...wanted].filter(([line]) => !allowed.has(line)).map(([line, { from }]) => ({ object: from, says: `may not ${line}` })),
      ];
    },
  };
  return [denied, explicit, edges];
}
