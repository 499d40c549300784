/**
 * Pieces of an attribute that are said as text where that text gives the same octets back, else as hexadecimal. So
 * reserved bits and forms nobody defined are never lost.
 */
import { ByteWriter } from '../../base/byte-writer.ts';
import { equalBytes, fromHex, toHex } from '../../base/bytes.ts';
import { BellhopError } from '../../base/errors.ts';

/** How the value of one kind of TLV is said. */
export interface TextForm {
  /** Text of `bytes[start..end)`, or undefined when it has another form. */
  read(bytes: Uint8Array, start: number, end: number): string | undefined;
  /** Appends the octets of such a text; false when it is none. */
  write(text: string, out: ByteWriter): boolean;
}

/** A TLV in an attribute: its type by name, or its number where it has none, and its value as text. */
export interface TextTlv {
  readonly type: string;
  /** What the form of the type says, else `0x` and digits. */
  readonly value: string;
}

/** Text of `bytes[start..end)`: that of `form`, else `0x` and digits. */
export function readText(form: TextForm | undefined, bytes: Uint8Array, start: number, end: number): string {
  const text = form?.read(bytes, start, end);
  if (text !== undefined) {
    const back = new ByteWriter(end - start);
    if (
      form!.write(text, back) &&
      back.length === end - start &&
      equalBytes(bytes, start, end, back.bytes, 0)
    )
      return text;
  }
  return `0x${toHex(bytes, start, end)}`;
}

/** Appends the octets of a text. @throws BellhopError INVALID_ARGUMENT when it has neither form */
export function writeText(form: TextForm | undefined, text: string, out: ByteWriter): void {
  if (/^0x(?:[0-9a-f]{2})*$/i.test(text)) out.copy(fromHex(text.slice(2)));
  else if (form?.write(text, out) !== true)
    throw new BellhopError('INVALID_ARGUMENT', `no value of an attribute: ${text.slice(0, 60)}`);
}

/** A number of `octets` octets. */
export function numberForm(octets: 1 | 2 | 4): TextForm {
  return {
    read(bytes, start, end) {
      if (end - start !== octets) return undefined;
      let value = 0;
      for (let at = start; at < end; at++) value = value * 256 + bytes[at]!;
      return String(value);
    },
    write(text, out) {
      const value = Number(text);
      if (!/^\d{1,10}$/.test(text) || value >= 256 ** octets) return false;
      if (octets === 4) out.u32(value);
      else if (octets === 2) out.u16(value);
      else out.u8(value);
      return true;
    },
  };
}

/** Name of a type, or its number. */
export function typeName(names: Readonly<Record<number, string>>, type: number): string {
  return names[type] ?? String(type);
}

/** The number of such a name. @throws BellhopError INVALID_ARGUMENT when it is neither a name nor 0..`maximum` */
export function typeNumber(names: Readonly<Record<number, string>>, text: string, maximum: number): number {
  for (const [number, name] of Object.entries(names)) if (name === text) return Number(number);
  const number = Number(text);
  if (!/^\d{1,5}$/.test(text) || number > maximum)
    throw new BellhopError('INVALID_ARGUMENT', `no type: ${text.slice(0, 60)}`);
  return number;
}
