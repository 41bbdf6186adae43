import { limitsFor } from './loopback-address.ts';
import { oneProcessPerApp, openedBy } from './set-ups.ts';
import { losesNothing } from './streams-suite.ts';

losesNothing(openedBy(oneProcessPerApp, { from: 'empty', limits: limitsFor }));
