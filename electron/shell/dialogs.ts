import { dialog, type BrowserWindow } from 'electron'

/** The system's dialog for a model file; null when the person chose nothing. */
export async function chooseModelFile(window: BrowserWindow): Promise<string | null> {
  const chosen = await dialog.showOpenDialog(window, {
    properties: ['openFile'],
    filters: [{ name: 'GGUF models', extensions: ['gguf'] }],
  })
  return chosen.filePaths[0] ?? null
}
