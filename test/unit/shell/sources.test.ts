import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import packageJson from '../../../package.json' with { type: 'json' }
import { contentSecurityPolicy } from '../../../electron/contract/content-security-policy'
import { electronStandIn } from './electron-stand-in'

const root = join(import.meta.dirname, '..', '..', '..')
const sources = ['electron', 'renderer']
  .flatMap(folder => readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map(name => join(folder, name)))
  .filter(name => /\.tsx?$/.test(name))

const filesWith = (pattern: RegExp) =>
  sources.flatMap(name => Array.from(readFileSync(join(root, name), 'utf8').matchAll(pattern), () => name.replaceAll('\\', '/')))

test('windows are made, and addresses opened, in one place each', () => {
  expect(filesWith(/new BrowserWindow\b/g)).toEqual(['electron/shell/window.ts'])
  expect(filesWith(/\.openExternal\(/g)).toEqual(['electron/shell/window.ts'])
  expect(filesWith(/new (BrowserView|WebContentsView|BaseWindow)\b/g)).toEqual([])
})

test('the page gets the file dialog from the preload, and nothing else', async () => {
  const fake = electronStandIn()
  vi.doMock('electron', () => fake.module)
  vi.stubGlobal('window', { addEventListener: vi.fn(), postMessage: vi.fn() })
  await import('../../../electron/preload')
  vi.unstubAllGlobals()
  expect(Object.keys(fake.exposed)).toEqual(['roundhouse'])
  expect(Object.keys(fake.exposed.roundhouse as object)).toEqual(['chooseModelFile'])
  await (fake.exposed.roundhouse as { chooseModelFile(path: string): Promise<unknown> }).chooseModelFile('/etc/passwd')
  expect(fake.module.ipcRenderer.invoke).toHaveBeenCalledExactlyOnceWith('roundhouse:choose-model-file')
  expect(fake.module.ipcRenderer.send).not.toHaveBeenCalled()
})

test('the policy starts from nothing and names no unsafe source and no other host', () => {
  const rules = contentSecurityPolicy.split('; ')
  expect(rules[0]).toBe("default-src 'none'")
  expect(contentSecurityPolicy).not.toMatch(/unsafe-|https?:|wss?:|\*/)
  expect(rules).toContain("script-src 'self'")
  for (const name of ['frame-src', 'object-src', 'base-uri', 'form-action', 'frame-ancestors']) expect(rules).toContain(`${name} 'none'`)
})

test('the packaged app runs no foreign code through Node options, inspector or a file beside its archive', () => {
  expect(packageJson.build.electronFuses).toEqual({
    ...{ runAsNode: false, enableNodeOptionsEnvironmentVariable: false, enableNodeCliInspectArguments: false },
    ...{ enableCookieEncryption: true, enableEmbeddedAsarIntegrityValidation: true, onlyLoadAppFromAsar: true },
    ...{ grantFileProtocolExtraPrivileges: false },
  })
})
