/** The environment of a test run, of which children get what `childEnvironment` takes. */
export const ours = process.env;
