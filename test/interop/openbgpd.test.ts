/** The interop battery against OpenBGPD. */
import { battery } from './battery.ts';
import { openbgpd } from './lab/openbgpd.ts';

battery(openbgpd);
