/**
 * Puts a text on the clipboard. Where the page may not use the clipboard interface (plain http on another machine), a hidden
 * text field and the old command do it.
 * @throws Error when neither way works.
 */
export async function copyText(text: string): Promise<void> {
  if (globalThis.isSecureContext && 'clipboard' in navigator) {
    await navigator.clipboard.writeText(text)
    return
  }
  const area = document.createElement('textarea')
  area.value = text
  area.className = 'sr-only'
  document.body.append(area)
  area.select()
  // Deprecated, and the only way on an insecure origin.
  const command: unknown = Reflect.get(document, 'execCommand')
  const done: unknown = typeof command === 'function' ? Reflect.apply(command, document, ['copy']) : false
  area.remove()
  if (done !== true) throw new Error('The browser did not allow copying.')
}
