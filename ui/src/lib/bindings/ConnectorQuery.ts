import type { AuthKind } from "./AuthKind";
import type { Category } from "./Category";
export type ConnectorQuery = { search?: string, category?: Category, method?: AuthKind, };
