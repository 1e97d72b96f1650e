import { contextBridge, ipcRenderer } from 'electron'

/**
 * The only bridge into the page: one MessagePort to the host, and the system's file dialog. The page says
 * `{type: 'roundhouse-ready'}` when it listens, and gets `{type: 'roundhouse-port'}` with the port.
 */
window.addEventListener('message', event => {
  if (event.source !== window) return
  if ((event.data as { type?: unknown } | null)?.type === 'roundhouse-ready') ipcRenderer.send('roundhouse:ready')
})

ipcRenderer.on('roundhouse:port', event => {
  window.postMessage({ type: 'roundhouse-port' }, '*', [...event.ports])
})

contextBridge.exposeInMainWorld('roundhouse', {
  /** Opens the system's dialog; null when the person chose nothing. */
  chooseModelFile: (): Promise<string | null> => ipcRenderer.invoke('roundhouse:choose-model-file') as Promise<string | null>,
})
