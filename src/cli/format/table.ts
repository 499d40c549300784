/**
 * Aligned tables of text: columns as wide as their widest cell, numbers to the right, two spaces between.
 */
import type { Paint } from '../terminal.ts';

/** One column of a table over rows of type `Row`. */
export interface Column<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
  /** `right` for numbers; the default is `left`. */
  readonly align?: 'left' | 'right';
  /** Styles the padded cell. */
  readonly style?: (row: Row) => ((text: string) => string) | undefined;
}

/**
 * Lines of a table with its headings.
 *
 * @param widths least width of each column; made wider where rows need it, for the next block of the same table.
 */
export function tableLines<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  paint: Paint,
  widths: number[] = [],
): string[] {
  for (const [i, { title }] of columns.entries()) widths[i] = Math.max(widths[i] ?? 0, title.length);
  const cells = rows.map((row) =>
    columns.map((column, i) => {
      const text = column.text(row);
      if (text.length > widths[i]!) widths[i] = text.length;
      return text;
    }),
  );
  const pad = (text: string, i: number): string => {
    if (columns[i]!.align === 'right') return text.padStart(widths[i]!);
    return i === columns.length - 1 ? text : text.padEnd(widths[i]!);
  };
  const heading = columns.map((column, i) => pad(column.title, i)).join('  ');
  const lines = rows.map((row, r) =>
    columns
      .map((column, i) => {
        const text = cells[r]![i]!;
        const style = text === '' ? undefined : column.style?.(row);
        return style === undefined ? pad(text, i) : style(pad(text, i));
      })
      .join('  ')
      .trimEnd(),
  );
  return [paint.heading(heading.trimEnd()), ...lines];
}

/** Lines `label  value`, the values aligned; entries without a value are left out. */
export function fieldLines(
  fields: readonly (readonly [label: string, value: string | undefined])[],
): string[] {
  const width = Math.max(...fields.map(([label]) => label.length));
  return fields.flatMap(([label, value]) =>
    value === undefined || value === '' ? [] : [`  ${label.padEnd(width)}  ${value}`],
  );
}
