import { execForm, type Dockerfile, type Instruction, type Stage } from './dockerfile.ts';
import type { Finding } from './finding.ts';

/** What the rules look up outside the Dockerfile. */
export interface BuildContext {
  /** Files of the repository that a build sees, as paths from its root. */
  readonly files: readonly string[];
  /** Stages that become images. */
  readonly targets: readonly string[];
}

const SECRET_NAME = /PASSWORD|SECRET|TOKEN|PEPPER|PRIVATE|(^|_)KEY(_|$)/i;
const SHELLS = ['sh', 'bash', '/bin/sh', '/bin/bash', 'npm', 'npx', 'env'];

type Check = (file: Dockerfile, context: BuildContext) => readonly { readonly line: number; readonly what: string }[];

const RULES: Readonly<Record<string, Check>> = {
  /** A base is a stage from above, or a name with an exact version or a digest. */
  'pinned-base': ({ args, stages }) =>
    stages.flatMap(({ base, line }, index) => {
      if (stages.slice(0, index).some(({ name }) => name === base)) return [];
      const image = args.reduce((text, arg) => text.replace(`\${${nameOf(arg)}}`, valueOf(arg)), base);
      return /:\d+\.\d+\.\d+-[a-z0-9-]+$|@sha256:[0-9a-f]{64}$/.test(image) ? [] : [{ line, what: `${image} is no exact version` }];
    }),
  'non-root': targetRule(({ stage, all }) => {
    const user = all.findLast(({ name }) => name === 'USER');
    return user !== undefined && /^[1-9]\d*:[1-9]\d*$/.test(user.text)
      ? []
      : [{ line: user?.line ?? stage.line, what: `runs as ${user?.text ?? 'root'}, not as a numbered user` }];
  }),
  /** Signals reach the first process of a container: it must be ours, not a shell. */
  'exec-form': targetRule(({ stage, all }) => {
    const command = all.findLast(({ name }) => name === 'CMD');
    if (command === undefined) return [{ line: stage.line, what: 'has no CMD' }];
    const started = all.filter(({ name }) => ['CMD', 'ENTRYPOINT', 'HEALTHCHECK'].includes(name));
    return started.flatMap(({ line, text }) => {
      const words = execForm(text.replace(/^(--\S+\s+)*CMD\s+/, ''));
      if (words === null) return [{ line, what: `${text} starts a shell` }];
      if (SHELLS.includes(words[0] ?? '')) return [{ line, what: `${text} wraps the process` }];
      return words.some((word) => word.includes('$')) ? [{ line, what: `${text}: nobody fills in the variable` }] : [];
    });
  }),
  /** They stay in the image's history for whoever gets the image. */
  'no-secrets': ({ args, stages }) =>
    [...args, ...stages.flatMap(({ instructions }) => instructions)].flatMap(({ name, text, line }) => {
      if (name !== 'ARG' && name !== 'ENV') return [];
      const names = [...text.matchAll(/(?:^|\s)(\w+)(?==|$)/g)].map(([, variable = '']) => variable);
      return names
        .filter((variable) => SECRET_NAME.test(variable))
        .map((variable) => ({ line, what: `${name} ${variable} would stay in the image` }));
    }),
  'copy-sources': ({ stages }, { files }) =>
    stages.flatMap(({ instructions }, index) =>
      instructions
        .filter(({ name }) => name === 'COPY')
        .flatMap((copy) => {
          const { from } = copy.flags;
          if (from !== undefined) {
            return stages.slice(0, index).some(({ name }) => name === from)
              ? []
              : [{ line: copy.line, what: `there is no stage ${from} above` }];
          }
          const sources = copy.text.split(/\s+/).slice(0, -1);
          const missing = sources.filter(
            (source) => source !== '.' && !files.some((file) => file === source || file.startsWith(`${source}/`)),
          );
          return missing.map((source) => ({ line: copy.line, what: `a build does not see ${source}` }));
        }),
    ),
  /** A stage sees the arguments that it declares, and no others. */
  'declared-args': ({ args, stages }) =>
    stages.flatMap((stage) => {
      const global = new Set(args.map(nameOf));
      const undeclared = variablesOf(stage.base)
        .filter((name) => !global.has(name))
        .map((name) => ({ line: stage.line, what: `${name} is not declared above` }));
      const known = new Set<string>();
      return [
        ...undeclared,
        ...stage.instructions.flatMap((instruction) => {
          if (instruction.name === 'ARG') known.add(nameOf(instruction));
          const used = ['RUN', 'CMD', 'ENTRYPOINT'].includes(instruction.name) ? bracedOf(instruction.text) : variablesOf(instruction.text);
          return used
            .filter((name) => !known.has(name))
            .map((name) => ({ line: instruction.line, what: `${name} is not declared in this stage` }));
        }),
      ];
    }),
  /** What builds stays behind: an image is Node, and the files that were assembled for it. */
  'no-build-tools': targetRule(({ all }) => [
    ...all
      .filter(({ name, text }) => name === 'RUN' && /(^|&&|;|\|)\s*(npm|npx|apt-get|apt|curl|wget)\s/.test(text))
      .map(({ line, text }) => ({ line, what: `${text} in an image` })),
    ...all
      .filter(({ name, flags }) => name === 'COPY' && flags['from'] === undefined)
      .map(({ line }) => ({ line, what: 'copies from the repository' })),
    ...(all.some(({ name, text }) => name === 'RUN' && text.includes('rm -rf') && text.includes('/npm'))
      ? []
      : [{ line: all[0]?.line ?? 0, what: 'keeps npm' }]),
  ]),
  labels: targetRule(({ stage, all }) => {
    const labels = all
      .filter(({ name }) => name === 'LABEL')
      .map(({ text }) => text)
      .join(' ');
    const missing = ['title', 'version', 'revision'].filter((label) => !labels.includes(`org.opencontainers.image.${label}=`));
    return missing.map((label) => ({ line: stage.line, what: `lacks the label ${label}` }));
  }),
  /** The last stage is what a build without a target makes. */
  'last-stage': ({ stages }, { targets }) => {
    const last = stages.at(-1);
    const checked = last?.instructions.some(({ name }) => name === 'HEALTHCHECK') === true;
    return last?.name === targets.at(-1) && checked
      ? []
      : [{ line: last?.line ?? 0, what: `${last?.name ?? 'none'} is no app with a health check` }];
  },
};

