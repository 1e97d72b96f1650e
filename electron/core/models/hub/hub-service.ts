import { Failure } from '../../../contract/failure'
import type { HubArtifact, HubModel, HubPage, HubQuery, HubRepository, HubToken } from '../../../contract/hub'
import type { Fit, LibraryModel } from '../../../contract/model'
import { loadersOf, fitOfSize, type FitMeans } from '../fit'
import { configSchema } from '../safetensors/read-safetensors'
import { shapeOfConfig } from '../safetensors/config-shape'
import { accessOf } from './hub-access'
import { createHubApi } from './hub-api'
import { groupFiles, type FoundArtifact, type Grouped } from './hub-artifacts'
import { projectorFor } from '../projectors'
import { formatsOf, licenceOf, parametersOf, type ListedModel, type RepositoryReply } from './hub-reply'
import { sizeOfRemote, type Known } from './hub-size'
import { originOf, type HubTokens } from './hub-token'
import type { Fetch } from '../network'

export type HubServiceDependencies = {
  fetch: Fetch
  address: () => string
  tokens: HubTokens
  means: () => FitMeans
  library: { byId(id: string): LibraryModel | null }
  timeoutMs?: number
}

export type HubService = {
  /** One page of models that pass the filters. Fails with `offline` or `download-failed`. */
  search(query: HubQuery): Promise<HubPage>
  /** A repository at one commit, its files grouped. Fails with `offline`, `not-found`, `gated` or `download-failed`. */
  repository(id: string, revision: string | null): Promise<HubRepository>
  token(): HubToken
  setToken(token: string | null): Promise<HubToken>
}

/** The hub as the Models place shows it. */
export function createHubService(dependencies: HubServiceDependencies): HubService {
  const { address, tokens, means, library, timeoutMs = 20_000 } = dependencies
  const api = createHubApi({ fetch: dependencies.fetch, address, token: base => tokens.tokenFor(base) })
  const signal = () => AbortSignal.timeout(timeoutMs)
  const token = (): HubToken => ({ ...tokens.state(address()), host: new URL(address()).host })

  return {
    async search(query) {
      const { models, cursor } = await api.search(query, signal())
      const listed = models.map(model => describeListed(model, means()))
      const shown = listed.filter(model => passes(model, query))
      return { host: new URL(address()).host, models: shown, leftOut: listed.length - shown.length, cursor }
    },
    async repository(id, revision) {
      const reply = await api.repository(id, revision, signal())
      const gated = Boolean(reply.gated)
      const status = gated ? await api.mayRead(id, reply.sha, signal()).catch(() => null) : null
      const access = accessOf(gated, tokens.tokenFor(address()) !== null, status)
      const hasConfig = reply.siblings.some(({ rfilename }) => rfilename === 'config.json')
      const readable = access === 'open' || access === 'granted'
      const config =
        hasConfig && readable ? await api.readSmall({ id, commit: reply.sha, path: 'config.json' }, signal()).catch(() => null) : null
      return describeRepository({ reply, config, access, page: `${address()}/${id}` }, { means: means(), library })
    },
    token,
    async setToken(given) {
      if (given === null) tokens.forget()
      else {
        const key = given.trim()
        if (!/^[\x21-\x7e]+$/.test(key)) throw new Failure('bad-input', 'A token is one word of letters, digits and signs')
        tokens.keep({ token: key, origin: originOf(address()), account: await api.account(key, signal()) })
      }
      return token()
    },
  }
}

function passes(model: HubModel, { format, mostParameters, fits }: HubQuery): boolean {
  if (format && !model.formats.includes(format)) return false
  if (mostParameters !== null && (model.parameters === null || model.parameters > mostParameters)) return false
  return !fits || model.fit.verdict === 'fits'
}

