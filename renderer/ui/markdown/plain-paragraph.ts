/** Characters without a meaning in Markdown wherever they stand in a line. */
const plainText = /^[\p{L}\p{M}\p{N} ,.;:'’‘“”"()?!%–—\n-]+$/u
/** Starts of a line (a colon may begin the rule of a table), blank lines, hard breaks and addresses that would mean something after all. */
const meaning = /(^|\n)(?:[ \d:-]|\n|$)|\S {2,}\n|www\./iu

/**
 * The text of a block that is one paragraph of plain words, which Markdown would show as it is; null when it may mean more. Most of a
 * growing answer is of this kind, and needs no parser 25 times a second.
 */
export function plainParagraph(source: string): string | null {
  const text = source.trimEnd()
  return plainText.test(text) && !meaning.test(text) ? text.replace(/ \n/g, '\n') : null
}

/** The same for a block that is several of them with blank lines between, as the growing end of an answer often is. */
export function plainParagraphs(source: string): string[] | null {
  const found = source
    .replace(/^\n+|\n+$/g, '')
    .split(/\n{2,}/)
    .map(plainParagraph)
  return found.every(text => text !== null) ? found : null
}
