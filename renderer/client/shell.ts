/** What the preload of the shell puts beside the port; absent in a browser. */
interface Shell {
  chooseModelFile: () => Promise<string | null>
}

function isShell(value: unknown): value is Shell {
  return typeof value === 'object' && value !== null && 'chooseModelFile' in value && typeof value.chooseModelFile === 'function'
}

function shell(): Shell | null {
  const value: unknown = Reflect.get(globalThis, 'roundhouse')
  return isShell(value) ? value : null
}

/** Whether the system's own file dialog can be opened from this page. */
export const canChooseFile = (): boolean => shell() !== null

/** Opens the system's dialog for a model file; null when nothing was chosen, or where there is no such dialog (a browser). */
export async function chooseModelFile(): Promise<string | null> {
  return (await shell()?.chooseModelFile()) ?? null
}
