/**
 * The attributes of an aggregate (RFC 4271 section 9.2.2.2, RFC 9774): an empty AS_PATH, so that it has no AS_SET;
 * ATOMIC_AGGREGATE, since the paths of the routes inside are lost; AGGREGATOR with our AS and router id.
 */
import { ByteWriter } from '../base/byte-writer.ts';
import { forEachAttribute, writeAttribute } from '../wire/attributes/blob.ts';
import { FLAG_OPTIONAL, FLAG_TRANSITIVE } from '../wire/attributes/spec.ts';
import { type LocalAttributes, localBlob } from './local-route.ts';

/** The canonical blob of an aggregate made by the speaker `as`, `routerId`. */
export function aggregateBlob(attributes: LocalAttributes, as: number, routerId: number): Uint8Array {
  const plain = localBlob(attributes);
  const out = new ByteWriter(plain.length + 14);
  const aggregator = new DataView(new ArrayBuffer(8));
  aggregator.setUint32(0, as);
  aggregator.setUint32(4, routerId);
  let done = false;
  const add = () => {
    done = true;
    writeAttribute(out, FLAG_TRANSITIVE, 6, new Uint8Array(0));
    writeAttribute(out, FLAG_OPTIONAL | FLAG_TRANSITIVE, 7, new Uint8Array(aggregator.buffer));
  };
  forEachAttribute(plain, 0, plain.length, (code, flags, start, end) => {
    if (code > 7 && !done) add();
    writeAttribute(out, flags, code, plain, start, end);
  });
  if (!done) add();
  return out.take();
}
