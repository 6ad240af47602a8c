import type { LinkHandler } from "@bindings/LinkHandler";
import type { RedirectKind } from "@bindings/RedirectKind";

/**
 * What to say when links don't reach this Patchbay: `instead` when another way back is used because of it, `stranded`
 * when the way that is used is the one that doesn't work.
 */
export function linkNotice(
  handler: LinkHandler,
  offered: readonly RedirectKind[],
  used: RedirectKind | undefined,
): "instead" | "stranded" | null {
  if (handler === "ours" || handler === "unknown" || !used) return null;
  if (used === "deep_link") return "stranded";
  return offered.includes("deep_link") ? "instead" : null;
}
