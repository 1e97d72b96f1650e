import * as z from 'zod'

export const routeSchema = z.object({ name: z.string(), instances: z.array(z.string()), ready: z.boolean(), engineTest: z.boolean() })
export type Route = z.infer<typeof routeSchema>

export const gatewayStatusSchema = z.object({
  state: z.enum(['starting', 'ready', 'failed']),
  why: z.string().nullable(),
  /** Ends in /v1. */
  address: z.string().nullable(),
  port: z.int().nullable(),
  /** Set when the wanted port was taken and another is used. */
  portNote: z.string().nullable(),
  routes: z.array(routeSchema),
  inFlight: z.int(),
  requestsTotal: z.int(),
})
export type GatewayStatus = z.infer<typeof gatewayStatusSchema>
