/** The three kinds of communities. */
import { announceWith, attribute } from '../build.ts';
import { area, type CaseData } from '../case.ts';

const WITHDRAW = 'treat-as-withdraw';
const FLAGS = 'RFC 7606 3 (c)';

function sent(name: string, ...attributes: readonly string[]): Pick<CaseData, 'name' | 'message'> {
  return { name, message: announceWith(...attributes) };
}

const standard = (value: string, flags = 0xc0): string => attribute(flags, 8, value);
const extended = (value: string, flags = 0xc0): string => attribute(flags, 16, value);
const large = (value: string, flags = 0xc0): string => attribute(flags, 32, value);
const TARGET = '0002fde800000001';
const LARGE = '0000fde80000000100000002';

export const communities = area('COMMUNITIES', [
  {
    ...sent('well-formed', standard('fde80064')),
    verdict: 'accept',
    clause: 'RFC 1997',
    shows: { communities: ['65000:100'] },
  },
  { ...sent('length 0', standard('')), verdict: WITHDRAW, clause: 'RFC 7606 7.8' },
  { ...sent('length 3', standard('fde800')), verdict: WITHDRAW, clause: 'RFC 7606 7.8' },
  { ...sent('length 5', standard('fde8006400')), verdict: WITHDRAW, clause: 'RFC 7606 7.8' },
  { ...sent('not transitive', standard('fde80064', 0x80)), verdict: WITHDRAW, clause: FLAGS },
  { ...sent('not optional', standard('fde80064', 0x40)), verdict: WITHDRAW, clause: FLAGS },
  { ...sent('Partial bit set', standard('fde80064', 0xe0)), verdict: 'accept', clause: 'RFC 4271 5' },
  {
    ...sent('an unassigned well-known value', standard('ffff1234')),
    verdict: 'accept',
    clause: 'RFC 1997',
  },
  {
    ...sent('300 values, extended length', standard('fde80064'.repeat(300), 0xd0)),
    verdict: 'accept',
    clause: 'RFC 4271 4.3',
  },
  {
    ...sent('twice, different', standard('fde80064'), standard('fde800c8')),
    verdict: 'accept',
    clause: 'RFC 7606 3 (g)',
    shows: { communities: ['65000:100'] },
  },
]);

export const extendedCommunities = area('Extended communities', [
  { ...sent('well-formed', extended(TARGET)), verdict: 'accept', clause: 'RFC 4360 2' },
  { ...sent('length 0', extended('')), verdict: WITHDRAW, clause: 'RFC 7606 7.14' },
  { ...sent('length 7', extended(TARGET.slice(2))), verdict: WITHDRAW, clause: 'RFC 7606 7.14' },
  { ...sent('length 9', extended(`${TARGET}00`)), verdict: WITHDRAW, clause: 'RFC 7606 7.14' },
  { ...sent('not transitive', extended(TARGET, 0x80)), verdict: WITHDRAW, clause: FLAGS },
  { ...sent('not optional', extended(TARGET, 0x40)), verdict: WITHDRAW, clause: FLAGS },
  { ...sent('unknown type', extended('3fff010203040506')), verdict: 'accept', clause: 'RFC 7606 7.14' },
  { ...sent('twice', extended(TARGET), extended(TARGET)), verdict: 'accept', clause: 'RFC 7606 3 (g)' },
]);

export const largeCommunities = area('Large communities', [
  {
    ...sent('well-formed', large(LARGE)),
    verdict: 'accept',
    clause: 'RFC 8092 3',
    shows: { largeCommunities: ['65000:1:2'] },
  },
  { ...sent('length 0', large('')), verdict: WITHDRAW, clause: 'RFC 8092 6' },
  { ...sent('length 11', large(LARGE.slice(2))), verdict: WITHDRAW, clause: 'RFC 8092 6' },
  { ...sent('length 13', large(`${LARGE}00`)), verdict: WITHDRAW, clause: 'RFC 8092 6' },
  { ...sent('not transitive', large(LARGE, 0x80)), verdict: WITHDRAW, clause: FLAGS },
  { ...sent('not optional', large(LARGE, 0x40)), verdict: WITHDRAW, clause: FLAGS },
  {
    ...sent('the same value twice', large(LARGE + LARGE)),
    verdict: 'accept',
    clause: 'RFC 8092 3',
    shows: { largeCommunities: ['65000:1:2'] },
  },
  {
    ...sent('attribute twice', large(LARGE), large('0000fde80000000300000004')),
    verdict: 'accept',
    clause: 'RFC 7606 3 (g)',
    shows: { largeCommunities: ['65000:1:2'] },
  },
]);
