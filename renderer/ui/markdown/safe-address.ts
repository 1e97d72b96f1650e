const allowed = new Set(['http:', 'https:', 'mailto:'])

/**
 * The address of a link in a model's answer, whole and with its host in ASCII so that lookalike letters show; null for anything but
 * http, https and mailto, and for relative addresses, which would lead into the app itself.
 */
export function safeAddress(written: string): string | null {
  // A browser drops these inside an address, so `java\nscript:` would be one; none belongs into an honest link.
  if (/[\u0000-\u0020\u007f]/.test(written.trim())) return null
  if (!URL.canParse(written)) return null
  const url = new URL(written)
  return allowed.has(url.protocol) ? url.href : null
}

/** Characters that turn the direction of text around or hide: in code they would show one thing and copy another. */
const hidden = /[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]|\u001b\[[0-9;?]*[ -/]*[@-~]/g

/** Code as it is copied and shown: without direction marks and terminal sequences. */
export function plainCode(code: string): string {
  return code.replace(hidden, '')
}
