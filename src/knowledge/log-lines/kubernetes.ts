import type { Signature } from "./signature.ts";

/** Lines of Kubernetes or Docker. */
export const kubernetes: readonly Signature[] = [
	{
		id: "k8s-oomkilled",
		server: "kubernetes or docker",
		looks: /OOMKilled/,
		speaksFor: "origin-crashed",
		originLog: "crash",
		hostHealth: "restarted-or-oom",
		meaning: "The container went over its memory limit",
		fix: "Raise the limit; find the leak",
		source: "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/",
		example: "    Last State:     Terminated  Reason: OOMKilled  Exit Code: 137",
	},
];
