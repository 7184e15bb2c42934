import type { Row } from "./row.ts";
export const LOAD_ROWS: readonly Row[] = [];
