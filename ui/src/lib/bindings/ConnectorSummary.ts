import type { Category } from "./Category";
import type { MethodSummary } from "./MethodSummary";
import type { Quality } from "./Quality";
export type ConnectorSummary = { id: string, name: string, category: Category, quality: Quality, keywords: Array<string>, methods: Array<MethodSummary>, icon: string, custom: boolean, };
