import { liveQuery } from 'dexie'
import { onScopeDispose, type Ref, shallowRef, watch } from 'vue'

/** What a query of the store gives, kept up to date whichever tab or worker changes it; asked anew when `on` changes. */
export function useLive<T>(query: () => Promise<T>, initial: T, on: () => unknown = () => 0): Ref<T> {
  const value = shallowRef(initial) as Ref<T>
  let stop = () => {}
  watch(
    on,
    () => {
      stop()
      const subscription = liveQuery(query).subscribe({
        next: (result) => {
          value.value = result
        },
        error: () => undefined,
      })
      stop = () => subscription.unsubscribe()
    },
    { immediate: true },
  )
  onScopeDispose(() => stop())
  return value
}
