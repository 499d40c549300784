/** The interop battery against GoBGP. */
import { battery } from './battery.ts';
import { gobgp } from './lab/gobgp.ts';

battery(gobgp);
