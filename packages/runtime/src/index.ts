export { fileText, portNumber, readEnvironment, type Environment } from './environment.ts';
export { addHealthRoutes, type DependencyState, type Readiness } from './health.ts';
export { assertPortFree, listen } from './listen.ts';
export { createLogger, redactedPaths, type Logger } from './logger.ts';
export { startMetricsServer } from './metrics-server.ts';
export { armCrashPoint, runApp, type RunOptions } from './run-app.ts';
export { StartupError, toStartupError } from './startup-error.ts';
export { startTelemetry, type Telemetry, type TelemetryOptions } from './telemetry.ts';
export { isWireCode, wireCodes, type WireCode } from './wire-codes.ts';
