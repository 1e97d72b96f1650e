import type { Conformance, ConformanceRecord, ConformanceResult } from '../../contract/conformance'
import { apiFeatures, type ApiFacts, type ApiFeature, type Support } from './api-facts'
import type { Runtime } from './runtime'

const resultOf: Readonly<Record<Support['support'], ConformanceResult>> = {
  native: 'works',
  gateway: 'emulated',
  ignored: 'ignored',
  refused: 'refused',
}

/** What a runtime's documentation says of a feature, for one kind of build where kinds differ; null when it says nothing. */
export const declaredFor = (api: ApiFacts | undefined, feature: ApiFeature, build: string | null): Support | null =>
  (build === null ? undefined : api?.builds?.[build]?.[feature]) ?? api?.features[feature] ?? null

/**
 * The conformance card of a runtime, for one kind of build: what was seen live comes first, then what is declared, then what is
 * known to nobody. Features in the order of the suite, then the checks of its life in the order they were seen.
 */
export function conformanceCard(
  runtime: Pick<Runtime, 'id' | 'api'>,
  build: string | null,
  records: readonly ConformanceRecord[],
): Conformance[] {
  const own = records.filter(each => each.runtime === runtime.id && (build === null || each.build === build))
  const checks = new Set<string>([...apiFeatures, ...own.map(each => each.check)])
  return [...checks].map(check => {
    const seen = own.findLast(each => each.check === check)
    return seen ? seenLine(seen) : declaredLine(runtime, { build, check })
  })
}

const seenLine = ({ runtime, build, check, result, why, day, version }: ConformanceRecord): Conformance => ({
  ...{ runtime, build, check, result, why },
  known: { kind: 'seen', day, version },
})

function declaredLine({ id, api }: Pick<Runtime, 'id' | 'api'>, { build, check }: { build: string | null; check: string }): Conformance {
  const feature = apiFeatures.find(each => each === check)
  const declared = feature ? declaredFor(api, feature, build) : null
  const line = { runtime: id, build, check }
  if (!declared || !api) return { ...line, result: 'unknown', why: null, known: { kind: 'nothing' } }
  return { ...line, result: resultOf[declared.support], why: declared.why ?? null, known: { kind: 'declared', source: api.source } }
}
