/** UTF-16 that was read as if each byte were a letter: every other one is zero. A zero elsewhere ends a string of the device tree. */
const isWide = (text: string) => text.split('\0').length > text.length / 3

/** Without what consoles and editors add: colours, Windows' line ends, blanks at the ends of lines, marks of the encoding. */
export const plainText = (text: string) =>
  text
    .replace(/^\uFFFD\uFFFD|^ÿþ/, '')
    .replace(/\0+/g, isWide(text) ? '' : '\n')
    .replace(colours, '')
    .replace(/\r\n?/g, '\n')
    .replaceAll('\uFEFF', '')
    .replace(/[ \t]+$/gm, '')
const colours = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*[A-Za-z]`, 'g')

/**
 * Without what every line begins with: the blanks of a listing inside other text, or the marks of a quotation. One line before
 * it, such as a warning, may stand without.
 */
export function withoutMargin(text: string): string {
  const lines = text.split('\n')
  const margins = lines.filter(line => line.trim() !== '').map(line => /^[ \t>]*/.exec(line)?.[0] ?? '')
  const width = inCommon(margins) || inCommon(margins.slice(1))
  const margin = /^[ \t>]*/
  return width === 0 ? text : lines.map(line => line.slice(Math.min(width, margin.exec(line)?.[0].length ?? 0))).join('\n')
}

/** How long the beginning is that all margins have in common. */
function inCommon([first = '', ...others]: readonly string[]): number {
  return others.reduce((least, margin) => {
    const differs = margin.split('').findIndex((mark, at) => mark !== first[at])
    return Math.min(least, differs === -1 ? margin.length : differs)
  }, first.length)
}
