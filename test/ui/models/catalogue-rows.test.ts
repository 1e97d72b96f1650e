import { describe, expect, test } from 'vitest'
import { filteredRows, modelRows, sourceWord } from '../../../renderer/features/models/catalogue-rows'
import { libraryName, parameterCount } from '../../../renderer/features/shared/model-words'
import { makeJob } from '../fixture-run'
import { makeCatalogueModel, makeLibraryModel, makeOffered } from './fixture-models'

const best = (...given: Parameters<typeof modelRows>) => modelRows(...given)[0]?.best.artifact
const offline = (offered: ReturnType<typeof makeOffered>, except: string) => ({
  ...offered,
  artifacts: offered.artifacts.map(each => (each.id === except ? each : { ...each, source: null, why: 'No network.' })),
})

describe('catalogue rows', () => {
  test('offer the largest file that fits, one that can be had before one that cannot', () => {
    expect(best([makeOffered('org/a')], [])).toBe('Q8_0')
    expect(best([offline(makeOffered('org/a'), 'Q4_K_M')], [])).toBe('Q4_K_M')
    expect(best([offline(makeOffered('org/a'), 'none')], [])).toBe('Q8_0')
  })

  test('what is here comes first, then what is on its way', () => {
    const offered = makeOffered('org/a')
    const here = { ...offered, artifacts: offered.artifacts.map(each => (each.id === 'F16' ? { ...each, libraryId: 'org/a:F16' } : each)) }
    const job = makeJob({ kind: 'download', title: 'a Q4_K_M' })
    expect(best([here], [job])).toBe('F16')
    expect(best([offered], [job])).toBe('Q4_K_M')
    expect(modelRows([offered], [job])[0]?.best.job?.id).toBe('job-1')
    expect(modelRows([offered], [{ ...job, state: 'done' }])[0]?.best.job).toBeNull()
  })

  test('an engine test is not offered as a model', () => {
    expect(modelRows([makeOffered('x/y', { model: makeCatalogueModel('x/y', { engineTest: true }) })], [])).toEqual([])
  })

  test('are searched by all their words and narrowed by what fits or is here', () => {
    const rows = modelRows([makeOffered('org/alpha'), makeOffered('org/beta', { artifacts: [] }), makeOffered('org/gamma')], [])
    const found = (...given: [Parameters<typeof filteredRows>[1], string]) => filteredRows(rows, ...given).map(row => row.model.title)
    expect(found('all', '')).toEqual(['alpha', 'gamma'])
    expect(found('all', 'TOOLS gam')).toEqual(['gamma'])
    expect(found('fits', '')).toEqual(['alpha', 'gamma'])
    expect(found('here', '')).toEqual([])
  })

  test('say where a file comes from, or why from nowhere', () => {
    expect(sourceWord({ source: 'pypi', outside: ['hub', 'pypi'] })).toBe('PyPI')
    expect(sourceWord({ source: null, outside: ['hub'] })).toBe('the hub, no answer')
    expect(sourceWord({ source: null, outside: ['hub', 'pypi'] })).toBe('the hub or PyPI, no answer')
  })
})

test('names and sizes are said as people say them', () => {
  expect(libraryName(makeLibraryModel())).toBe('Small Q8_0')
  expect(libraryName(makeLibraryModel({ title: 'small.q8_0' }))).toBe('small.q8_0')
  expect([8.19e9, 135e6, 2.6e6, 235e9, null].map(parameterCount)).toEqual(['8.2B', '135M', '2.6M', '235B', '–'])
})
