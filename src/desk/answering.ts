import type { Accounts } from "./accounts.ts";
import type { CaseActions } from "./case-actions.ts";
import type { CaseThreads } from "./case-threads.ts";
import type { DeskContext } from "./context.ts";
import type { Looking } from "./looking.ts";
import type { OtherPlaces } from "./places.ts";
import type { TextReading } from "./text-reading.ts";
import type { Watching } from "./watching.ts";

/** The parts of the desk that answering takes. */
export interface Answering {
	readonly context: DeskContext;
	readonly accounts: Accounts;
	readonly texts: TextReading;
	readonly looking: Looking;
	readonly places: OtherPlaces;
	readonly threads: CaseThreads;
	readonly actions: CaseActions;
	readonly watching: Watching;
}
