/** There is no verdict: a ref that is not there, a graph that does not compose, arguments that make no sense. One line that says what to do. */
export class CouldNotCheckError extends Error {
  override name = 'CouldNotCheckError';
}
