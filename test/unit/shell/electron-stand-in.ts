import { vi } from 'vitest'

/**
 * A fake of Electron's module for unit tests: its real one needs its binary. The shell runs for real in test/e2e/shell.test.ts;
 * here only what our code asks of Electron is written down.
 */
export function electronStandIn({ isPackaged = false } = {}) {
  const opened: string[] = []
  const exposed: Record<string, unknown> = {}
  return {
    opened,
    exposed,
    module: {
      app: { isPackaged },
      BrowserWindow: vi.fn(),
      contextBridge: { exposeInMainWorld: (name: string, value: unknown) => void (exposed[name] = value) },
      ipcRenderer: { on: vi.fn(), send: vi.fn(), invoke: vi.fn(() => Promise.resolve(null)) },
      Menu: {},
      nativeTheme: { shouldUseDarkColors: false },
      protocol: {},
      session: {},
      shell: { openExternal: (address: string) => Promise.resolve(void opened.push(address)) },
    },
  }
}
