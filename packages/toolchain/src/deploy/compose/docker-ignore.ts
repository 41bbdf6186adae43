/**
 * What `.dockerignore` keeps out of a build, by its rules: patterns from top to bottom, the last that matches a path or a folder above it decides, `!`
 * takes back in, `**` stands for any number of folders.
 *
 * @returns whether a path, seen from the file's folder, is kept out.
 */
export function parseDockerIgnore(text: string): (path: string) => boolean {
  const rules = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ out: !line.startsWith('!'), matches: matcherOf(line.replace(/^!/, '').replace(/^\/|\/$/g, '')) }));
  return (path) => rules.reduce((out, rule) => (rule.matches.test(path) ? rule.out : out), false);
}

function matcherOf(pattern: string): RegExp {
  const source = pattern
    .split('/')
    .map((part) =>
      part === '**'
        ? '**'
        : part
            .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
            .replaceAll('*', '[^/]*')
            .replaceAll('?', '[^/]'),
    )
    .join('/')
    .replaceAll('**/', '(?:[^/]+/)*')
    .replaceAll('/**', '(?:/.*)?');
  return new RegExp(`^${source}(?:/|$)`);
}
