/** A table cut into pieces that each stand for themselves: `head` is its two first lines, `parts` are the rows after them. */
export interface SplitTable {
  head: string
  parts: readonly string[]
}

/** So many cells are parsed and laid out at once while a table grows. */
const cellsPerPart = 240

const row = /^ {0,3}\|/
const rule = /^ {0,3}\|?[ \t]*:?-+:?[ \t]*(\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/

/**
 * The rows of a block that is one table, in parts that never change while the table grows but for the last; null for any other block,
 * and for a table with a row that does not begin with a bar, which might begin something else. Rules: GitHub Flavored Markdown,
 * section 4.10 (a row of dashes under a head of as many cells; the rows end at the first line that is none).
 */
export function splitTable(block: string): SplitTable | null {
  if (!row.test(block)) return null
  const lines = block.replace(/^\n+|\s+$/g, '').split('\n')
  const [head = '', dashes = ''] = lines
  // More bars than columns at most: a table this short is one part, which is seen without looking at its rows.
  if ((lines.length - 2) * head.split('|').length <= cellsPerPart) return null
  const columns = cellsOf(head)
  if (!rule.test(dashes) || cellsOf(dashes) !== columns) return null
  const rows = lines.slice(2)
  if (!rows.every(line => row.test(line))) return null
  const each = Math.max(1, Math.floor(cellsPerPart / columns))
  if (rows.length <= each) return null
  const parts: string[] = []
  for (let start = 0; start < rows.length; start += each) parts.push(rows.slice(start, start + each).join('\n'))
  return { head: `${head}\n${dashes}`, parts }
}

/** Bars that divide; one behind a backslash does not, and those at both ends stand around the row. */
function cellsOf(line: string): number {
  const inner = line.trim().replace(/^\|/, '')
  let bars = 0
  for (const [mark] of inner.matchAll(/\\[\\|]|\|/g)) if (mark === '|') bars += 1
  return /(^|[^\\])(\\\\)*\|$/.test(inner) ? bars : bars + 1
}
