/**
 * Property tests start from a fixed seed, so that a change is judged by itself. `BELLHOP_SEED=N` takes another one,
 * `BELLHOP_SEED=random` a new one each time: to explore, not to judge.
 */
import fc from 'fast-check';

const wanted = process.env['BELLHOP_SEED'] ?? '20260101';

if (wanted !== 'random') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(wanted) });
