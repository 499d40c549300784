/** The interop battery against ExaBGP. */
import { battery } from './battery.ts';
import { exabgp } from './lab/exabgp.ts';

battery(exabgp);
