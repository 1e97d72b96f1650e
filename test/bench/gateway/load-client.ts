import { connect, type Socket } from 'node:net'
import { key, path, tokenMark, type Load, type LoadResult } from './protocol'

const mark = Buffer.from(tokenMark)
const done = Buffer.from('data: [DONE]')
const end = Buffer.from('0\r\n\r\n')
const filler = 'lorem ipsum dolor '.repeat(60)

/**
 * A closed loop of `streams` workers over kept connections. It speaks HTTP over plain sockets and only looks for marks in the bytes: what is
 * measured is the other side, not a client library. Each token is stamped when its bytes are read.
 */
export async function runLoad(load: Load): Promise<LoadResult> {
  const result: LoadResult = { ttftMs: [], tokens: 0, seconds: 0, errors: 0, firstError: null }
  const request = requestOf(load)
  const began = performance.now()
  let left = load.requests
  const work = async () => {
    await new Promise(resolve => setTimeout(resolve, Math.random() * load.jitterMs))
    const socket = await open(load.port)
    while (left > 0) {
      left -= 1
      const answer = await ask(socket, request, load)
      result.tokens += answer.tokens
      if (answer.ttftMs !== null) result.ttftMs.push(answer.ttftMs)
      if (answer.error !== null) {
        result.errors += 1
        result.firstError ??= answer.error
      }
      if (socket.destroyed) break
    }
    socket.destroy()
  }
  await Promise.all(Array.from({ length: load.streams }, work))
  result.seconds = (performance.now() - began) / 1_000
  return result
}

function requestOf(load: Load): Buffer {
  const body = JSON.stringify({
    model: 'synth',
    stream: true,
    max_tokens: load.tokens,
    seed: load.delayMs,
    messages: [
      { role: 'system', content: 'You are a helpful assistant.' },
      { role: 'user', content: filler },
    ],
  })
  const head = [
    `POST ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${load.port}`,
    `Authorization: Bearer ${key}`,
    'Content-Type: application/json',
    'Accept: text/event-stream',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ]
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`)
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => resolve(socket))
    socket.once('error', reject)
  })
}

type Answer = { ttftMs: number | null; tokens: number; error: string | null }

function ask(socket: Socket, request: Buffer, load: Load): Promise<Answer> {
  return new Promise(resolve => {
    const answer: Answer = { ttftMs: null, tokens: 0, error: null }
    let kept: Buffer = Buffer.alloc(0)
    let isDone = false
    const finish = (error: string | null) => {
      socket.off('data', onData).off('close', onClose).off('error', onClose)
      resolve({ ...answer, error: error ?? (answer.tokens === load.tokens ? null : `${answer.tokens} of ${load.tokens} tokens`) })
    }
    const onClose = () => finish('closed')
    const onData = (chunk: Buffer) => {
      const now = performance.now()
      const bytes = kept.length === 0 ? chunk : Buffer.concat([kept, chunk])
      if (answer.tokens === 0 && bytes.subarray(0, 9).toString() === 'HTTP/1.1 ' && bytes[9] !== 0x32) {
        socket.destroy()
        finish(bytes.toString('utf8', 0, 200))
        return
      }
      for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, at + mark.length)) {
        if (answer.tokens === 0) answer.ttftMs = now - sentMs
        answer.tokens += 1
      }
      isDone ||= bytes.includes(done)
      if (isDone && bytes.subarray(-end.length).equals(end)) finish(null)
      // Too short to hold a whole mark again, long enough for the start of one.
      else kept = bytes.subarray(Math.max(0, bytes.length - mark.length + 1))
    }
    socket.on('data', onData).once('close', onClose).once('error', onClose)
    const sentMs = performance.now()
    socket.write(request)
  })
}
