import type { Artifact, CatalogueModel, FileFacts, ModelShape } from '../../contract/model'

/** What memory and speed need to know of a model: its shape and how many bytes lie where. */
export type ModelSize = {
  shape: ModelShape
  /** False when the shape was guessed from the parameter count alone. */
  shapeKnown: boolean
  parameters: number
  /** Read for each token: all of a dense model, the routed share of a mixture of experts. */
  activeParameters: number
  weightsBytes: number
  /** Bytes of each repeating layer; null when only the total is known, then layers are taken as equal. */
  layerBytes: readonly number[] | null
  /** Bytes of matrices by tensor type, of files that are here. */
  matrixBytes?: Readonly<Record<string, number>> | undefined
  /** Whether the embedding table is the output matrix too; absent where no tensors were seen. */
  tiedOutput?: boolean | undefined
  basis: 'tensors' | 'shape'
  /** `Q4_K_M`, `MXFP4`: how weights are packed; absent where nothing says so. */
  quantisation?: string
}

export function sizeOfArtifact(model: CatalogueModel, artifact: Artifact): ModelSize {
  return {
    shape: model.shape,
    shapeKnown: true,
    parameters: model.parameters,
    activeParameters: model.activeParameters,
    weightsBytes: artifact.bytes ?? (model.parameters * artifact.bitsPerWeight) / 8,
    layerBytes: null,
    basis: 'shape',
    quantisation: artifact.quantisation,
  }
}

/** `known`: the catalogue's entry, where the file is of a known model; the header of the file wins wherever both speak. */
export function sizeOfFile(facts: FileFacts, known: CatalogueModel | null): ModelSize {
  const shape = facts.shape ?? known?.shape ?? null
  return {
    shape: shape ?? guessShape(facts.parameters),
    shapeKnown: shape !== null,
    parameters: facts.parameters,
    activeParameters: activeOf(facts, shape, known),
    weightsBytes: facts.tensorBytes,
    layerBytes: facts.layerBytes.length > 0 ? facts.layerBytes : null,
    matrixBytes: facts.matrixBytes,
    tiedOutput: facts.tiedOutput,
    basis: 'tensors',
    quantisation: facts.quantisation,
  }
}

/** Without a catalogue entry: the routed experts plus 5 % of the rest, which is attention and is always read. */
function activeOf(facts: FileFacts, shape: ModelShape | null, known: CatalogueModel | null): number {
  if (known) return known.activeParameters
  const routed = shape?.experts && shape.expertsUsed ? shape.expertsUsed / shape.experts : 1
  return routed === 1 ? facts.parameters : facts.parameters * (routed + (1 - routed) * 0.05)
}

/**
 * Dimensions of an ordinary dense transformer of this size (parameters = 12 x layers x hidden^2, head size 128, one key
 * head for four query heads), for a file whose header does not tell its shape. Only estimates marked as such use it.
 */
export function guessShape(parameters: number): ModelShape {
  const layers = Math.max(8, Math.round(32 * (parameters / 8e9) ** (1 / 3)))
  const hidden = Math.max(256, Math.round(Math.sqrt(parameters / (12 * layers)) / 128) * 128)
  const heads = Math.max(2, Math.round(hidden / 128))
  return {
    ...{ layers, fullAttentionLayers: layers, slidingLayers: 0, slidingWindow: null, hidden, heads },
    ...{ kvHeads: Math.max(1, Math.round(heads / 4)), headDim: 128, keyDim: null, valueDim: null, mla: null },
    ...{ recurrentStateBytes: 0, vocabulary: 128_000, contextMax: 32_768, experts: null, expertsUsed: null },
  }
}
