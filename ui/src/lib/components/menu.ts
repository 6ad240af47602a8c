import type { Component } from "svelte";

/** One thing a menu offers. `separator` stands before it. */
export type MenuItem = {
  key: string;
  label: string;
  icon?: Component<{ size?: number; strokeWidth?: number; "aria-hidden"?: "true" }>;
  /** The key that does the same, shown at the right. */
  shortcut?: string;
  danger?: boolean;
  disabled?: boolean;
  separator?: boolean;
  /** For choices: whether it is on. */
  checked?: boolean;
  run: () => void;
};

/** What draws an open menu: fetched once. */
export const fetchMenuList = async () => (await import("./MenuList.svelte")).default;
