import { renderTerminal } from "./adapters/terminal/render.ts";
import { keepMemorySmall } from "./process-memory.ts";
import { processStreams, runTap } from "./tap/tap.ts";

/** Written in when this becomes one file. */
declare const TAP_VERSION: string | undefined;

/** The tap alone, bundled into one file for servers without our tree (`npm run bundle:tap`). */
keepMemorySmall();
const words = process.argv.slice(2);
const style = { colour: false, width: 80, askPrefix: "" };
const version = typeof TAP_VERSION === "string" ? TAP_VERSION : "(not bundled)";
process.exitCode = await runTap(
	words[0] === "tap" ? words.slice(1) : words,
	// What to ask further is asked elsewhere.
	processStreams("node cf520-tap.mjs", version, (message) => renderTerminal(message, style, "none")),
);
