import { shapeSchema, type ModelShape } from '../../../contract/model'
import { layerKinds, slidingWindowOf, type LayerKind } from './attention'
import { headerValues, type HeaderValues } from './header-values'
import type { GgufHeader } from './header'

/** No model known has more; a header that claims more gets no shape. */
export const maxLayers = 4_096

/** The shape that decides cache and speed, from the header's keys; null when the header does not tell enough. */
export function shapeOfHeader({ metadata, tensors }: GgufHeader): ModelShape | null {
  const header = headerValues(metadata)
  const architecture = header.text('general.architecture') ?? ''
  const blocks = header.count('.block_count') ?? 0
  const hidden = header.count('.embedding_length') ?? 0
  if (blocks < 1 || blocks > maxLayers || hidden < 1) return null
  // Layers that only predict further tokens hold no cache.
  const layers = Math.max(1, blocks - (header.count('.nextn_predict_layers') ?? 0))
  const kinds = layerKinds(header, architecture, layers)
  const heads = Math.max(0, ...(header.perLayer('.attention.head_count', layers) ?? []))
  const attention = attentionSizes(header, kinds, { heads, hidden })
  const fullAttentionLayers = kinds.filter(kind => kind === 'full').length
  const slidingLayers = kinds.filter(kind => kind === 'sliding').length
  const shape = shapeSchema.safeParse({
    layers,
    fullAttentionLayers,
    slidingLayers,
    slidingWindow: slidingLayers > 0 ? slidingWindowOf(header, architecture) : null,
    hidden,
    heads,
    ...attention,
    recurrentStateBytes: recurrentStateBytes(header, {
      architecture,
      hidden,
      without: layers - fullAttentionLayers - slidingLayers,
      tensors,
    }),
    vocabulary: vocabularyOf(header, tensors),
    contextMax: header.count('.context_length') ?? 0,
    experts: header.count('.expert_count') || null,
    expertsUsed: header.count('.expert_used_count') || null,
    ...feedForwardOf(tensors),
  })
  return shape.success ? shape.data : null
}

/** Rows that the last matrix of a feed-forward layer takes in: keys of the header tell a length that some mixtures never use. */
function feedForwardOf(tensors: GgufHeader['tensors']): Pick<ModelShape, 'feedForward' | 'expertFeedForward'> {
  const widest = (pattern: RegExp) =>
    Math.max(0, ...tensors.flatMap(({ name, dimensions }) => (pattern.test(name) ? Number(dimensions[0] ?? 0n) : [])))
  const [dense, expert] = [widest(/^blk\.\d+\.ffn_down\.weight$/), widest(/^blk\.\d+\.ffn_down_exps\.weight$/)]
  return { ...(dense > 0 && { feedForward: dense }), ...(expert > 0 && { expertFeedForward: expert }) }
}

function vocabularyOf(header: HeaderValues, tensors: GgufHeader['tensors']): number {
  const embedding = tensors.find(tensor => tensor.name === 'token_embd.weight')
  const rows = Number(embedding?.dimensions[1] ?? 0n)
  return rows > 0 ? rows : (header.count('.vocab_size') ?? header.length('tokenizer.ggml.tokens') ?? 0)
}

type Sizes = Pick<ModelShape, 'kvHeads' | 'headDim' | 'keyDim' | 'valueDim' | 'mla' | 'sliding'>

function attentionSizes(header: HeaderValues, kinds: readonly LayerKind[], { heads, hidden }: { heads: number; hidden: number }): Sizes {
  const perHead = heads > 0 ? Math.floor(hidden / heads) : 0
  const count = (key: string, otherwise: number) => header.count(key) ?? otherwise
  const kvHeads = header.perLayer('.attention.head_count_kv', kinds.length) ?? []
  const headsOf = (kind: LayerKind) => Math.max(0, ...kvHeads.filter((_, index) => kinds[index] === kind))
  const keyDim = count('.attention.key_length', perHead)
  const valueDim = count('.attention.value_length', perHead)
  const fullHeads = headsOf('full') || headsOf('sliding') || heads
  const mla = mlaOf(header)
  if (mla) return { kvHeads: fullHeads, headDim: count('.attention.key_length_mla', perHead), keyDim: null, valueDim: null, mla }
  const sliding = { kvHeads: headsOf('sliding'), headDim: count('.attention.key_length_swa', keyDim) }
  const slidingDiffers = sliding.kvHeads > 0 && (sliding.kvHeads !== fullHeads || sliding.headDim !== keyDim)
  return {
    kvHeads: fullHeads,
    headDim: keyDim,
    ...(keyDim === valueDim ? { keyDim: null, valueDim: null } : { keyDim, valueDim }),
    mla,
    ...(slidingDiffers && { sliding }),
  }
}

/** Files converted before llama.cpp had an MLA cache carry `kv_lora_rank` without `key_length_mla`, and are run as plain attention. */
function mlaOf(header: HeaderValues): ModelShape['mla'] {
  const kvLoraRank = header.count('.attention.kv_lora_rank')
  const ropeDim = header.count('.rope.dimension_count')
  if (kvLoraRank === null || ropeDim === null || !header.has('.attention.key_length_mla')) return null
  return { kvLoraRank, ropeDim }
}

type Recurrent = { architecture: string; hidden: number; without: number; tensors: GgufHeader['tensors'] }

/**
 * Bytes of state for each layer without attention: (kernel - 1) x (inner + 2 x groups x state) for the convolution and
 * inner x state for the recurrence, as 32-bit floats (llama.cpp, llama-hparams.cpp, n_embd_r and n_embd_s). Where some of
 * those layers hold no state at all (Nemotron-H has plain feed-forward ones) it is the mean over them.
 */
function recurrentStateBytes(header: HeaderValues, { architecture, hidden, without, tensors }: Recurrent): number {
  if (without < 1) return 0
  const stateful = tensors.filter(({ name }) => /^blk\.\d+\.(ssm_(a|alpha)|shortconv\.conv|time_mix_w1)(\.weight)?$/.test(name)).length
  const share = stateful > 0 ? Math.min(1, stateful / without) : 1
  return Math.round(stateOfLayer(header, architecture, hidden) * share)
}

function stateOfLayer(header: HeaderValues, architecture: string, hidden: number): number {
  const shortConvolution = header.count('.shortconv.l_cache')
  if (shortConvolution !== null) return Math.max(0, shortConvolution - 1) * hidden * 4
  const headSize = header.count('.wkv.head_size')
  if (headSize !== null) return (hidden * headSize + 2 * hidden) * 4
  const inner = header.count('.ssm.inner_size')
  const state = header.count('.ssm.state_size')
  if (inner === null || state === null) return 0
  const kernel = header.count('.ssm.conv_kernel') ?? 1
  // The first Mamba convolves its input alone.
  const groups = architecture === 'mamba' ? 0 : (header.count('.ssm.group_count') ?? 1)
  return (Math.max(0, kernel - 1) * (inner + 2 * groups * state) + inner * state) * 4
}
