/** The interop battery against BIRD 2. */
import { battery } from './battery.ts';
import { bird } from './lab/bird.ts';

battery(bird);
