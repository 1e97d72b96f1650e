import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { llamaCppMetrics } from '../../../electron/core/runtimes/common-llama-metrics'
import { meanOf, mostOf, parsePrometheus, ratioOf, sumOf } from '../../../electron/core/runtimes/prometheus'

describe('the text format of Prometheus', () => {
  test('names, labels, escapes, exponents, infinities and timestamps are read; comments are not', () => {
    const body = [
      '# HELP a b{c="d"} 1',
      'up 1',
      'http_requests_total{method="post",code="200"} 1027 1395066363000',
      String.raw`path{p="C:\\D{}",say="a \"b\"\n"} 1.5e-3`,
      'bucket{le="+Inf"} +Inf',
      'bad NaN',
      'spaced{a = "b"}   7',
    ].join('\r\n')
    expect(parsePrometheus(body)).toEqual([
      { name: 'up', labels: {}, value: 1 },
      { name: 'http_requests_total', labels: { method: 'post', code: '200' }, value: 1027 },
      { name: 'path', labels: { p: String.raw`C:\D{}`, say: 'a "b"\n' }, value: 0.0015 },
      { name: 'bucket', labels: { le: '+Inf' }, value: Infinity },
      { name: 'bad', labels: {}, value: Number.NaN },
      { name: 'spaced', labels: { a: 'b' }, value: 7 },
    ])
  })

  test.each(['', 'a', 'a{', 'a{b="c} 1', '{} 1', 'a b', 'a 1.2.3', '<html>'])('%j holds no sample', body => {
    expect(parsePrometheus(body)).toEqual([])
  })

  test('nothing makes it throw, and what it reads has a name and a number', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), text => {
        for (const sample of parsePrometheus(`a{b="${text}"} 1\n${text}`)) expect(typeof sample.value).toBe('number')
      }),
      { numRuns: 300 },
    )
  })

  test('a page without end is cut, and no text makes it go back and forth', () => {
    // Each of these takes well under a second; a pattern that backtracks would take hours.
    const began = performance.now()
    expect(parsePrometheus('metric{label="value"} 1\n'.repeat(400_000)).length).toBe(50_000)
    expect(parsePrometheus(`a{${'"'.repeat(3_000_000)}`)).toEqual([])
    expect(performance.now() - began).toBeLessThan(15_000)
  })

  test('series of one name are added, histograms give their mean', () => {
    const samples = parsePrometheus('r{e="0"} 2\nr{e="1"} 3\nt_sum 9\nt_count 4\nempty_sum 0\nempty_count 0\nn NaN')
    expect([sumOf(samples, 'r'), mostOf(samples, 'r'), meanOf(samples, 't')]).toEqual([5, 3, 2.25])
    expect([meanOf(samples, 'empty'), sumOf(samples, 'n'), sumOf(samples, 'absent'), mostOf(samples, 'absent')]).toEqual([
      null,
      null,
      null,
      null,
    ])
    expect([ratioOf(1, 4), ratioOf(null, 4), ratioOf(1, 0)]).toEqual([0.25, null, null])
  })
})

test("llama-server's page becomes the common set", () => {
  const body = readFileSync(join(import.meta.dirname, '..', '..', 'fixtures', 'runtimes', 'metrics', 'llama.cpp.txt'), 'utf8')
  const metrics = llamaCppMetrics.parse(body)
  expect(metrics).toMatchObject({ running: 0, waiting: 0, kvUse: null, ttftMs: null, promptTokens: 66, generatedTokens: 48 })
  expect(metrics.itlMs).toBeCloseTo(0.2121, 3)
  expect(metrics.cacheHits).toBeCloseTo(42 / 66, 6)
  expect(llamaCppMetrics.absent?.kvUse).toMatch(/\.$/)
  expect(llamaCppMetrics.parse('<html>not found</html>')).toMatchObject({ running: null, generatedTokens: null })
})
