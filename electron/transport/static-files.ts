import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { contentSecurityPolicy } from '../contract/content-security-policy'
import { extname, join, normalize, sep } from 'node:path'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.map': 'application/json',
}

export const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

/** Absolute path of a request inside the folder; null when it would leave it. */
export function pathInside(folder: string, requestPath: string): string | null {
  let decoded: string
  try {
    decoded = decodeURIComponent(requestPath)
  } catch {
    return null
  }
  if (decoded.includes('\0')) return null
  const path = normalize(join(folder, decoded === '/' ? 'index.html' : decoded))
  return path.startsWith(folder + sep) ? path : null
}

/** Sends one file of the built renderer, or 404. */
export async function sendFile(response: ServerResponse, folder: string, requestPath: string) {
  const path = pathInside(folder, requestPath)
  const facts = path === null ? null : await stat(path).catch(() => null)
  if (path === null || !facts?.isFile()) {
    response.writeHead(404, { ...securityHeaders, 'content-type': 'text/plain; charset=utf-8' }).end('There is no such page.')
    return
  }
  const cache = path.includes(`${sep}assets${sep}`) ? 'public, max-age=31536000, immutable' : 'no-cache'
  response.writeHead(200, {
    ...securityHeaders,
    'content-type': types[extname(path)] ?? 'application/octet-stream',
    'content-length': facts.size,
    'cache-control': cache,
  })
  createReadStream(path)
    .on('error', () => response.destroy())
    .pipe(response)
}
