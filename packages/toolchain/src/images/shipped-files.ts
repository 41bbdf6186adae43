/** Whether a file of one of our workspaces is in an image; `path` is seen from the workspace. */
export function shipsOfWorkspace(path: string): boolean {
  if (/\.(test|contract)\.ts$/.test(path) || /\.stamp$/.test(path)) return false;
  if (path.startsWith('src/')) return true;
  // Beside the source: what it reads when it runs, schemas and limits among it.
  return /^[^/]+\.(json|graphql)$/.test(path) && !/^(tsconfig|codegen\.mappers)\b/.test(path);
}

const LICENCE = /^(licen[cs]e|notice|copying|copyright)/i;
const FOR_DEVELOPERS = /\.([cm]?tsx?|map|md|markdown|flow|tsbuildinfo)$/i;
const TESTS = /(^|\/)__tests__\/|^(test|tests)\/|\.(test|spec)\.[cm]?js$/;

// The client picks one of ten by the provider in its schema, and ours is always the same.
const OTHER_QUERY_COMPILERS = /(^|\/)query_compiler_(?!fast_bg\.postgresql\.)/;

/** Whether a file of an installed package is in an image; `path` is seen from the package, nested packages are asked for on their own. */
export function shipsOfPackage(name: string, path: string): boolean {
  const file = path.slice(path.lastIndexOf('/') + 1);
  if (LICENCE.test(file)) return true;
  if (FOR_DEVELOPERS.test(file) || TESTS.test(path)) return false;
  return !(name === '@prisma/client' && OTHER_QUERY_COMPILERS.test(path));
}

/** Whether a file of another folder of this repository, such as `prisma`, is in an image. */
export function shipsOfFolder(path: string): boolean {
  return !/\.(test|contract)\.ts$|\.md$/.test(path);
}
