/** What stands around every control: its name, what to type, and what is wrong with it. */
export type Labelling = {
  label: string;
  help?: string | undefined;
  error?: string | undefined;
  optional?: boolean;
  hideLabel?: boolean;
};

/** One thing to choose from a Select or a Combobox. */
export type Choice = { value: string; label: string; detail?: string | undefined };

export type Choosing = Labelling & {
  value: string;
  choices: readonly Choice[];
  placeholder?: string;
  onchange?: (value: string) => void;
};
