export function bootstrap(me: unknown): Record<string, unknown>
