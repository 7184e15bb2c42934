import type { Case } from "../judge/case.ts";
import { command, type Message, message } from "../message/message.ts";
import { bold, text, utc } from "../message/text.ts";
import { failedAtMs } from "./case-question.ts";
import { APPLICATION_PORT, captureRing, RING_FILES, readCapture, tapCommand } from "./commands.ts";
import { toRun } from "./to-run.ts";

/**
 * How the next failure of a case is recorded where it happens, and what to do with the recording. A Ray ID of the case is of a request that is
 * over: only a recording that ran at that time holds it. Pure.
 */
export function recordMessage(one: Case): Message {
	const [ray] = one.rays;
	const atMs = failedAtMs(one);
	return message(
		"neutral",
		...toRun(text`${bold("Record the next failure")} on the origin, then press Ctrl-C:`, captureRing(APPLICATION_PORT)),
		command(text`Then run this in the folder of cf520, and paste the result here:`, readCapture(RING_FILES, null)),
		ray === undefined || atMs === null
			? null
			: command(text`If you were recording at ${utc(atMs).slice(11)}:`, readCapture(RING_FILES, ray)),
		command(text`Without root, point the proxy at port 8081 (8080 as above):`, tapCommand(APPLICATION_PORT)),
	);
}
