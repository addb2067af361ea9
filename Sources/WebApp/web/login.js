// The form for the token, in the visitor's language.

import { settings } from "./store.js";
import { preferred, speak } from "./texts.js";

speak(preferred(document.documentElement.dataset.languages.split(" "), settings.pageLanguage));