function describeListed(model: ListedModel, means: FitMeans): HubModel {
  const formats = formatsOf(model)
  const parameters = parametersOf(model)
  return {
    ...{ id: model.id, downloads: model.downloads ?? null, likes: model.likes ?? null, updatedAt: model.lastModified ?? null },
    ...{ gated: Boolean(model.gated), licence: licenceOf(model.tags), parameters, formats },
    fit: bestFit(formats, { parameters, shape: null }, means),
  }
}

const unknownFit: Fit = { verdict: 'unknown', text: 'size not known' }
const verdicts: readonly Fit['verdict'][] = ['fits', 'partly', 'does-not-fit', 'unknown']

function bestFit(formats: HubModel['formats'], known: Known, means: FitMeans): Fit {
  const fits = formats.map(format => fitFor(known, { format, bytes: null }, means))
  return (
    fits.sort((a, b) => verdicts.indexOf(a.verdict) - verdicts.indexOf(b.verdict))[0] ?? {
      verdict: 'unknown',
      text: 'no format that a runtime loads',
    }
  )
}

function fitFor(known: Known, of: Pick<FoundArtifact, 'format' | 'bytes'>, means: FitMeans): Fit {
  const size = sizeOfRemote(known, of)
  return size ? fitOfSize(size, of.format, means) : unknownFit
}

type Described = { reply: RepositoryReply; config: string | null; access: HubRepository['access']; page: string }
type Around = { means: FitMeans; library: HubServiceDependencies['library'] }

function describeRepository({ reply, config, access, page }: Described, { means, library }: Around): HubRepository {
  const files = reply.siblings.map(({ rfilename, size, lfs }) => ({
    path: rfilename,
    bytes: size ?? lfs?.size ?? null,
    sha256: (lfs?.sha256 ?? lfs?.oid ?? null)?.replace(/^sha256:/, '') ?? null,
  }))
  const grouped = groupFiles(
    files.filter(({ path }) => isSafePath(path)),
    { tags: reply.tags, repository: reply.id },
  )
  const own = configOf(config)
  const known = { parameters: parametersOf(reply), shape: own ? shapeOfConfig(own) : null }
  const code = own?.auto_map !== undefined ? 'It brings program code of its own, which Roundhouse does not run' : null
  const artifacts = offerable(grouped, code).map((artifact): HubArtifact => {
    const loaders = loadersOf(artifact.format, means)
    const here = library.byId(`${reply.id}:${artifact.id}`)
    return {
      ...artifact,
      fit: fitFor(known, artifact, means),
      loadedBy: loaders.map(({ runtime }) => runtime.title),
      why: loaders.length === 0 ? `No runtime on this machine loads ${artifact.format}` : null,
      projector: artifact.format === 'gguf' ? projectorFor(artifact.files[0]?.path ?? '', grouped.projectors) : null,
      libraryId: here?.state === 'ready' ? here.id : null,
    }
  })
  const refused = code === null ? grouped.refused : [...grouped.refused, { file: 'config.json', why: code }]
  const licenceLink = typeof reply.cardData?.license_link === 'string' ? reply.cardData.license_link : null
  return {
    ...{ id: reply.id, commit: reply.sha, page, licence: licenceOf(reply.tags), licenceLink, access },
    ...{ parameters: known.parameters, artifacts, projectors: grouped.projectors, refused },
  }
}

/** A folder that needs foreign code is not offered; a GGUF of the same repository needs none. */
const offerable = ({ artifacts }: Grouped, code: string | null) =>
  code === null ? artifacts : artifacts.filter(({ format }) => format === 'gguf')

/** A name with steps upwards, a root or a device in it never becomes a path on this disk. */
const isSafePath = (path: string) => !/(^|\/)\.\.?(\/|$)|^\/|[\\:\0]/.test(path)

function configOf(text: string | null): ReturnType<typeof configSchema.parse> | null {
  try {
    return text === null ? null : configSchema.parse(JSON.parse(text))
  } catch {
    return null
  }
}
