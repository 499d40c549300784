/** The interop battery against FRR. */
import { battery } from './battery.ts';
import { frr } from './lab/frr.ts';

battery(frr);
