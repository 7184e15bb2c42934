/** Where Slack's requests come in over HTTP. */
export const SLACK_PATH = "/slack/events";
/** Where a person adds the app to a workspace. */
export const INSTALL_PATH = "/slack/install";
/** Where Slack sends a person back who added the app to a workspace. */
export const REDIRECT_PATH = "/slack/oauth_redirect";
