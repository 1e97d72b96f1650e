import { expect, test } from 'vitest'
import { ginGet, httpServerGet, uvicornGet } from '../../../electron/core/runtimes/common-access-log'

// Recorded from mlx-lm 0.32.2 and Ollama 0.17.4 under the supervisor; uvicorn's as its documentation and the servers' settings write it.
test.each([
  [httpServerGet, '127.0.0.1 - - [21/Nov/2026 22:17:08] "GET /health HTTP/1.1" 200 -', '/health'],
  [httpServerGet, '127.0.0.1 - - [21/Nov/2026 22:17:08] "POST /v1/chat/completions HTTP/1.1" 200 -', null],
  [httpServerGet, '127.0.0.1 - - [21/Nov/2026 22:16:29] "POST /v1/embeddings HTTP/1.1" 404 -', null],
  [httpServerGet, '127.0.0.1 - - [21/Nov/2026 22:16:29] "GET /health HTTP/1.1" 503 -', null],
  [ginGet, '[GIN] 2026/11/21 - 16:46:39 | 200 |     183.652µs |       127.0.0.1 | GET      "/api/version"', '/api/version'],
  [ginGet, '[GIN] 2026/11/21 - 16:46:41 | 200 |     131.525µs |       127.0.0.1 | GET      "/api/ps"', '/api/ps'],
  [ginGet, '[GIN] 2026/11/21 - 15:21:17 | 200 |          1m5s |       127.0.0.1 | POST     "/v1/chat/completions"', null],
  [
    ginGet,
    '[GIN-debug] GET    /api/version              --> github.com/ollama/ollama/server.(*Server).GenerateRoutes.func4 (5 handlers)',
    null,
  ],
  [uvicornGet, 'INFO:     127.0.0.1:49152 - "GET /health HTTP/1.1" 200 OK', '/health'],
  [uvicornGet, '[2026-11-21 12:00:00] INFO:     172.17.0.1:49152 - "GET /metrics HTTP/1.1" 200 OK', '/metrics'],
  [uvicornGet, 'INFO:     127.0.0.1:49152 - "GET /health HTTP/1.1" 503 Service Unavailable', null],
  [uvicornGet, 'INFO:     127.0.0.1:49152 - "POST /v1/chat/completions HTTP/1.1" 200 OK', null],
])('%s reads %j as %j', (pattern, line, path) => expect(pattern.exec(line)?.[1] ?? null).toBe(path))
