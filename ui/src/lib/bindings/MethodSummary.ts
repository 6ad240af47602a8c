import type { AuthKind } from "./AuthKind";
export type MethodSummary = { id: string, label: string, kind: AuthKind, };
