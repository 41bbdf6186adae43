export { startProcess, type AppProcess, type Exit, type OutputName, type ProcessOptions } from './app-process.ts';
export { childEnvironment, nodeFlags } from './child-environment.ts';
export { type SystemSettings, type Variables } from './environments.ts';
export { freePort, onFreePorts } from './free-port.ts';
export { connectionsOf } from './connections.ts';
export { sumOf } from './prometheus.ts';
export { startDistributed, type Distributed, type DistributedConfig, type Listeners, type PlacedProcess } from './start-distributed.ts';
export { StartFailedError, type Stopped } from './supervisor.ts';
export { appNames, layOut, type AppName, type FirstPorts, type Layout, type ProcessSpec, type Role, type SubgraphName } from './system.ts';
