export interface SplitList {
  /** The number of the first item; null where items have bullets. */
  start: number | null
  /** Whole items each, as they are written. */
  parts: readonly string[]
}

/** A list of fewer characters is parsed in one go; of a longer one, so many at least are a part. */
const charactersPerPart = 800

const item = /^([-*+]|\d{1,9}[.)])( {1,4})\S/
const thematicBreak = /^([-*])[ \t]*(\1[ \t]*){2,}$/
/** A marker that is still being written. */
const begunItem = /^([-*+]|\d{1,9}[.)]?)$/

/**
 * The items of a block that is one long list, in parts that never change while the list grows but for the last; null for any other
 * block, and wherever a line may belong to something else. An item begins in the first column with the marker of the first, and all its
 * other lines are indented as far as its text. Rules: CommonMark 0.31.2, sections 5.2 (list items) and 5.3 (lists).
 */
export function splitList(block: string): SplitList | null {
  const text = block.replace(/^\n+|\s+$/g, '')
  // Footnotes are numbered through all items.
  if (text.length <= charactersPerPart || text.includes('[^')) return null
  const [, marker = ''] = item.exec(text) ?? []
  const parts = marker === '' ? null : partsOf(text.split('\n'), marker)
  if (!parts || parts.length < 2) return null
  const number = Number.parseInt(marker, 10)
  return { start: Number.isNaN(number) ? null : number, parts }
}

function partsOf(lines: readonly string[], marker: string): string[] | null {
  const parts: string[] = []
  let part = ''
  let indent = ''
  for (const [index, line] of lines.entries()) {
    const [, ownMarker, gap = ''] = item.exec(line) ?? []
    if (ownMarker === undefined) {
      const isLast = index === lines.length - 1
      if (!isWithin(line, indent) && !(isLast && begunItem.test(line))) return null
    } else {
      if (ownMarker.at(-1) !== marker.at(-1) || thematicBreak.test(line)) return null
      if (part.length >= charactersPerPart) {
        parts.push(part)
        part = ''
      }
      indent = ' '.repeat(ownMarker.length + gap.length)
    }
    part += `${line}\n`
  }
  return [...parts, part]
}

const isWithin = (line: string, indent: string) => line.trim() === '' || line.startsWith(indent)
