import * as z from 'zod'
import { catalogueModelSchema, type CatalogueModel } from '../contract/model'
import models from '../../resources/knowledge/models.json' with { type: 'json' }

/** The models Roundhouse knows, as data with their sources. Parsed once: the file is ours, a fault in it is a fault of the build. */
export const catalogue: readonly CatalogueModel[] = z.object({ models: z.array(catalogueModelSchema) }).parse(models).models
