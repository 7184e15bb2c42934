import { nameOf } from "../read/error.ts";
import type { DeskContext } from "./context.ts";

/**
 * Does something with the stores. On a disk that is full or broken the question is answered all the same, as long as this process lives:
 * what failed is a line in the log.
 * @param otherwise the result when it failed
 */
export function despiteStore<T>({ log }: Pick<DeskContext, "log">, caseId: string, work: () => T, otherwise: T): T {
	try {
		return work();
	} catch (error) {
		log({ event: "store-failed", caseId, error: nameOf(error) });
		return otherwise;
	}
}
