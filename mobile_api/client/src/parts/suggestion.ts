import { ref } from 'vue'

/** Whether the sheet for suggestions and complaints is open; every screen has a button for it. */
export const suggesting = ref(false)

export function openSuggestion(): void {
  suggesting.value = true
}
