import type { TimedRow } from './rows'

const marks: Readonly<Record<TimedRow['result'], string>> = { pass: 'ok', fail: 'FAIL', skip: '-' }

/** The table runtime x check, with times in milliseconds, and below it whatever needs words. */
export function tableOf(rows: readonly TimedRow[]): string {
  const columns = [...new Set(rows.map(nameOf))]
  const checks = [...new Set(rows.map(each => each.check))]
  const first = Math.max(...checks.map(check => check.length))
  const widths = columns.map(column => Math.max(column.length, 11))
  const line = (cells: readonly string[]) =>
    cells.map((cell, index) => cell.padEnd(index === 0 ? first : (widths[index - 1] ?? 0))).join('  ')
  const cellOf = (column: string, check: string) => {
    const row = rows.find(each => each.check === check && nameOf(each) === column)
    if (!row) return ''
    return row.result === 'pass' ? `${row.seen && row.seen !== 'native' ? row.seen : marks.pass} ${row.ms ?? ''}`.trim() : marks[row.result]
  }
  const body = checks.map(check => line([check, ...columns.map(column => cellOf(column, check))]))
  const words = rows
    .filter(row => row.result !== 'pass')
    .map(row => `${row.result.toUpperCase()} ${nameOf(row)} ${row.check}: ${row.why ?? ''}`)
  return [line(['', ...columns]), line([first, ...widths].map(width => '-'.repeat(width))), ...body, '', ...words].join('\n')
}

const nameOf = ({ runtime, build }: TimedRow) => (runtime === build ? runtime : `${runtime} ${build}`)
