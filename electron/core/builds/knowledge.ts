import * as z from 'zod'
import conformance from '../../../resources/knowledge/conformance.json'
import dimensions from '../../../resources/knowledge/dimensions.json'
import { conformanceRecordSchema } from '../../contract/conformance'

const dimensionSchema = z.object({ id: z.string(), title: z.string(), asks: z.string() })

/** Rows of the matrix, from resources/knowledge/dimensions.json. Built in: packages carry no file of that folder. */
export const matrixDimensions = z.array(dimensionSchema).parse(dimensions.dimensions)

/** What the conformance suite wrote down, from resources/knowledge/conformance.json. */
export const conformanceRecords = z.array(conformanceRecordSchema).parse(conformance.records)
