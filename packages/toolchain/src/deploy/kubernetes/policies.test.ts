// One file, and so one process: it renders both overlays once for all themes.
import './policies/autoscaling.cases.ts';
import './policies/availability.cases.ts';
import './policies/connections.cases.ts';
import './policies/hardening.cases.ts';
import './policies/images.cases.ts';
import './policies/lifecycle.cases.ts';
import './policies/naming.cases.ts';
import './policies/network.cases.ts';
import './policies/ports.cases.ts';
import './policies/references.cases.ts';
import './policies/resources.cases.ts';
import './policies/secrets.cases.ts';
import './policies/stores.cases.ts';
import './policies/topics.cases.ts';
