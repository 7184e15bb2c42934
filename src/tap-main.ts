import { renderTerminal } from "./adapters/terminal/render.ts";
import { keepMemorySmall } from "./process-memory.ts";
import { processStreams, runTap } from "./tap/tap.ts";

/** The tap alone, bundled into one file for servers without our tree (`npm run bundle:tap`). */
keepMemorySmall();
const words = process.argv.slice(2);
const style = { colour: false, width: 80, askPrefix: "" };
process.exitCode = await runTap(
	words[0] === "tap" ? words.slice(1) : words,
	processStreams("node cf520-tap.mjs", (message) => renderTerminal(message, style)),
);
