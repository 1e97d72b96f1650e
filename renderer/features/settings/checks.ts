/** What is wrong with a typed setting, in a sentence; null when nothing is. */
export type Check = (text: string) => string | null

export const checkPort: Check = text => {
  const port = /^\d{4,5}$/.test(text) ? Number(text) : 0
  return port >= 1024 && port <= 65_535 ? null : 'A number from 1024 to 65535.'
}

/** Absolute on Linux, macOS and Windows; empty goes back to the usual folder. */
export const checkFolder: Check = text =>
  text === '' || text.startsWith('/') || /^[A-Za-z]:[\\/]/.test(text) || text.startsWith('\\\\') ? null : 'An absolute path.'

export const checkAddress: Check = text => {
  if (text === '') return null
  const protocol = URL.canParse(text) ? new URL(text).protocol : ''
  return protocol === 'https:' || protocol === 'http:' ? null : 'An address that begins with https:// or http://.'
}
