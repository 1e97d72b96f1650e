export type NameRow = { name: string; vramMiB: number | null; entry: string | null }

/** Lines of `name | MiB | entry`; an empty size is unknown, `-` is no entry. */
export const nameRows = (table: string): NameRow[] =>
  table
    .trim()
    .split('\n')
    .map(line => line.split('|').map(cell => cell.trim()))
    .map(cells => ({
      name: cells[0] ?? '',
      vramMiB: cells[1] ? Number(cells[1]) : null,
      entry: cells[2] === '-' ? null : (cells[2] ?? ''),
    }))
