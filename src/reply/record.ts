import type { Case } from "../judge/case.ts";
import { command, type Message, message, note } from "../message/message.ts";
import { bold, code, text } from "../message/text.ts";
import { APPLICATION_PORT, captureRing, RING_FILES, readCapture, tapCommand } from "./commands.ts";
import { toRun } from "./to-run.ts";

/** How the next failure of a case is recorded where it happens, and what to do with the recording. Pure. */
export function recordMessage(one: Case): Message {
	const [ray] = one.rays;
	const such = ray === undefined ? text`` : text`, such as ${code(ray)},`;
	return message(
		"neutral",
		...toRun(text`${bold("Record the next failure")} on the origin, then press Ctrl-C:`, captureRing(APPLICATION_PORT)),
		command(text`Paste what this prints in the folder of cf520:`, readCapture(RING_FILES, null)),
		note(text`Add a Ray ID${such} to see only that request.`),
		command(text`Without root, point the proxy at port 8081:`, tapCommand(APPLICATION_PORT)),
	);
}
