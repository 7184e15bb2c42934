import type { Case } from "../judge/case.ts";
import { command, type Message, message, note } from "../message/message.ts";
import { bold, code, text } from "../message/text.ts";
import { APPLICATION_PORT, captureRing, RING_FILES, readCapture, tapCommand } from "./commands.ts";
import { toRun } from "./to-run.ts";

/** How the next failure of a case is recorded where it happens, and what to do with the recording. Pure. */
export function recordMessage(one: Case): Message {
	const [ray] = one.rays;
	const known = ray === undefined ? text`` : text` Was it recorded already? Add ${code(ray)}.`;
	return message(
		"neutral",
		...toRun(
			text`${bold("Record the next failure")} on the origin server, and press Ctrl-C after it:`,
			captureRing(APPLICATION_PORT),
		),
		command(text`Read it in the folder of cf520, and paste what this prints:`, readCapture(RING_FILES, null)),
		note(text`Add the Ray ID of the new error page to see only that request.${known}`),
		command(text`Without root, point the proxy at port 8081 instead:`, tapCommand(APPLICATION_PORT)),
	);
}
