/** Canonical attribute blobs for the tests of the tables, made from plain values. */
import { ByteWriter } from '../../src/base/byte-writer.ts';
import { writeAttribute } from '../../src/wire/attributes/blob.ts';
import { attributeByName, type PathAttributes } from '../../src/wire/attributes/index.ts';
import { INTERNAL } from '../wire/attributes/vectors-spec.ts';

/** The blob of `attributes`, in the order of their keys. */
export function blobOf(attributes: PathAttributes): Uint8Array {
  const out = new ByteWriter();
  for (const [name, value] of Object.entries(attributes)) {
    const spec = attributeByName(name)!;
    const bytes = new ByteWriter();
    spec.write(value, bytes, INTERNAL);
    writeAttribute(out, spec.flags, spec.code, bytes.bytes, 0, bytes.length);
  }
  return out.take();
}

/** AS_PATH of one sequence. */
export function sequence(...asns: number[]): PathAttributes['asPath'] & object {
  return asns.length === 0 ? [] : [{ type: 'sequence', asns }];
}