/** Every rule of this file, by the name under which a finding tells of it. */
export function dockerfileFindings(file: Dockerfile, context: BuildContext): readonly Finding[] {
  return Object.entries(RULES).flatMap(([rule, check]) =>
    check(file, context).map(({ line, what }) => ({ rule, where: `line ${String(line)}`, what })),
  );
}

/** A check of each image: `all` has the instructions of its stage and of those it is built upon, in order. */
function targetRule(check: (image: { readonly stage: Stage; readonly all: readonly Instruction[] }) => ReturnType<Check>): Check {
  return ({ stages }, { targets }) =>
    targets.flatMap((target) => {
      const stage = stages.find(({ name }) => name === target);
      if (stage === undefined) return [{ line: 0, what: `there is no stage ${target}` }];
      const all: Instruction[] = [];
      for (let current: Stage | undefined = stage; current !== undefined;) {
        all.unshift(...current.instructions);
        const base: string = current.base;
        current = stages.find(({ name }) => name === base);
      }
      return check({ stage, all });
    });
}

const nameOf = ({ text }: Instruction): string => text.split('=')[0] ?? '';
const valueOf = ({ text }: Instruction): string => text.slice(nameOf({ text } as Instruction).length + 1);
const bracedOf = (text: string): string[] => [...text.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name);
const variablesOf = (text: string): string[] => [...text.matchAll(/\$\{?(\w+)\}?/g)].map(([, name = '']) => name);
