/** One thing to choose from a Select or a Combobox. */
export type Choice = { value: string; label: string; detail?: string | undefined };
