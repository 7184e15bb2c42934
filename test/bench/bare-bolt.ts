import { App, LogLevel, SocketModeReceiver } from "@slack/bolt";

/** The least that a Bolt application can do: acknowledge. What the whole bot is measured against. */
const slackApiUrl = process.argv[2] ?? "";
const receiver = new SocketModeReceiver({ appToken: "xapp-1", installerOptions: { clientOptions: { slackApiUrl } } });
const app = new App({ receiver, token: "xoxb-1", clientOptions: { slackApiUrl }, logLevel: LogLevel.ERROR });
app.command("/cf520", async ({ ack }) => {
	await ack();
});
await app.start();
process.stderr.write('"event":"slack-connected"\n');
process.once("SIGTERM", () => process.exit(0));
