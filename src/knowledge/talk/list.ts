import { de } from "./de.ts";
import { en } from "./en.ts";
import { es } from "./es.ts";
import { fr } from "./fr.ts";
import { ja } from "./ja.ts";
import { pt } from "./pt.ts";
import type { Talk } from "./talk.ts";

/** The languages in which everyday talk is understood. Replies are in English. */
export const TALK: readonly Talk[] = [en, de, es, pt, fr, ja];
