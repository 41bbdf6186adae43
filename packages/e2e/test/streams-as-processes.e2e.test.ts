import { startAsProcesses } from '../src/topologies/as-processes.ts';
import { losesNothing } from './streams-suite.ts';

losesNothing(startAsProcesses);
