/**
 * How well a command answers to what was typed, 0 (not at all) to 1. Every word must be found: in the title before the other words, at the
 * beginning of a word before its middle; letters that are only somewhere in the title, in order, count least.
 * @param keywords the title first
 */
export function rankOf(typed: string, keywords: readonly string[]): number {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean)
  const [title = '', ...others] = keywords.map(each => each.toLowerCase())
  return Math.min(1, ...words.map(word => rankOfWord(word, title, others)))
}

function rankOfWord(word: string, title: string, others: readonly string[]): number {
  if (title.startsWith(word)) return 1
  if (startsAWord(word, title)) return 0.9
  if (title.includes(word)) return 0.7
  if (others.some(each => startsAWord(word, each))) return 0.5
  if (others.some(each => each.includes(word))) return 0.4
  return isScattered(word, title) ? 0.1 : 0
}

const startsAWord = (word: string, text: string) => text.split(/[\s,.:+/@-]+/).some(each => each.startsWith(word))

/** All letters of the word in this order, whatever stands between them. */
function isScattered(word: string, text: string): boolean {
  let from = 0
  for (const letter of word) {
    const at = text.indexOf(letter, from)
    if (at < 0) return false
    from = at + 1
  }
  return true
}
