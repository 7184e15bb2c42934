import type { Row } from "./row.ts";
export const TENANT_ROWS: readonly Row[] = [];
