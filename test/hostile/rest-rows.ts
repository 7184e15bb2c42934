import type { Row } from "./row.ts";
export const REST_ROWS: readonly Row[] = [];
